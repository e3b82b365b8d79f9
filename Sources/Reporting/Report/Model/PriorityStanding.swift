package import Verification

/// How a priority stands, and what depends on it.
package struct PriorityStanding: Codable, Hashable, Sendable {
    package enum State: String, Codable, Hashable, Sendable {
        /// All of its checks ran, and each passed.
        case protected
        /// Something failed, whoever excuses it.
        case atRisk = "at-risk"
        /// Nothing failed, and not everything ran.
        case unproven
    }

    package var priority: Priority
    package var state: State
    package var counts: VerdictCounts
    package var milliseconds: Double
    /// What depends on it, in the environment's words; nil where it says nothing.
    package var protects: String?

    package init(
        _ priority: Priority, counts: VerdictCounts, milliseconds: Double, protects: String?
    ) {
        self.priority = priority
        self.counts = counts
        self.milliseconds = milliseconds
        self.protects = protects
        state = Self.state(of: counts, priority)
    }

    private static func state(of counts: VerdictCounts, _ priority: Priority) -> State {
        let bad: [CheckStatus] = [.failed, .error, .xpass, .xfail, .waived, .quarantined]
        if bad.contains(where: { counts[$0] > 0 }) || (priority.forbidsFlaky && counts[.flaky] > 0) { return .atRisk }
        let idle: [CheckStatus] = [.skipped, .blocked, .notRun]
        return counts.total == 0 || idle.contains { counts[$0] > 0 } ? .unproven : .protected
    }
}

extension VerdictCounts {
    /// Those that were carried out.
    package var ran: Int { total - self[.skipped] - self[.blocked] - self[.notRun] }
    /// Those that ended as wanted.
    package var good: Int { self[.passed] + self[.flaky] }
    /// Of all, in whole percent, rounded down, so that 465 of 466 are not 100: what did not run did not pass.
    package var passedPercent: Int? { total == 0 ? nil : self[.passed] * 100 / total }

    /// `146 passed, 7 failed`, in the order of the statuses, without those that did not occur.
    package var words: String {
        let parts = CheckStatus.allCases.filter { self[$0] > 0 }.map { "\(self[$0]) \($0.words)" }
        return parts.isEmpty ? "no checks" : parts.joined(separator: ", ")
    }
}

extension CheckStatus {
    /// For a person.
    package var words: String {
        switch self {
        case .notRun: "not run"
        case .xfail: "failed as expected"
        case .xpass: "passed unexpectedly"
        case .passed, .failed, .flaky, .skipped, .blocked, .error, .waived, .quarantined: rawValue
        }
    }
}
