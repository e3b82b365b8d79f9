import Transport
import Verification

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// TLS checks over SwiftNIO.
struct NIOTLSProbe: TLSProbe {
    func inspect(_ request: TLSProbeRequest) async -> TLSProbeOutcome {
        let clock = ContinuousClock()
        let began = clock.now
        do throws(TransportError) {
            let seen = try await TLSInspector.inspect(
                TLSInspector.Request(
                    host: request.host, port: request.port, onlyVersion: request.onlyVersion?.rawValue,
                    timeout: .milliseconds(request.timeoutMilliseconds)), userAgent: Version.userAgent)
            return .secured(
                TLSObservation(
                    version: TLSVersion(rawValue: seen.version) ?? .v1_2,
                    secondsLeft: seen.notAfter - Int(Date().timeIntervalSince1970),
                    fingerprint: CertificateFingerprint.sha256(der: seen.certificate),
                    remoteAddress: seen.remoteAddress, milliseconds: (clock.now - began).milliseconds))
        } catch {
            var failure = CurlHTTPProbe.failure(error)
            failure.milliseconds = (clock.now - began).milliseconds
            return .failure(failure)
        }
    }
}
