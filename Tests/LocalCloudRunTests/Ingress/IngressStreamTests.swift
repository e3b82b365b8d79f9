import NIOCore
import NIOHTTP1
import Synchronization
import Testing

@testable import LocalCloudRun

/// HTTP/2 without TLS on either side of the ingress, and on both.
@Suite("Ingress streams", .timeLimit(.minutes(1)))
struct IngressStreamTests {
    private static func withIngress(
        _ body: (_ port: Int, _ ingress: Ingress, _ instances: StubInstances, _ streaming: TestUpstream) async throws ->
            Void
    ) async throws {
        let plain = try await TestUpstream.start("plain")
        let streaming = try await TestUpstream.start("streaming", streams: true)
        let instances = StubInstances(
            ["plain": plain.port, "streaming": streaming.port], streaming: ["streaming"])
        let ingress = Ingress(instances: instances)
        let port = try await ingress.start(hosts: ["127.0.0.1"], port: 0)
        var hosts: [String: Routes.Route] = [:]
        for name in ["plain", "streaming", "no-instance"] {
            hosts["\(name).localhost"] = IngressTests.route(name, [(name, 100)])
        }
        hosts["impatient.localhost"] = IngressTests.route("impatient", [("streaming", 100)], timeoutSeconds: 2)
        await ingress.apply(Routes(hosts: hosts))
        try await body(port, ingress, instances, streaming)
        await ingress.stop()
        await plain.kill()
        await streaming.kill()
    }

    @Test(arguments: ["plain", "streaming"])
    func `a stream reaches either kind of container`(name: String) async throws {
        try await Self.withIngress { port, _, instances, _ in
            let client = try await StreamClient.connect(port)
            let host = "\(name).localhost"
            let answer = try await client.request(.GET, "/", host: host)
            #expect(answer.status == 200)
            #expect(answer.text == name)
            #expect(answer.headers["server"] == ["Google Frontend"])
            #expect(try await client.request(.HEAD, "/", host: host).status == 200)
            let posted = try await client.request(.POST, "/length", host: host, body: "twelve bytes")
            #expect(posted.text == "12")
            let sized = try await client.request(
                .POST, "/length", host: host, headers: ["content-length": "12"], body: "twelve bytes")
            #expect(sized.text == "12")
            #expect(try await client.request(.POST, "/echo", host: host, body: "again").text == "again")
            #expect(try await client.request(.GET, "/trailers", host: host).trailers["grpc-status"] == ["0"])
            // Both windows are used up many times over.
            if name == "streaming" {
                let big = try await client.request(.GET, "/big/256", host: host)
                #expect(big.body.count == TestUpstream.bigChunk * 256)
            }
            #expect(instances.state.given == instances.state.finished)
            #expect(!instances.state.records.contains { !$0.isHTTP2 })
            await client.close()
        }
    }

    @Test func `a caller of HTTP 1 reaches a container that speaks HTTP 2`() async throws {
        try await Self.withIngress { port, _, _, streaming in
            let client = try await RawClient.connect(port)
            let host = "streaming.localhost"
            for _ in 0..<3 { #expect(try await client.request("GET", "/", host: host).text == "streaming") }
            #expect(try await client.request("POST", "/length", host: host, body: "five!").text == "5")
            let lines = try await client.request("GET", "/headers", host: host).text.split(separator: "\n")
            #expect(lines.contains("host: streaming.localhost"))
            #expect(lines.contains("te: trailers"))
            #expect(lines.contains { $0.hasPrefix("traceparent: 00-") })
            let trailers = try await client.request("GET", "/trailers", host: host)
            #expect(trailers.isChunked && trailers.text == "body")
            // All of them shared one connection.
            #expect(streaming.counts.withLock(\.connections) == 1)
            // WebSocket cannot be had over HTTP/2 end to end; the offer is not passed on.
            try await client.send(
                "GET / HTTP/1.1\r\nHost: \(host)\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
            #expect(try await client.answer().text == "streaming")
            await client.close()
        }
    }

    @Test func `streams of one connection do not wait for one another`() async throws {
        try await Self.withIngress { port, ingress, _, streaming in
            let client = try await StreamClient.connect(port)
            async let stuck = client.request(.GET, "/never", host: "impatient.localhost")
            #expect(try await IngressTests.eventually { ingress.openConnections(revision: "streaming") == 1 })
            let texts = try await withThrowingTaskGroup(of: String.self) { group in
                for index in 0..<100 {
                    group.addTask {
                        try await client.request(
                            .POST, "/echo", host: "streaming.localhost", body: String(index)
                        ).text
                    }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(texts.count == 100)
            #expect(streaming.counts.withLock(\.connections) == 1)
            #expect(try await stuck.status == 504)
            #expect(ingress.openConnections(revision: "streaming") == 0)
            await client.close()
        }
    }

    @Test func `the front end's own answers end a stream as well`() async throws {
        try await Self.withIngress { port, _, instances, _ in
            let client = try await StreamClient.connect(port)
            #expect(try await client.request(.GET, "/", host: "nobody.localhost").status == 404)
            #expect(try await client.request(.POST, "/", host: "no-instance.localhost", body: "x").status == 429)
            // A body that the head does not announce would be read as the next request by a container of HTTP/1.1.
            let smuggled = try await client.request(
                .GET, "/", host: "plain.localhost", body: "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(smuggled.status == 400)
            #expect(try await client.request(.GET, "/", host: "plain.localhost").text == "plain")
            #expect(instances.state.given == instances.state.finished)
            await client.close()
        }
    }

    @Test func `a container that breaks off breaks off the stream`() async throws {
        try await Self.withIngress { port, ingress, _, streaming in
            let client = try await StreamClient.connect(port)
            await #expect(throws: StreamClient.StreamEnded.self) {
                try await client.request(.GET, "/half", host: "streaming.localhost")
            }
            #expect(try await client.request(.POST, "/drop", host: "streaming.localhost", body: "x").status == 503)
            #expect(try await client.request(.GET, "/", host: "streaming.localhost").text == "streaming")
            await streaming.dropConnections()
            #expect(try await client.request(.GET, "/", host: "streaming.localhost").text == "streaming")
            #expect(streaming.counts.withLock(\.connections) == 2)
            #expect(ingress.openConnections(revision: "streaming") == 0)
            await client.close()
        }
    }

    @Test func `a connection that is out of step is closed`() async throws {
        try await Self.withIngress { port, _, _, _ in
            let client = try await RawClient.connect(port)
            // A DATA frame of a stream that was never opened (RFC 9113 section 5.1).
            try await client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
            try await client.channel.writeAndFlush(
                ByteBuffer(bytes: [0, 0, 0, 4, 0, 0, 0, 0, 0] + [0, 0, 1, 0, 0, 0, 0, 0, 9, 0x78]))
            #expect(await client.readToEnd() > 0, "what was wrong is told first")
        }
    }

    @Test(
        arguments: [
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ProtocolChoice.Verdict.http2),
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nmore", .http2), ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r", .undecided),
            ("P", .undecided), ("", .undecided), ("POST / HTTP/1.1\r\n", .http1), ("PRI * HTTP/1.1\r\n", .http1),
            ("GET", .http1), ("\r\nGET / HTTP/1.1", .http1),
        ])
    func `what a caller speaks shows in its first bytes`(bytes: String, verdict: ProtocolChoice.Verdict) {
        #expect(ProtocolChoice.verdict(Array(bytes.utf8)) == verdict)
    }

    @Test func `a request that comes byte by byte is understood`() async throws {
        try await Self.withIngress { port, _, _, _ in
            let client = try await RawClient.connect(port)
            for character in "POST /length HTTP/1.1\r\nHost: plain.localhost\r\nContent-Length: 2\r\n\r\nok" {
                try await client.send(String(character))
            }
            #expect(try await client.answer().text == "2")
            await client.close()
        }
    }
}
