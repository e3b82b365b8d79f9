/// Why the ingress does not listen where it was asked to.
package enum IngressError: Error, Hashable, Sendable {
    /// Another program listens there.
    case portTaken(host: String, port: Int)
    /// This machine has no such address (`::1` where IPv6 is switched off).
    case addressUnavailable(host: String)
    /// For example a port below 1024 without the right to it.
    case couldNotListen(host: String, port: Int, reason: String)
}
