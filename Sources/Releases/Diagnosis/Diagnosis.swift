/// Why a candidate did not make it: one cause, one fix, one command, and the lines that show it.
package struct Diagnosis: Codable, Hashable, Sendable {
    /// A stable word for the kind of failure (`did-not-listen`, `secret-forbidden`, …).
    package var kind: String
    package var cause: String
    package var fix: String
    /// What to type next, as it stands; nil where nothing that is typed helps, and in journals of earlier versions.
    package var command: String?
    /// What was seen, checks and conditions first.
    package var evidence: [String]
    /// Other causes that what was seen would fit, the likelier first; nil for none.
    package var alsoSeen: [String]?
    /// The container's own last lines, oldest first; a stack trace is folded to its exception and the first frame of
    /// the program's own code.
    package var logs: [String]

    package init(
        kind: String, cause: String, fix: String, command: String? = nil, evidence: [String] = [],
        alsoSeen: [String]? = nil, logs: [String] = []
    ) {
        self.kind = kind
        self.cause = cause
        self.fix = fix
        self.command = command
        self.evidence = evidence
        self.alsoSeen = alsoSeen
        self.logs = logs
    }
}
