import NIOSSL
import Testing

@testable import Transport

@Suite(
    .enabled(if: TestCertificates.isAvailable, "needs openssl to make certificates"), .timeLimit(.minutes(1)))
struct TLSTests {
    private func server(_ context: NIOSSLContext) async throws -> LoopbackServer {
        try await LoopbackServer.start(tls: context) { request in
            request.header("Upgrade") == nil
                ? HTTPClientTests.ok("over TLS")
                : [.upgrade, .sendBytes(Array(ServerFrames.accept(request).utf8) + ServerFrames.text("over TLS"))]
        }
    }

    private func httpFailure(_ url: String, _ network: NetworkSettings) async -> TransportError? {
        do throws(TransportError) {
            _ = try await HTTPClient(network: network).send(HTTPRequest("GET", url))
            return nil
        } catch {
            return error
        }
    }

    private func webSocketFailure(_ url: String, _ network: NetworkSettings) async -> WebSocketError? {
        do throws(WebSocketError) {
            _ = try await WebSocketClient.connect(WebSocketRequest(url), network: network)
            return nil
        } catch {
            return error
        }
    }

    private func cause(_ error: TransportError?) -> TLSFailure.Cause? {
        if case .tls(let failure) = error { failure.cause } else { nil }
    }

    private func cause(_ error: WebSocketError?) -> TLSFailure.Cause? {
        if case .tls(let failure) = error { failure.cause } else { nil }
    }

    @Test(arguments: ["localhost", "127.0.0.1"])
    func `a certificate of a trusted root is good for its names`(host: String) async throws {
        let certificates = try await TestCertificates.make()
        let server = try await server(certificates.server(.good))
        let response = try await HTTPClient(network: certificates.trusting).send(
            HTTPRequest("GET", "https://\(host):\(server.port)/"))
        #expect(response.body == Array("over TLS".utf8))
        #expect(response.timings.tls > response.timings.connect)
        let socket = try await WebSocketClient.connect(
            WebSocketRequest("wss://\(host):\(server.port)/ws"), network: certificates.trusting)
        #expect(try await socket.receive(within: .seconds(5)) == .text("over TLS"))
        try await socket.send(text: "hello")
        #expect(await eventually { ServerFrames.decodeClient(server.raw)?.first?.payload == Array("hello".utf8) })
        await socket.close()
    }

    @Test(arguments: [
        (TestCertificates.Kind.expired, TLSFailure.Cause.expired), (.otherName, .wrongName),
        (.selfSigned, .selfSigned), (.unknownIssuer, .unknownIssuer),
    ])
    func `a certificate that does not hold is refused with its reason`(
        kind: TestCertificates.Kind, cause expected: TLSFailure.Cause
    ) async throws {
        let certificates = try await TestCertificates.make()
        let server = try await server(certificates.server(kind))
        let http = await httpFailure("https://localhost:\(server.port)/", certificates.trusting)
        #expect(cause(http) == expected)
        let socket = await webSocketFailure("wss://localhost:\(server.port)/", certificates.trusting)
        #expect(cause(socket) == expected)
        #expect(server.requests.isEmpty)
    }

    @Test func `a root that nobody trusts is no root`() async throws {
        let certificates = try await TestCertificates.make()
        let server = try await server(certificates.server(.good))
        for network in [NetworkSettings(), NetworkSettings(environment: ["SSL_CERT_FILE": "/dev/null"])] {
            #expect(cause(await httpFailure("https://localhost:\(server.port)/", network)) != nil)
            #expect(cause(await webSocketFailure("wss://localhost:\(server.port)/", network)) != nil)
        }
        #expect(server.requests.isEmpty)
    }

    @Test func `a server that does not speak TLS is a failed handshake`() async throws {
        let server = try await LoopbackServer.start { _ in [] }
        server.greeting = Array("220 mail.example ESMTP\r\n".utf8)
        #expect(cause(await httpFailure("https://127.0.0.1:\(server.port)/", NetworkSettings())) == .handshake)
        #expect(cause(await webSocketFailure("wss://127.0.0.1:\(server.port)/", NetworkSettings())) == .handshake)
    }

    @Test func `TLS before 1.2 is refused`() async throws {
        let certificates = try await TestCertificates.make()
        let server = try await server(certificates.server(.good, upTo: .tlsv11))
        #expect(cause(await httpFailure("https://localhost:\(server.port)/", certificates.trusting)) == .handshake)
        #expect(cause(await webSocketFailure("wss://localhost:\(server.port)/", certificates.trusting)) == .handshake)
    }

    @Test func `a file of roots that cannot be read is said`() async throws {
        let network = NetworkSettings(environment: ["CURL_CA_BUNDLE": "/nonexistent/roots.pem"])
        let server = try await LoopbackServer.start { _ in [] }
        #expect(cause(await httpFailure("https://127.0.0.1:\(server.port)/", network)) == .trustRoots)
        #expect(cause(await webSocketFailure("wss://127.0.0.1:\(server.port)/", network)) == .trustRoots)
    }

    @Test func `curl's own variable beats OpenSSL's`() {
        let both = NetworkSettings(environment: ["CURL_CA_BUNDLE": "/a", "SSL_CERT_FILE": "/b", "SSL_CERT_DIR": "/c"])
        #expect(both.trustedFile == "/a" && both.trustedFolder == nil)
        let openssl = NetworkSettings(environment: ["CURL_CA_BUNDLE": "", "SSL_CERT_FILE": "/b", "SSL_CERT_DIR": "/c"])
        #expect(openssl.trustedFile == "/b" && openssl.trustedFolder == "/c")
    }
}
