import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Testing

@testable import Transport

/// The proxy that counts whom a program asks, against servers on loopback.
@Suite(.timeLimit(.minutes(1))) struct LoopbackProxyTests {
    /// What a connection brings, until its end, for some bytes that are sent at once.
    private static func exchange(_ address: String, _ text: String, until end: String? = nil) async throws -> String {
        let port = try #require(Int(address.split(separator: ":").last ?? ""))
        let answer = Collected()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collecting(answer))
                }
            }.connect(host: "127.0.0.1", port: port).get()
        try await channel.writeAndFlush(ByteBuffer(string: text)).get()
        _ = await eventually { !channel.isActive || end.map { answer.text.contains($0) } ?? false }
        try? await channel.close().get()
        return answer.text
    }

    private static func ok(_ body: String, _ extra: String = "") -> [LoopbackServer.Action] {
        [.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\(extra)\r\n\(body)")]
    }

    private static func withProxy(
        to server: LoopbackServer, identity: String? = "x-revision",
        headers: HTTPHeaders = HTTPHeaders([.init("x-token", "t-1")]), _ body: (LoopbackProxy) async throws -> Void
    ) async throws {
        var settings = LoopbackProxy.Settings(
            target: "http://127.0.0.1:\(server.port)", headers: headers, network: NetworkSettings())
        settings.identityHeader = identity
        let proxy = try await LoopbackProxy.start(settings)
        try await body(proxy)
        await proxy.stop()
    }

    @Test func `its own address leads to the target, and counts who answered`() async throws {
        let server = try await LoopbackServer.start { _ in
            Self.ok(
                "hello",
                "X-Revision: r-7\r\nKeep-Alive: timeout=5\r\nConnection: x-hop\r\nX-Hop: 1\r\n"
                    + "Set-Cookie: a=b; Domain=127.0.0.1; Path=/; Secure; HttpOnly\r\n")
        }
        try await Self.withProxy(to: server) { proxy in
            let request =
                "POST /a?b=c HTTP/1.1\r\nHost: me\r\nContent-Length: 3\r\nTE: trailers\r\nProxy-Authorization: x\r\n"
                + "Connection: close, X-Mine\r\nX-Mine: 1\r\n\r\nabc"
            let answer = try await Self.exchange(proxy.targetURL, request)
            #expect(answer.hasPrefix("HTTP/1.1 200") && answer.hasSuffix("hello"), "\(answer)")
            let lower = answer.lowercased()
            #expect(!lower.contains("x-hop: 1") && !lower.contains("keep-alive:"), "\(answer)")
            #expect(answer.contains("a=b; Path=/; HttpOnly"), "\(answer)")
            let asked = try #require(server.requests.first)
            #expect(asked.head.hasPrefix("POST /a?b=c HTTP/1.1") && asked.body == Array("abc".utf8))
            #expect(asked.header("host") == "127.0.0.1:\(server.port)" && asked.header("x-token") == "t-1")
            for name in ["te", "proxy-authorization", "x-mine"] { #expect(asked.header(name) == nil, "\(name)") }
            let traffic = proxy.traffic
            let host = try #require(traffic.hosts["127.0.0.1:\(server.port)"])
            #expect(host.connections == 1 && host.requests == 1 && host.answers == 1)
            #expect(traffic.revisions == ["r-7": 1] && traffic.moments.count == 1)
        }
    }

    @Test func `as a proxy it passes requests on, and knows its own other address`() async throws {
        let server = try await LoopbackServer.start { request in Self.ok(request.header("x-token") ?? "none") }
        let other = try await LoopbackServer.start { request in Self.ok(request.header("x-token") ?? "none") }
        try await Self.withProxy(to: server) { proxy in
            let ask = { (url: String) in
                try await Self.exchange(
                    proxy.proxyURL, "GET \(url) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            }
            #expect(try await ask("http://localhost:\(server.port)/x").hasSuffix("t-1"))
            #expect(try await ask(proxy.targetURL + "/y").hasSuffix("t-1"))
            // What is added is for the target alone.
            #expect(try await ask("http://127.0.0.1:\(other.port)/z").hasSuffix("none"))
            #expect(server.requests.map { $0.head.split(separator: " ")[1] } == ["/x", "/y"])
            #expect(
                proxy.traffic.hosts.mapValues(\.answers) == [
                    "127.0.0.1:\(server.port)": 2, "127.0.0.1:\(other.port)": 1,
                ])
            let refused = try await Self.exchange(proxy.proxyURL, "GET /only HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(refused.hasPrefix("HTTP/1.1 400"), "\(refused)")
        }
    }

    @Test func `a tunnel is counted by its host, and as answered only where bytes came back`() async throws {
        let server = try await LoopbackServer.start { _ in Self.ok("inside") }
        try await Self.withProxy(to: server) { proxy in
            let connect = "CONNECT 127.0.0.1:\(server.port) HTTP/1.1\r\nHost: x\r\n\r\n"
            let opened = try await Self.exchange(proxy.proxyURL, connect, until: "\r\n\r\n")
            #expect(opened.hasPrefix("HTTP/1.1 200"), "\(opened)")
            #expect(proxy.traffic.hosts["127.0.0.1:\(server.port)"]?.answers == 0)
            let answer = try await Self.exchange(
                proxy.proxyURL, connect + "GET /t HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", until: "inside")
            #expect(answer.hasSuffix("inside"), "\(answer)")
            #expect(await eventually { proxy.traffic.hosts["127.0.0.1:\(server.port)"]?.answers == 1 })
            #expect(proxy.traffic.hosts["127.0.0.1:\(server.port)"]?.connections == 2)
        }
    }

    @Test func `a WebSocket passes both ways`() async throws {
        let server = try await LoopbackServer.start { request in
            [.upgrade, .sendBytes(Array(ServerFrames.accept(request, extra: "").utf8) + ServerFrames.text("héllo"))]
        }
        try await Self.withProxy(to: server) { proxy in
            let connection = try await WebSocketClient.connect(
                WebSocketRequest(proxy.targetURL.replacing("http://", with: "ws://") + "/ws"))
            #expect(try await connection.receive(within: .seconds(5)) == .text("héllo"))
            try await connection.send(text: "one")
            #expect(await eventually { server.raw.count == 6 + 3 })
            #expect(proxy.traffic.hosts["127.0.0.1:\(server.port)"]?.answers == 1)
        }
    }

    @Test func `who cannot be reached is asked and has not answered, and a redirect comes back`() async throws {
        let server = try await LoopbackServer.start { request in
            let port = request.header("host")?.split(separator: ":").last ?? ""
            return [
                .send("HTTP/1.1 302 Found\r\nLocation: http://localhost:\(port)/next?a=1\r\nContent-Length: 0\r\n\r\n")
            ]
        }
        try await Self.withProxy(to: server) { proxy in
            let answer = try await Self.exchange(
                proxy.targetURL, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(answer.lowercased().contains("location: \(proxy.targetURL)/next?a=1"), "\(answer)")
            let lost = try await Self.exchange(
                proxy.proxyURL, "GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(lost.hasPrefix("HTTP/1.1 502"), "\(lost)")
            let host = proxy.traffic.hosts["127.0.0.1:1"]
            #expect(host?.requests == 1 && host?.answers == 0)
        }
    }

    @Test func `a large answer passes a slow reader in bounded memory, and a stream comes as it is sent`() async throws
    {
        let size = 32 << 20
        let server = try await LoopbackServer.start { _ in
            [
                .send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n"),
                .sendBytes([UInt8](repeating: 0x61, count: size)),
            ]
        }
        try await Self.withProxy(to: server, headers: HTTPHeaders()) { proxy in
            let response = try await HTTPClient(network: NetworkSettings()).send(
                HTTPRequest("GET", proxy.targetURL + "/large", timeout: .seconds(30), maximumBodyBytes: size))
            #expect(response.status == 200 && response.body.count == size)
        }
    }

    @Test func `a program's hosts and moments are counted in bounded memory`() {
        let tally = ProxyTally(targets: ["t:1"])
        for number in 0..<2000 {
            tally.asked("host-\(number):80")
            tally.answered("t:1", revision: "r-\(number)", at: Double(number))
        }
        #expect(tally.traffic.hosts.count <= 1001 && tally.traffic.revisions.count == 100)
        #expect(tally.traffic.hosts["t:1"]?.answers ?? tally.traffic.hosts["others:0"]?.answers == 2000)
    }
}

private final class Collected: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }

    func add(_ more: some Sequence<UInt8>) { bytes.withLock { $0 += Array(more) } }
}

private final class Collecting: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let collected: Collected

    init(_ collected: Collected) { self.collected = collected }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        collected.add(unwrapInboundIn(data).readableBytesView)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
