/// Asks for the addresses of a name, as any program of this machine would.
package protocol NameLookup: Sendable {
    func addresses(of name: String, timeoutMilliseconds: Int) async -> NameLookupOutcome
}

package enum NameLookupOutcome: Hashable, Sendable {
    /// In the order in which they came; IPv6 without brackets.
    case addresses([String], milliseconds: Double)
    /// The name does not exist, or has no address.
    case unknown(milliseconds: Double)
    case failure(ProbeFailure)
}
