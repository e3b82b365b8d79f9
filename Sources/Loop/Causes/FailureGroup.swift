package import Verification

/// Failures of one cause, however it shows itself.
package struct FailureGroup: Codable, Hashable, Sendable {
    /// What most of them have in common.
    package var signature: FailureSignature
    /// Further ways in which the same cause was seen.
    package var alsoSeen: [FailureSignature]
    package var cause: ProbableCause
    /// Failing checks, then those that it kept from running; empty where no check was asked, as of a revision that is not
    /// ready.
    package var checks: [CheckReference]
    /// Of the most important check; P1 where there is none.
    package var priority: Priority
    /// What the environment says that the priorities of these checks protect, the most important first, each once.
    package var valueAtRisk: [String]

    package init(
        signature: FailureSignature, alsoSeen: [FailureSignature] = [], cause: ProbableCause, checks: [CheckReference],
        priority: Priority, valueAtRisk: [String] = []
    ) {
        self.signature = signature
        self.alsoSeen = alsoSeen
        self.cause = cause
        self.checks = checks
        self.priority = priority
        self.valueAtRisk = valueAtRisk
    }

    /// The same from one iteration to the next: what it is about, without revisions and numbers.
    package var identity: String {
        guard cause.kind != .unknown else { return "unknown \(signature.service) \(signature.shape)" }
        return ([cause.kind.rawValue, signature.service] + [cause.subject].compactMap(\.self)).joined(separator: " ")
    }
}
