import NIOCore
import NIOHTTP1
import Synchronization
import Testing

@testable import LocalCloudRun

/// What stays the same from one request to the next: the split in the long run, a caller's instance, a connection's
/// health.
@Suite("Ingress over many requests", .timeLimit(.minutes(2)))
struct IngressSessionTests {
    /// Pearson's statistic of observed counts against expected shares.
    static func chiSquared(_ observed: [Int], shares: [Double]) -> Double {
        let total = Double(observed.reduce(0, +))
        return zip(observed, shares).reduce(0) { sum, pair in
            let expected = total * pair.1
            let difference = Double(pair.0) - expected
            return sum + difference * difference / expected
        }
    }

    @Test func `a split of three converges`() {
        let route = Routes.Route(
            service: "s",
            targets: [
                .init(revision: "a", percent: 70), .init(revision: "b", percent: 25), .init(revision: "c", percent: 5),
            ], isPublic: true, timeoutSeconds: 1)
        var counts = ["a": 0, "b": 0, "c": 0]
        for _ in 0..<100_000 { counts[route.chooseTarget()?.revision ?? "", default: 0] += 1 }
        let observed = ["a", "b", "c"].map { counts[$0, default: 0] }
        // Two degrees of freedom: exp(-41.4 / 2) is one false alarm in a billion runs.
        #expect(Self.chiSquared(observed, shares: [0.70, 0.25, 0.05]) < 41.4, "\(observed)")
        // And the test can fail: a split that is two points off is seen.
        #expect(Self.chiSquared(observed, shares: [0.68, 0.27, 0.05]) > 41.4, "\(observed)")
    }

    @Test func `10000 requests over the wire are split 90 to 10`() async throws {
        try await IngressTests.withIngress { port, _, instances, _ in
            let hits = try await withThrowingTaskGroup(of: [String: Int].self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        let client = try await RawClient.connect(port)
                        let request = "GET / HTTP/1.1\r\nHost: web.localhost\r\n\r\n"
                        var hits: [String: Int] = [:]
                        for _ in 0..<10 {
                            // Sent ahead and answered in order, as otherwise the test would mostly wait.
                            try await client.send(String(repeating: request, count: 100))
                            for _ in 0..<100 { hits[try await client.answer().text, default: 0] += 1 }
                        }
                        await client.close()
                        return hits
                    }
                }
                return try await group.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
            }
            let observed = [hits["one"] ?? 0, hits["two"] ?? 0]
            #expect(observed.reduce(0, +) == 10_000)
            // One degree of freedom: 37.3 is one false alarm in a billion runs.
            #expect(Self.chiSquared(observed, shares: [0.9, 0.1]) < 37.3, "\(observed)")
            #expect(instances.state.given == instances.state.finished)
        }
    }

    @Test func `a caller with the cookie comes back, whatever the split`() async throws {
        let one = try await TestUpstream.start("one")
        let two = try await TestUpstream.start("two")
        let instances = StubInstances(["one": one.port, "two": two.port])
        let ingress = Ingress(instances: instances)
        let port = try await ingress.start(hosts: ["127.0.0.1"], port: 0)
        func apply(_ percents: (Int, Int)) async {
            let route = Routes.Route(
                service: "web",
                targets: [
                    .init(revision: "one", percent: percents.0, keepsSessions: true),
                    .init(revision: "two", percent: percents.1, keepsSessions: true),
                ], isPublic: true, timeoutSeconds: 10)
            await ingress.apply(Routes(hosts: ["web.localhost": route]))
        }
        await apply((50, 50))
        let client = try await RawClient.connect(port)
        let first = try await client.request("GET", "/", host: "web.localhost")
        let cookie = try #require(first["set-cookie"]?.split(separator: ";").first)
        #expect(first["set-cookie"]?.contains("Max-Age=2592000") == true)
        for _ in 0..<40 {
            let next = try await client.request("GET", "/", host: "web.localhost", headers: ["Cookie: x=1; \(cookie)"])
            #expect(next.text == first.text)
            #expect(next["set-cookie"] == nil)
        }
        // Its revision has no share any more: another one, and the cookie says so.
        await apply(first.text == "one" ? (0, 100) : (100, 0))
        let moved = try await client.request("GET", "/", host: "web.localhost", headers: ["Cookie: \(cookie)"])
        #expect(moved.text != first.text)
        #expect(moved["set-cookie"] != nil)
        #expect(instances.state.preferred.contains("stub"))
        await client.close()
        await ingress.stop()
        await one.kill()
        await two.kill()
    }

    @Test(arguments: [
        [], ["a=b"], ["GAESA="], ["GAESA=!!"], ["GAESA=YQ"], ["GAESA=YS8"], ["GAESA=L2E"], ["xGAESA=YS9i"],
        ["GAESA=" + String(repeating: "YS9i", count: 1000)],
    ])
    func `a cookie that is not ours says nothing`(cookies: [String]) {
        #expect(SessionAffinity(cookies: cookies) == nil)
    }

    @Test func `a cookie is read as it was written`() {
        let session = SessionAffinity(revision: "web-00001-abc", instance: "web-00001-abc-7")
        let pair = String(session.setCookie.prefix { $0 != ";" })
        #expect(SessionAffinity(cookies: ["a=b", "c=d; \(pair); e=f"]) == session)
    }

    @Test func `an upgrade that is refused does not poison the next request`() async throws {
        let upstream = try await StubbornUpstream.start()
        let instances = StubInstances(["chat": upstream.port])
        let ingress = Ingress(instances: instances)
        let port = try await ingress.start(hosts: ["127.0.0.1"], port: 0)
        await ingress.apply(
            Routes(hosts: ["chat.localhost": IngressTests.route("chat", [("chat", 100)], timeoutSeconds: 5)]))
        for _ in 0..<3 {
            let client = try await RawClient.connect(port)
            let refused = try await client.request(
                "GET", "/ws", host: "chat.localhost", headers: ["Connection: Upgrade", "Upgrade: websocket"])
            #expect(refused.status == 403)
            await client.close()
            let next = try await RawClient.connect(port)
            // On the connection of the refused upgrade this would wait for the timeout and end as 504.
            #expect(try await next.request("GET", "/", host: "chat.localhost").status == 200)
            await next.close()
        }
        await ingress.stop()
        try await upstream.channel.close()
    }

    @Test func `an address that another instance has now gets a connection of its own`() async throws {
        try await IngressTests.withIngress { port, _, instances, one in
            let client = try await RawClient.connect(port)
            for (instance, connections) in [("first", 1), ("first", 1), ("second", 2), ("second", 2)] {
                instances.name.withLock { $0 = instance }
                #expect(try await client.request("GET", "/", host: "one---web.localhost").status == 200)
                #expect(one.counts.withLock { $0.connections } == connections)
            }
            await client.close()
        }
    }

    @Test func `the log knows sizes, the caller's program and the instance`() async throws {
        try await IngressTests.withIngress { port, _, instances, _ in
            let client = try await RawClient.connect(port)
            let answer = try await client.request(
                "POST", "/length", host: "one---web.localhost",
                headers: ["User-Agent: test/1", "Referer: http://a/"], body: String(repeating: "x", count: 1000))
            #expect(answer.text == "1000")
            await client.close()
            let record = try #require(instances.state.records.first)
            #expect(record.userAgent == "test/1")
            #expect(record.referer == "http://a/")
            #expect(record.instance == "stub")
            #expect(record.url == "http://one---web.localhost/length")
            #expect((1100..<1400).contains(record.requestSize))
            #expect((20..<400).contains(record.responseSize))
            #expect(record.message == nil)
        }
    }
}
