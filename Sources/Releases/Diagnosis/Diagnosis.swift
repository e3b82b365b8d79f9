/// Why a candidate did not make it: one cause, one fix, and the lines that show it.
package struct Diagnosis: Codable, Hashable, Sendable {
    /// A stable word for the kind of failure (`did-not-listen`, `websocket-refused`, …).
    package var kind: String
    package var cause: String
    package var fix: String
    /// What was seen, checks and conditions first.
    package var evidence: [String]
    /// The container's own last lines, oldest first.
    package var logs: [String]

    package init(kind: String, cause: String, fix: String, evidence: [String] = [], logs: [String] = []) {
        self.kind = kind
        self.cause = cause
        self.fix = fix
        self.evidence = evidence
        self.logs = logs
    }
}
