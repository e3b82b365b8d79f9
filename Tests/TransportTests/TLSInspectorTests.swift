import NIOSSL
import Testing

@testable import Transport

@Suite(
    .enabled(if: TestCertificates.isAvailable, "needs openssl to make certificates"), .timeLimit(.minutes(1)))
struct TLSInspectorTests {
    private func server(_ context: NIOSSLContext) async throws -> LoopbackServer {
        try await LoopbackServer.start(tls: context) { _ in HTTPClientTests.ok("over TLS") }
    }

    private func inspect(
        _ port: Int, host: String = "localhost", only version: String? = nil, within limit: Duration = .seconds(5),
        network: NetworkSettings
    ) async -> Result<TLSInspector.Connection, TransportError> {
        do throws(TransportError) {
            return .success(
                try await TLSInspector.inspect(
                    .init(host: host, port: port, onlyVersion: version, timeout: limit), network: network))
        } catch {
            return .failure(error)
        }
    }

    @Test(arguments: [(TLSVersion.tlsv12, "1.2"), (.tlsv13, "1.3")])
    func `tells the version and the certificate, and sends nothing`(_ upTo: TLSVersion, _ version: String) async throws
    {
        let certificates = try await TestCertificates.make()
        let server = try await server(certificates.server(.good, upTo: upTo))
        for host in ["localhost", "127.0.0.1"] {
            let seen = try await inspect(server.port, host: host, network: certificates.trusting).get()
            #expect(seen.version == version)
            #expect(seen.remoteAddress == "127.0.0.1:\(server.port)")
            let certificate = try NIOSSLCertificate(bytes: seen.certificate, format: .der)
            #expect(Int(certificate.notValidAfter) == seen.notAfter)
        }
        #expect(server.requests.isEmpty)
    }

    @Test func `offers one version alone`() async throws {
        let certificates = try await TestCertificates.make()
        let server = try await server(certificates.server(.good, upTo: .tlsv12))
        let older = try await inspect(server.port, only: "1.2", network: certificates.trusting).get()
        #expect(older.version == "1.2")
        guard case .failure(.tls) = await inspect(server.port, only: "1.3", network: certificates.trusting) else {
            return #expect(Bool(false), "TLS 1.3 is not there")
        }
    }

    @Test(arguments: [
        (TestCertificates.Kind.expired, TLSFailure.Cause.expired), (.otherName, .wrongName),
        (.selfSigned, .selfSigned), (.unknownIssuer, .unknownIssuer),
    ])
    func `says why a certificate does not hold`(
        kind: TestCertificates.Kind, cause: TLSFailure.Cause
    ) async throws {
        let certificates = try await TestCertificates.make()
        let server = try await server(certificates.server(kind))
        guard case .failure(.tls(let failure)) = await inspect(server.port, network: certificates.trusting) else {
            return #expect(Bool(false), "taken")
        }
        #expect(failure.cause == cause)
    }

    @Test func `a server that waits for something else than TLS, and none at all`() async throws {
        let plain = try await LoopbackServer.start { _ in HTTPClientTests.ok("plain") }
        let silent = await inspect(plain.port, within: .milliseconds(200), network: NetworkSettings())
        guard case .failure(.timedOut) = silent else { return #expect(Bool(false), "no TLS there") }
        guard case .failure(.couldNotConnect) = await inspect(1, network: NetworkSettings()) else {
            return #expect(Bool(false), "nobody there")
        }
    }
}
