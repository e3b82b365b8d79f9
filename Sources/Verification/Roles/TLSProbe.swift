/// Makes a TLS connection, sends nothing over it, and tells what was agreed on and which certificate came.
package protocol TLSProbe: Sendable {
    /// Certificate and name are verified as for any request; that they do not hold is a failure of kind `tls`.
    func inspect(_ request: TLSProbeRequest) async -> TLSProbeOutcome
}

package struct TLSProbeRequest: Hashable, Sendable {
    package var host: String
    package var port: Int
    /// Only this version is offered; nil offers 1.2 and 1.3.
    package var onlyVersion: TLSVersion?
    /// For name lookup, connection and handshake together.
    package var timeoutMilliseconds: Int

    package init(host: String, port: Int = 443, onlyVersion: TLSVersion? = nil, timeoutMilliseconds: Int = 5000) {
        self.host = host
        self.port = port
        self.onlyVersion = onlyVersion
        self.timeoutMilliseconds = timeoutMilliseconds
    }
}

package enum TLSVersion: String, Codable, Hashable, Sendable, CaseIterable, Comparable {
    case v1_0 = "1.0"
    case v1_1 = "1.1"
    case v1_2 = "1.2"
    case v1_3 = "1.3"

    package static func < (one: TLSVersion, other: TLSVersion) -> Bool { one.rawValue < other.rawValue }
}

package enum TLSProbeOutcome: Hashable, Sendable {
    case secured(TLSObservation)
    case failure(ProbeFailure)
}

package struct TLSObservation: Hashable, Sendable {
    package var version: TLSVersion
    /// Until the certificate of the server ends, by the clock of this machine.
    package var secondsLeft: Int
    /// SHA-256 of the certificate, 64 lower-case hexadecimal digits.
    package var fingerprint: String
    package var remoteAddress: String?
    /// Name lookup, connection and handshake.
    package var milliseconds: Double

    package init(
        version: TLSVersion, secondsLeft: Int, fingerprint: String, remoteAddress: String? = nil,
        milliseconds: Double = 0
    ) {
        self.version = version
        self.secondsLeft = secondsLeft
        self.fingerprint = fingerprint
        self.remoteAddress = remoteAddress
        self.milliseconds = milliseconds
    }
}
