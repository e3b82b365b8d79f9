package import Configuration

/// Everything that is seen of a failure from outside, and nothing else: the same symptoms give the same diagnosis.
package struct Symptoms: Sendable {
    package var service: Service
    package var identity: ServiceIdentity?
    package var revision: String?
    /// The condition that decides first.
    package var conditions: [Condition]
    /// What the platform says in words of its own: messages of conditions, of the operation, of a refusal.
    package var statements: [String]
    package var lines: [LogLine]
    /// Why the log could not be read; nil when it was.
    package var logProblem: String?

    package init(
        service: Service, identity: ServiceIdentity? = nil, revision: String? = nil, conditions: [Condition] = [],
        statements: [String] = [], lines: [LogLine] = [], logProblem: String? = nil
    ) {
        self.service = service
        self.identity = identity
        self.revision = revision
        self.conditions = conditions
        var known: Set<String> = []
        self.statements = (conditions.compactMap(\.message) + statements).filter {
            !$0.isEmpty && known.insert($0).inserted
        }
        self.lines = lines
        self.logProblem = logProblem
    }

    /// Reasons as words of Cloud Run's enum.
    var reasons: [String] { conditions.compactMap(\.reason) }

    /// The log in lines of bounded length: an entry may hold a whole stack trace, and a program may print without end.
    var texts: [LogText] {
        lines.flatMap { line in
            var parts = line.text.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline).prefix(200).map(
                String.init)
            if let fields = line.fields {
                // Beside a message they say what it is about; the frames of a trace stay as they are.
                if parts.count == 1 { parts[0] += "  " + fields } else { parts.append(fields) }
            }
            return parts.map {
                LogText(text: String($0.prefix(Self.longestLine)), isPlatform: line.stream == "varlog/system")
            }
        }.suffix(Self.mostLines)
    }

    private static let longestLine = 600
    private static let mostLines = 400
}

/// One line of what a revision's log says.
struct LogText: Hashable, Sendable {
    var text: String
    /// Written by the platform about the container, not by the container.
    var isPlatform: Bool
}
