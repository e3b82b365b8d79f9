/// The closed list of how a check can end; each is a key of the verdict's counts.
package enum CheckStatus: String, Codable, Hashable, Sendable, CaseIterable {
    case passed
    case failed
    /// Passed, but not at the first try.
    case flaky
    /// Not run, for a reason that the suite gives.
    case skipped
    /// Not run, because a check that it needs did not pass.
    case blocked
    /// The check could not be carried out, or no answer came at all.
    case error
    /// Failed, as a policy says it must.
    case xfail
    /// Passed although a policy says that it must fail.
    case xpass
    /// Failed, and somebody answers for that until a day.
    case waived
    /// Failed, in quarantine.
    case quarantined
    /// Should have run and did not.
    case notRun

    /// Nothing speaks against what was checked.
    package var isGood: Bool {
        switch self {
        case .passed, .skipped, .xfail, .waived, .quarantined: true
        case .failed, .flaky, .blocked, .error, .xpass, .notRun: false
        }
    }
}

/// One check's outcome. Texts hold no secret: the runner redacted them.
package struct CheckResult: Codable, Hashable, Sendable {
    package var id: String
    package var suite: String
    package var priority: Priority
    package var status: CheckStatus
    package var milliseconds: Double
    package var attempts: Int
    @Boxed package var evidence: Evidence
    /// What was seen and what was wanted; the reason of a skip; which need blocked.
    package var summary: String?
    /// The likely cause as far as the measurement alone tells.
    package var cause: String?
    package var fix: String?
    /// Owner, issue and end of the policy that changed the status.
    package var policy: String?

    package init(
        id: String, suite: String, priority: Priority, status: CheckStatus, milliseconds: Double = 0,
        attempts: Int = 0, evidence: Evidence = Evidence(), summary: String? = nil, cause: String? = nil,
        fix: String? = nil, policy: String? = nil
    ) {
        self.id = id
        self.suite = suite
        self.priority = priority
        self.status = status
        self.milliseconds = milliseconds
        self.attempts = attempts
        self.evidence = evidence
        self.summary = summary
        self.cause = cause
        self.fix = fix
        self.policy = policy
    }
}
