import NIOCore
import Testing

@testable import LocalCloudRun

@Suite("Faults of services", .timeLimit(.minutes(1)))
struct IngressFaultTests {
    private static func withFaults(
        _ rules: [FaultRule], _ body: (RawClient, StubInstances, Int) async throws -> Void
    ) async throws {
        let upstream = try await TestUpstream.start("one")
        let instances = StubInstances(["one": upstream.port])
        let ingress = Ingress(instances: instances, faults: Faults(FaultPlan(rules: rules)))
        let port = try await ingress.start(hosts: ["127.0.0.1"], port: 0)
        var tagged = IngressTests.route("web", [("one", 100)])
        tagged.tag = "t"
        await ingress.apply(
            Routes(hosts: [
                "web.localhost": IngressTests.route("web", [("one", 100)]), "t---web.localhost": tagged,
                "other.localhost": IngressTests.route("other", [("one", 100)]),
            ]))
        let client = try await RawClient.connect(port)
        try await body(client, instances, port)
        await client.close()
        await ingress.stop()
        await upstream.kill()
    }

    @Test func `a status with Retry-After comes as often as asked, for its service alone`() async throws {
        let rule = FaultRule(
            id: "busy", target: FaultTarget(service: "web"),
            effect: .error(status: 429, message: nil, retryAfter: 2), times: 2)
        try await Self.withFaults([rule]) { client, instances, _ in
            #expect(try await client.request("GET", "/", host: "other.localhost").status == 200)
            for _ in 0..<2 {
                let busy = try await client.request("POST", "/", host: "web.localhost", body: "x")
                #expect(busy.status == 429)
                #expect(busy["retry-after"] == "2")
                #expect(busy.text == "Rate exceeded.")
            }
            #expect(try await client.request("GET", "/", host: "web.localhost").status == 200)
            #expect(instances.state.records.map(\.status) == [200, 429, 429, 200])
        }
    }

    @Test func `latency holds a request back, its body included, and only by its tag`() async throws {
        let rule = FaultRule(
            id: "slow", target: FaultTarget(tag: "t"), effect: .latency(.milliseconds(200)))
        try await Self.withFaults([rule]) { client, instances, _ in
            let answer = try await client.request("POST", "/length", host: "t---web.localhost", body: "12345")
            #expect(answer.text == "5")
            #expect(try await client.request("GET", "/", host: "web.localhost").status == 200)
            let times = instances.state.records.map(\.milliseconds)
            #expect(times[0] >= 200)
            #expect(times[1] < 200)
        }
    }

    @Test func `a reset ends the connection without an answer`() async throws {
        let rule = FaultRule(id: "cut", target: FaultTarget(path: "/cut"), effect: .reset)
        try await Self.withFaults([rule]) { client, instances, port in
            await #expect(throws: (any Error).self) {
                try await client.request("GET", "/cut", host: "web.localhost")
            }
            let other = try await RawClient.connect(port)
            #expect(try await other.request("GET", "/", host: "web.localhost").status == 200)
            await other.close()
            #expect(instances.state.records.map(\.message) == ["Fault injected: connection reset", nil])
        }
    }
}
