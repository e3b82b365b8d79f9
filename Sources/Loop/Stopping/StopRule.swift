/// Why a loop ended. Every end has exactly one.
package enum StopRule: String, Codable, Hashable, Sendable, CaseIterable {
    /// Every check of the index ran and the verdict is `pass`.
    case goal
    /// As many iterations as were allowed.
    case iterations
    /// The time that was allowed is over.
    case time
    /// The money that was allowed is spent.
    case cost
    /// The last iterations mended nothing.
    case noProgress = "no-progress"
    /// A fix came out exactly as one that did not help.
    case sameFix = "same-fix"
    /// Worse than the best iteration, to which what serves went back.
    case regression
    /// Nothing fails but what passes when it is asked again.
    case flakyOnly = "flaky-only"
    /// Nobody was there to mend what failed.
    case noFix = "no-fix"
    /// What the fix changed is not a fix's to change.
    case fixRefused = "fix-refused"
    /// The fix could not be made, changed nothing, or broke what is built before a release.
    case fixFailed = "fix-failed"
    /// A service does not serve, so there is nothing to test.
    case blocked = "blocked-on-deployment"
    /// A signal.
    case interrupted
    /// `abort`.
    case aborted
    /// Something is in doubt that a person must look at.
    case attention = "needs-attention"

    /// Whether a loop that ended so may be taken up again where it stood.
    package var isTakenUp: Bool { self == .interrupted }
}
