package import Verification

/// One check as a report shows it. Bodies are in none of them.
package struct ReportedCheck: Codable, Hashable, Sendable {
    package var suite: String
    package var id: String
    /// By which a link finds it: unique in the report.
    package var anchor: String
    package var module: String?
    package var priority: Priority
    package var status: CheckStatus
    package var milliseconds: Double
    package var attempts: Int
    /// The place of what was measured in the report's `targets`; nil where that is not known.
    package var target: Int?
    /// Who answered, as far as the answer or the platform's log says.
    package var answeredBy: String?
    package var url: String?
    package var httpStatus: Int?
    /// Seconds since 1970.
    package var startedAt: Double?
    /// By which the service's own log lines are found.
    package var trace: String?
    package var summary: String?
    package var cause: String?
    package var fix: String?
    package var policy: String?
    /// Every attempt, where there was more than one or none passed.
    package var tries: [Evidence.Attempt]
    package var reproduction: [String]

    package var name: String { "\(suite)/\(id)" }

    /// Whether somebody has to look at it.
    package var isProblem: Bool {
        switch status {
        case .failed, .error, .xpass, .flaky: true
        case .passed, .skipped, .blocked, .xfail, .waived, .quarantined, .notRun: false
        }
    }
}

/// Checks that belong together: a suite, or a module.
package struct ReportedGroup: Codable, Hashable, Sendable {
    package var name: String
    package var priority: Priority?
    package var owner: String?
    package var module: String?
    package var counts: VerdictCounts
    /// The time of all of its checks together.
    package var milliseconds: Double
}

/// Failures that look alike, so probably have one cause.
package struct FailureCluster: Codable, Hashable, Sendable {
    /// What they have in common, with what differs left out.
    package var signature: String
    package var cause: String?
    package var fix: String?
    /// What one of them saw.
    package var example: String
    /// Places in the report's `checks`.
    package var checks: [Int]
    package var priority: Priority
}

/// Checks that did not run, for one reason.
package struct NotRunGroup: Codable, Hashable, Sendable {
    package var status: CheckStatus
    package var reason: String
    /// `SUITE/ID`; of many, the first.
    package var checks: [String]
    package var count: Int
}

/// A check that did not always come to the same in earlier runs.
package struct UnstableCheck: Codable, Hashable, Sendable {
    package var check: String
    package var runs: Int
    package var failed: Int
    package var changes: Int
    /// Images on which it both passed and failed.
    package var disagreements: Int
}
