import LocalCloudRun
import NIOCore
import Synchronization
import Testing

@Suite("Ingress", .timeLimit(.minutes(1)))
struct IngressTests {
    /// One ingress before two revisions of `web`, `one` and `two`, and a private service `vault`.
    static func withIngress(
        timeoutSeconds: Int = 30, extra: [String: Int] = [:],
        _ body: (_ port: Int, _ ingress: Ingress, _ instances: StubInstances, _ one: TestUpstream) async throws -> Void
    ) async throws {
        let one = try await TestUpstream.start("one")
        let two = try await TestUpstream.start("two")
        let ports = ["one": one.port, "two": two.port].merging(extra) { $1 }
        let instances = StubInstances(ports)
        let ingress = Ingress(instances: instances)
        let port = try await ingress.start(hosts: ["127.0.0.1"], port: 0)
        await ingress.apply(Routes(hosts: hosts(timeoutSeconds, Array(extra.keys))))
        try await body(port, ingress, instances, one)
        await ingress.stop()
        await one.kill()
        await two.kill()
    }

    static func hosts(_ timeoutSeconds: Int, _ extra: [String]) -> [String: Routes.Route] {
        var hosts = [
            "web.localhost": route("web", [("one", 90), ("two", 10)], timeoutSeconds: timeoutSeconds),
            "one---web.localhost": route("web", [("one", 100)], timeoutSeconds: timeoutSeconds),
            "two---web.localhost": route("web", [("two", 100)], timeoutSeconds: timeoutSeconds),
            "vault.localhost": route("vault", [("one", 100)], isPublic: false),
            "full.localhost": route("full", [("no-instance", 100)]),
        ]
        for name in extra { hosts["\(name).localhost"] = route(name, [(name, 100)], timeoutSeconds: timeoutSeconds) }
        return hosts
    }

    static func route(
        _ service: String, _ targets: [(String, Int)], isPublic: Bool = true, timeoutSeconds: Int = 30
    ) -> Routes.Route {
        Routes.Route(
            service: service, targets: targets.map { .init(revision: $0.0, percent: $0.1) }, isPublic: isPublic,
            timeoutSeconds: timeoutSeconds)
    }

    /// Polls, as what is waited for happens on another event loop.
    static func eventually(_ condition: () async -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            if await condition() { return true }
            try await Task.sleep(for: .milliseconds(2))
        }
        return false
    }

    @Test func `a host leads to its revision, whatever its case and port`() async throws {
        try await Self.withIngress { port, _, _, _ in
            let client = try await RawClient.connect(port)
            for (host, name) in [
                ("one---web.localhost", "one"), ("TWO---Web.LocalHost:8080", "two"), ("two---web.localhost.", "two"),
            ] {
                let answer = try await client.request("GET", "/", host: host)
                #expect(answer.status == 200)
                #expect(answer.text == name)
                #expect(answer["server"] == "Google Frontend")
            }
            await client.close()
        }
    }

    @Test func `an unknown host and the reserved path are answered 404 by the front end`() async throws {
        try await Self.withIngress { port, _, _, one in
            let client = try await RawClient.connect(port)
            let unknown = try await client.request("GET", "/x?<b>", host: "nobody.localhost")
            #expect(unknown.status == 404)
            #expect(unknown.text.contains("Error 404 (Not Found)!!1"))
            #expect(unknown.text.contains("/x?&lt;b&gt;"))
            let reserved = try await client.request("GET", "/healthz", host: "web.localhost")
            #expect(reserved.status == 404)
            // The connection goes on after both, and neither reached a container.
            let next = try await client.request("GET", "/", host: "one---web.localhost")
            #expect(next.text == "one")
            #expect(one.counts.withLock { $0.requests } == 1)
            await client.close()
        }
    }

    @Test func `1000 requests in parallel use few connections and none fails`() async throws {
        try await Self.withIngress { port, ingress, instances, one in
            let statuses = try await withThrowingTaskGroup(of: [Int].self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let client = try await RawClient.connect(port)
                        var statuses: [Int] = []
                        for _ in 0..<125 {
                            statuses.append(
                                try await client.request("POST", "/", host: "one---web.localhost", body: "x").status)
                        }
                        await client.close()
                        return statuses
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(statuses == Array(repeating: 200, count: 1000))
            #expect(one.counts.withLock { $0.connections } <= 8)
            #expect(ingress.openConnections(revision: "one") == 0)
            #expect(instances.state.finished == 1000)
        }
    }

    @Test func `chunks pass both ways as they come`() async throws {
        try await Self.withIngress { port, _, _, _ in
            let client = try await RawClient.connect(port)
            try await client.send(
                "POST /echo HTTP/1.1\r\nHost: one---web.localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
            let head = try await client.head()
            #expect(head["transfer-encoding"] == "chunked")
            // The first chunk is back before the second one is sent: nothing is gathered.
            #expect(try await client.line() == "5")
            #expect(try await client.line() == "hello")
            try await client.send("6\r\n world\r\n0\r\n\r\n")
            #expect(try await client.line() == "6")
            #expect(try await client.line() == " world")
            #expect(try await client.line() == "0")
            #expect(try await client.line() == "")
            #expect(try await client.request("GET", "/", host: "one---web.localhost").text == "one")
            await client.close()
        }
    }

    @Test func `server-sent events arrive while the stream is open`() async throws {
        try await Self.withIngress { port, _, _, _ in
            let client = try await RawClient.connect(port)
            try await client.send("GET /events HTTP/1.1\r\nHost: one---web.localhost\r\n\r\n")
            #expect(try await client.head()["content-type"] == "text/event-stream")
            _ = try await client.line()
            #expect(try await client.line() == "data: 1")
            await client.close()
        }
    }

    @Test func `a reader that stops holds the container back`() async throws {
        try await Self.withIngress { port, _, instances, one in
            let client = try await RawClient.connect(port, reads: false)
            try await client.send("GET /big HTTP/1.1\r\nHost: one---web.localhost\r\nConnection: close\r\n\r\n")
            var last = -1
            // Still: no byte more between two looks, 100 ms apart.
            let stands = try await Self.eventually {
                let written = one.counts.withLock { $0.bigBytesWritten }
                defer { last = written }
                try? await Task.sleep(for: .milliseconds(100))
                return written > 0 && written == last
            }
            #expect(stands)
            // What is under way fits into the kernel's buffers of two connections.
            #expect(last < 48 << 20)
            try await client.channel.setOption(.autoRead, value: true).get()
            #expect(await client.readToEnd() > TestUpstream.bigChunk * TestUpstream.bigChunks)
            #expect(try await Self.eventually { instances.state.records.count == 1 })
        }
    }

    @Test func `the container learns who called, and never sees the platform's token`() async throws {
        try await Self.withIngress { port, _, _, _ in
            let client = try await RawClient.connect(port)
            let answer = try await client.request(
                "GET", "/headers", host: "vault.localhost:81",
                headers: [
                    "X-Serverless-Authorization: Bearer token-of-vault", "Authorization: Bearer app", "X-Secret: 1",
                    "X-Forwarded-For: 10.0.0.1", "Connection: keep-alive, X-Secret, Content-Length",
                ])
            let lines = Set(answer.text.split(separator: "\n").map(String.init))
            #expect(lines.contains("x-forwarded-for: 10.0.0.1, 127.0.0.1"))
            #expect(lines.contains("x-forwarded-proto: http"))
            #expect(lines.contains("x-forwarded-host: vault.localhost:81"))
            #expect(lines.contains("host: vault.localhost:81"))
            #expect(lines.contains("authorization: Bearer app"))
            #expect(lines.contains { $0.hasPrefix("traceparent: 00-") })
            #expect(lines.contains { $0.hasPrefix("x-cloud-trace-context: ") })
            #expect(!answer.text.contains("x-serverless"))
            #expect(!answer.text.contains("x-secret"))
            let given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            let traced = try await client.request(
                "GET", "/headers", host: "web.localhost", headers: ["traceparent: \(given)"])
            #expect(traced.text.contains("traceparent: \(given)"))
            await client.close()
        }
    }
}
