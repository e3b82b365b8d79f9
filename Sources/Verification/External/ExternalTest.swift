/// A test of somebody else's program, as the program tells it.
package struct ExternalTest: Hashable, Sendable {
    package enum Outcome: String, Hashable, Sendable {
        case passed, failed, error, skipped
        /// Passed after a retry of its own runner.
        case flaky
    }

    package var id: String
    package var outcome: Outcome
    /// Nil where nobody says; NaN for what is written and is no number.
    package var seconds: Double?
    /// In seconds since 1970; nil where the report does not say.
    package var startedAt: Double?
    package var message: String?

    package init(
        id: String, outcome: Outcome, seconds: Double? = nil, startedAt: Double? = nil, message: String? = nil
    ) {
        self.id = id
        self.outcome = outcome
        self.seconds = seconds
        self.startedAt = startedAt
        self.message = message
    }

    /// Bytes of a message: what a report of thousands of tests may bring with it is bounded.
    static let longestMessage = 4096

    static func short(_ message: String?) -> String? {
        message.map { text in
            text.utf8.count <= longestMessage
                ? text : String(decoding: text.utf8.prefix(longestMessage), as: UTF8.self) + " (cut)"
        }
    }
}

/// What an external runner reported, in whatever format.
package struct ExternalReport: Hashable, Sendable {
    package var tests: [ExternalTest] = []
    /// What cannot be true in it, or is missing of it.
    package var problems: [String] = []
    package var moments: [StatedMoment] = []

    package init(tests: [ExternalTest] = [], problems: [String] = []) {
        self.tests = tests
        self.problems = problems
    }

    /// More than any index may list; a report that goes on beyond that is no report.
    static let mostTests = 200_000
    /// Problems of the same kind repeat; the first ones tell the story.
    static let mostProblems = 20

    mutating func object(_ problem: String) {
        if problems.count < Self.mostProblems { problems.append(problem) }
    }
}

/// What an external runner writes.
package enum ExternalFormat: String, Hashable, Sendable, CaseIterable {
    case junit
    case tap
    case goTest = "go-test-json"
    case playwright = "playwright-json"

    /// Written to standard output line by line, so that it can be read while the runner runs.
    package var comesInLines: Bool { self == .tap || self == .goTest }
}
