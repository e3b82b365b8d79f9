/// The closed list of what failures can come from.
package enum CauseKind: String, Codable, Hashable, Sendable, CaseIterable {
    /// Cloud Run's IAM turned the caller away; the application saw nothing.
    case callerNotInvoker = "caller-not-invoker"
    /// The application did not get the headers by which it knows a caller.
    case headersMissing = "headers-missing"
    /// The application got credentials and does not accept them: signature, time, audience, issuer.
    case tokenRejected = "token-rejected"
    /// The application knows the caller and does not allow this.
    case accessDenied = "access-denied"
    /// An exception that nobody handled: 500, or 1011 on a WebSocket.
    case unhandledException = "unhandled-exception"
    /// Documented or asked for, and not in this revision.
    case routeMissing = "route-missing"
    /// No instance took the request.
    case noInstance = "no-instance"
    /// A stream that does not begin, stops, or is cut by a time limit.
    case streamTimeout = "stream-timeout"
    /// An answer that is not a stream's did not come in time.
    case answerTimeout = "answer-timeout"
    /// Tests skip themselves, since they do not see where they run.
    case environmentUndetected = "environment-undetected"
    /// The revision does not become ready or healthy.
    case notReady = "not-ready"
    /// A service, database or cache that this one needs does not answer.
    case dependencyDown = "dependency-down"
    /// A setting differs from the last good release, and what is seen names it.
    case configurationChanged = "configuration-changed"
    /// Another version of a secret than in the last good release.
    case secretChanged = "secret-changed"
    case memoryExceeded = "memory-exceeded"
    case nameUnresolved = "name-unresolved"
    case tlsFailed = "tls-failed"
    case connectionRefused = "connection-refused"
    case rateLimited = "rate-limited"
    case latencyMissed = "latency-missed"
    /// What was seen names no cause.
    case unknown

    /// One that a newer stagectl has written is unknown here.
    package init(from decoder: any Decoder) throws {
        self = Self(rawValue: try decoder.singleValueContainer().decode(String.self)) ?? .unknown
    }
}
