/// One policy of a suite in one run: what it says, how often it was used, and how long it still holds.
package struct PolicyUse: Codable, Hashable, Sendable {
    package var suite: String
    /// An id, or a pattern with `*`.
    package var match: String
    package var kind: Policy.Kind
    package var origin: Policy.Origin
    package var owner: String
    package var issue: String
    package var reason: String
    /// `YYYY-MM-DD`, the last day.
    package var expires: String
    /// 0 on its last day, negative after it.
    package var daysLeft: Int
    /// Failures that it excused in this run.
    package var uses: Int
    /// Nil for any number.
    package var maximumUses: Int?
    /// Why it does not apply; nil where it does.
    package var refusal: String?

    package init(_ policy: Policy, suite: Suite, uses: Int, today: CalendarDay) {
        self.suite = suite.name
        match = policy.match
        kind = policy.kind
        origin = policy.origin
        owner = policy.owner
        issue = policy.issue
        reason = policy.reason
        expires = policy.expires.description
        daysLeft = policy.daysLeft(on: today)
        self.uses = uses
        maximumUses = policy.maximumUses
        refusal = policy.refusal(on: today, priority: suite.priority)
    }

    /// For a person, in one line.
    package var line: String {
        let state = refusal.map { "does not apply: \($0)" } ?? Self.daysLeft(daysLeft)
        return "\(kind.noun) \(suite)/\(match): \(issue), \(owner), used \(uses) times, \(state)"
    }

    package static func daysLeft(_ days: Int) -> String {
        days == 0 ? "its last day" : "\(days) day\(days == 1 ? "" : "s") left"
    }
}

extension Policy.Kind {
    package var noun: String {
        switch self {
        case .waive: "waiver"
        case .expectFail: "expected failure"
        case .quarantine: "quarantine"
        }
    }
}
