import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(1)))
struct ProxyTests {
    private struct Case: Sendable {
        var url: String
        var environment: [String: String]
        var proxy: String?

        init(_ url: String, _ environment: [String: String], _ proxy: String?) {
            (self.url, self.environment, self.proxy) = (url, environment, proxy)
        }
    }

    private static let cases: [Case] = [
        Case("https://a.example/", ["HTTPS_PROXY": "http://p:3128"], "http://p:3128"),
        Case("https://a.example/", ["https_proxy": "q:1", "HTTPS_PROXY": "p:2"], "http://q:1"),
        Case("https://a.example/", ["HTTPS_PROXY": "p"], "http://p:1080"),
        Case("https://a.example/", ["HTTPS_PROXY": "https://p"], "https://p:443"),
        Case("https://a.example/", ["HTTPS_PROXY": "http://[::1]:8080"], "http://[::1]:8080"),
        Case("https://a.example/", ["HTTPS_PROXY": "http://user:secret@p:3128"], "http://p:3128"),
        Case("https://a.example/", ["ALL_PROXY": "socks5h://p:9050"], "socks5h://p:9050"),
        Case("https://a.example/", ["HTTPS_PROXY": "", "ALL_PROXY": "p:9"], "http://p:9"),
        Case("https://a.example/", ["http_proxy": "p:3128"], nil),
        Case("http://a.example/", ["http_proxy": "p:3128"], "http://p:3128"),
        // A CGI program gets it from a header field of whoever calls it.
        Case("http://a.example/", ["HTTP_PROXY": "p:3128"], nil),
        Case("wss://a.example/", ["HTTPS_PROXY": "p:3"], "http://p:3"),
        Case("ws://a.example/", ["http_proxy": "p:3"], "http://p:3"),
        Case("https://localhost:8085/", ["HTTPS_PROXY": "p:1"], nil),
        Case("https://127.0.0.1/", ["ALL_PROXY": "p:1"], nil),
        Case("https://svc.localhost/", ["ALL_PROXY": "p:1"], nil), Case("https://[::1]/", ["ALL_PROXY": "p:1"], nil),
        Case("https://a.example/", ["HTTPS_PROXY": "p:1", "NO_PROXY": "*"], nil),
        Case("https://a.example/", ["HTTPS_PROXY": "p:1", "NO_PROXY": "b.example, a.example"], nil),
        Case("https://a.example/", ["HTTPS_PROXY": "p:1", "NO_PROXY": ".example"], nil),
        Case("https://a.example/", ["HTTPS_PROXY": "p:1", "NO_PROXY": "EXAMPLE"], nil),
        Case("https://a.example./", ["HTTPS_PROXY": "p:1", "NO_PROXY": "a.example"], nil),
        Case("https://a.example/", ["HTTPS_PROXY": "p:1", "NO_PROXY": "ample"], "http://p:1"),
        Case("https://a.example/", ["HTTPS_PROXY": "p:1", "no_proxy": "other", "NO_PROXY": "*"], "http://p:1"),
        Case("https://10.1.2.3/", ["HTTPS_PROXY": "p:1", "NO_PROXY": "10.0.0.0/8"], nil),
        Case("https://11.1.2.3/", ["HTTPS_PROXY": "p:1", "NO_PROXY": "10.0.0.0/8,11.1.2.4"], "http://p:1"),
        Case("https://11.1.2.3/", ["HTTPS_PROXY": "p:1", "NO_PROXY": "11.1.2.3"], nil),
        Case("https://[fd00::1]/", ["HTTPS_PROXY": "p:1", "NO_PROXY": "[fd00::]/8"], nil),
        Case("https://[fd00::1]/", ["HTTPS_PROXY": "p:1", "NO_PROXY": "fd00::/8"], nil),
        Case("https://[fd00::1]/", ["HTTPS_PROXY": "p:1", "NO_PROXY": "[fd00::1]"], nil),
    ]

    @Test func `which requests go through which proxy`() throws {
        for (index, line) in Self.cases.enumerated() {
            switch ProxyRules(environment: line.environment).route(to: try #require(URLParts(line.url))) {
            case .direct: #expect(line.proxy == nil, "case \(index)")
            case .through(let proxy): #expect(proxy.shown == line.proxy, "case \(index)")
            case .unusable: Issue.record("case \(index) is unusable")
            }
        }
    }

    @Test func `a request goes to the proxy with its whole URL and the proxy's password`() async throws {
        let proxy = try await LoopbackServer.start { _ in HTTPClientTests.ok("from the proxy") }
        let network = NetworkSettings(environment: ["http_proxy": "http://us%40er:pass@127.0.0.1:\(proxy.port)"])
        let response = try await HTTPClient(network: network).send(HTTPRequest("GET", "http://service.example/a"))
        #expect(response.body == Array("from the proxy".utf8))
        let request = try #require(proxy.requests.first)
        #expect(request.head.hasPrefix("GET http://service.example/a HTTP/1.1\r\n"))
        #expect(request.header("Proxy-Authorization") == "Basic \(Base64.encode(Array("us@er:pass".utf8)))")
    }

    @Test(.enabled(if: TestCertificates.isAvailable, "needs openssl to make certificates"))
    func `TLS goes through the proxy's tunnel and ends at the server`() async throws {
        let certificates = try await TestCertificates.make()
        let context = try certificates.server(.good)
        let proxy = try await LoopbackServer.start { request in
            if request.head.hasPrefix("CONNECT") {
                return [.send("HTTP/1.1 200 Connection established\r\n\r\n"), .startTLS(context)]
            }
            return request.header("Upgrade") == nil
                ? HTTPClientTests.ok("inside")
                : [.upgrade, .sendBytes(Array(ServerFrames.accept(request).utf8) + ServerFrames.text("inside"))]
        }
        let network = NetworkSettings(environment: [
            "HTTPS_PROXY": "http://user:pass@127.0.0.1:\(proxy.port)", "SSL_CERT_FILE": certificates.root,
        ])
        let response = try await HTTPClient(network: network).send(
            HTTPRequest("GET", "https://service.example/", headers: .init([.init("Authorization", "Bearer t")])))
        #expect(response.body == Array("inside".utf8))
        let socket = try await WebSocketClient.connect(
            WebSocketRequest("wss://service.example/ws", headers: .init([.init("Authorization", "Bearer t")])),
            network: network)
        #expect(try await socket.receive(within: .seconds(5)) == .text("inside"))
        await socket.close()
        let tunnels = proxy.requests.filter { $0.head.hasPrefix("CONNECT service.example:443 HTTP/1.1\r\n") }
        #expect(tunnels.count == 2)
        for tunnel in tunnels {
            #expect(tunnel.header("Proxy-Authorization") == "Basic dXNlcjpwYXNz")
            #expect(tunnel.header("Authorization") == nil)
        }
        #expect(proxy.requests.count { $0.header("Proxy-Authorization") != nil } == 2)
    }

    /// What a user is told of a proxy that is to blame.
    private func reason(_ environment: [String: String]) async -> (http: String, webSocket: String) {
        let network = NetworkSettings(environment: environment)
        var reasons = ("", "")
        do throws(TransportError) {
            _ = try await HTTPClient(network: network).send(
                HTTPRequest("GET", "https://service.example/", connectTimeout: .milliseconds(300)))
        } catch {
            if case .couldNotConnect(let reason) = error { reasons.0 = reason } else { reasons.0 = "\(error)" }
        }
        do throws(WebSocketError) {
            _ = try await WebSocketClient.connect(WebSocketRequest("wss://service.example/"), network: network)
        } catch {
            if case .couldNotConnect(let reason) = error { reasons.1 = reason } else { reasons.1 = "\(error)" }
        }
        return reasons
    }

    @Test func `a proxy that is to blame is named without its password`() async throws {
        let refusing = try await LoopbackServer.start { _ in
            [.send("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"), .close]
        }
        for port in [1, refusing.port] {
            let (http, webSocket) = await reason(["HTTPS_PROXY": "http://user:hunter2@127.0.0.1:\(port)"])
            for text in [http, webSocket] {
                #expect(text.contains("(through the proxy `http://127.0.0.1:\(port)` of HTTPS_PROXY)"), "\(text)")
                #expect(!text.contains("hunter2") && !text.contains("user"), "\(text)")
            }
        }
    }

    @Test func `a variable that names no proxy is said`() async {
        let (http, webSocket) = await reason(["ALL_PROXY": "http://[nonsense"])
        #expect(http == "`ALL_PROXY` does not name a proxy")
        #expect(webSocket == http)
        let socks = await reason(["ALL_PROXY": "socks5://127.0.0.1:1"])
        #expect(
            socks.webSocket.hasPrefix("a WebSocket cannot go through the proxy `socks5://127.0.0.1:1` of ALL_PROXY"))
    }
}
