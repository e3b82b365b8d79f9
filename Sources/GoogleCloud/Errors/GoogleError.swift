package import Transport

/// How a call of a Google API can fail.
package enum GoogleError: Error, Hashable, Sendable {
    /// No answer. `isWrite`: it would have changed something, and perhaps has.
    case transport(TransportError, isWrite: Bool)
    /// An answer that is not a success.
    case status(GoogleStatus)
    /// A success whose body is not what the API promises.
    case unreadable(what: String, reason: String, isWrite: Bool)
    /// The access token would have travelled where others can read it.
    case secretInTheClear(host: String)
    case invalidEndpoint(String)

    var retryAfter: Duration? {
        if case .status(let status) = self { status.retryAfter } else { nil }
    }
}
