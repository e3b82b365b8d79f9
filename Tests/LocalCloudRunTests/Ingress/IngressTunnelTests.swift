import LocalCloudRun
import NIOCore
import Testing

@Suite("Ingress tunnels and ports", .timeLimit(.minutes(1)))
struct IngressTunnelTests {
    private static let accepting =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: x\r\n\r\nhello"
    private static let handshake =
        "GET /ws HTTP/1.1\r\nHost: chat.localhost\r\nUpgrade: websocket\r\n"
        + "Connection: Upgrade\r\nSec-WebSocket-Key: x\r\n\r\n"

    private static func routes(timeoutSeconds: Int = 30, ports: [Int] = [], isThere: Bool = true) -> Routes {
        let route = Routes.Route(
            service: "chat", targets: [.init(revision: "chat", percent: 100)], isPublic: true,
            timeoutSeconds: timeoutSeconds)
        return Routes(
            hosts: isThere ? ["chat.localhost": route] : [:],
            ports: .init(uniqueKeysWithValues: ports.map { ($0, route) }))
    }

    private static func freePort() async throws -> Int {
        let upstream = try await RawUpstream.start(answer: "", echoes: false)
        let port = upstream.port
        try await upstream.channel.close()
        return port
    }

    /// Polls, as the other side of a connection notices its end a little later.
    private static func isClosed(_ revision: String, _ ingress: Ingress) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            if ingress.openConnections(revision: revision) == 0 { return true }
            try await Task.sleep(for: .milliseconds(2))
        }
        return false
    }

    @Test func `a WebSocket passes bytes both ways and outlives a change of routes`() async throws {
        let upstream = try await RawUpstream.start(answer: Self.accepting, echoes: true)
        let instances = StubInstances(["chat": upstream.port])
        let ingress = Ingress(instances: instances)
        let port = try await ingress.start(hosts: ["127.0.0.1"], port: 0)
        await ingress.apply(Self.routes())
        let client = try await RawClient.connect(port)
        // The first frame comes in the same packet as the handshake, and so does the answer's.
        try await client.send(Self.handshake + "early")
        let head = try await client.answer()
        #expect(head.status == 101)
        #expect(head["upgrade"] == "websocket")
        #expect(head["connection"] == "upgrade")
        #expect(head["sec-websocket-accept"] == "x")
        #expect(String(decoding: try await client.bytes(10), as: UTF8.self) == "helloearly")
        #expect(ingress.openConnections(revision: "chat") == 1)

        await ingress.apply(Self.routes(isThere: false))
        try await client.send("still here")
        #expect(String(decoding: try await client.bytes(10), as: UTF8.self) == "still here")
        let other = try await RawClient.connect(port)
        #expect(try await other.request("GET", "/", host: "chat.localhost").status == 404)
        await other.close()

        let block = String(repeating: "0123456789abcdef", count: 64 << 10)
        let channel = client.channel
        async let sent: Void = channel.writeAndFlush(ByteBuffer(string: block))
        let echoed = try await client.bytes(block.utf8.count)
        try await sent
        #expect(echoed == Array(block.utf8))

        await client.close()
        #expect(try await Self.isClosed("chat", ingress))
        #expect(instances.state.finished == 1)
        #expect(instances.state.records.map(\.status) == [101])
        await ingress.stop()
        try await upstream.channel.close()
    }

    @Test func `a refused WebSocket shows the container's own answer and ends the connection`() async throws {
        let refusal = "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"
        let upstream = try await RawUpstream.start(answer: refusal, echoes: false)
        let ingress = Ingress(instances: StubInstances(["chat": upstream.port]))
        let port = try await ingress.start(hosts: ["127.0.0.1"], port: 0)
        await ingress.apply(Self.routes())
        let client = try await RawClient.connect(port)
        try await client.send(Self.handshake)
        let answer = try await client.answer()
        #expect(answer.status == 403)
        #expect(answer.text == "no")
        #expect(answer["connection"] == "close")
        #expect(await client.readToEnd() == 0)
        await ingress.stop()
        try await upstream.channel.close()
    }

    @Test(
        arguments: [
            ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", false, 502),
            ("not HTTP at all\r\n\r\n", false, 502), ("", false, 503),
            ("HTTP/1.1 101 Switching Protocols\r\n\r\n", true, 502),
        ])
    func `an answer that is none becomes the front end's`(answer: String, upgrades: Bool, status: Int) async throws {
        let upstream = try await RawUpstream.start(answer: answer, echoes: false)
        let ingress = Ingress(instances: StubInstances(["chat": upstream.port]))
        let port = try await ingress.start(hosts: ["127.0.0.1"], port: 0)
        await ingress.apply(Self.routes())
        let client = try await RawClient.connect(port)
        try await client.send(upgrades ? Self.handshake : "GET / HTTP/1.1\r\nHost: chat.localhost\r\n\r\n")
        #expect(try await client.answer().status == status)
        await ingress.stop()
        try await upstream.channel.close()
    }

    @Test func `a tunnel ends with the request timeout, as on Cloud Run`() async throws {
        let upstream = try await RawUpstream.start(answer: Self.accepting, echoes: true)
        let instances = StubInstances(["chat": upstream.port])
        let ingress = Ingress(instances: instances)
        let port = try await ingress.start(hosts: ["127.0.0.1"], port: 0)
        await ingress.apply(Self.routes(timeoutSeconds: 1))
        let client = try await RawClient.connect(port)
        try await client.send(Self.handshake)
        #expect(try await client.answer().status == 101)
        #expect(await client.readToEnd() == 5)
        #expect(try await Self.isClosed("chat", ingress))
        #expect(instances.state.finished == 1)
        await ingress.stop()
        try await upstream.channel.close()
    }

    @Test func `plain ports open and close with the routes`() async throws {
        let upstream = try await TestUpstream.start("chat")
        let ingress = Ingress(instances: StubInstances(["chat": upstream.port]))
        let first = try await Self.freePort()
        let second = try await Self.freePort()
        #expect(await ingress.apply(Self.routes(ports: [first])).isEmpty)
        let client = try await RawClient.connect(first)
        #expect(try await client.request("GET", "/", host: "127.0.0.1:\(first)").text == "chat")
        #expect(await ingress.apply(Self.routes(ports: [second])).isEmpty)
        // The kept connection is answered by the routes of now.
        #expect(try await client.request("GET", "/", host: "127.0.0.1:\(first)").status == 404)
        await #expect(throws: (any Error).self) { try await RawClient.connect(first) }
        let other = try await RawClient.connect(second)
        #expect(try await other.request("GET", "/", host: "127.0.0.1").text == "chat")
        await ingress.stop()
        await #expect(throws: (any Error).self) { try await RawClient.connect(second) }
        await upstream.kill()
    }

    @Test func `a port that is taken is named, and tried again by the next change`() async throws {
        let occupant = try await RawUpstream.start(answer: "", echoes: false)
        let ingress = Ingress(instances: StubInstances([:]))
        let taken = IngressError.portTaken(host: "127.0.0.1", port: occupant.port)
        #expect(await ingress.apply(Self.routes(ports: [occupant.port])) == [taken])
        await #expect(throws: taken) { try await ingress.start(hosts: ["127.0.0.1"], port: occupant.port) }
        try await occupant.channel.close()
        #expect(await ingress.apply(Self.routes(ports: [occupant.port])).isEmpty)
        await ingress.stop()
    }

    @Test func `changes made at once end with the last one`() async throws {
        let ingress = Ingress(instances: StubInstances([:]))
        let port = try await Self.freePort()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { await ingress.apply(Self.routes(ports: [port])) } }
            for _ in 0..<20 { group.addTask { await ingress.apply(Self.routes()) } }
        }
        #expect(await ingress.apply(Self.routes(ports: [port])).isEmpty)
        let client = try await RawClient.connect(port)
        #expect(try await client.request("GET", "/", host: "x").status == 429)
        await ingress.stop()
    }

    @Test func `an address that this machine lacks is left out while another can be had`() async throws {
        let ingress = Ingress(instances: StubInstances([:]))
        // 192.0.2.0/24 belongs to nobody (RFC 5737).
        let port = try await ingress.start(hosts: ["192.0.2.1", "127.0.0.1"], port: 0)
        #expect(port > 0)
        await #expect(throws: IngressError.addressUnavailable(host: "192.0.2.1")) {
            try await ingress.start(hosts: ["192.0.2.1"], port: 0)
        }
        await ingress.stop()
    }
}
