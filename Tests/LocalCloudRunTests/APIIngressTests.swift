import JSON
import Testing

@testable import LocalCloudRun

/// By which ways a service may be reached.
@Suite struct APIIngressTests {
    private static let tagged: JSONValue = [
        ["type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 100],
        ["type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "tag": "candidate"],
    ]

    @Test func `a service without its default URL has none, and its tags keep theirs`() async throws {
        try await Platform.run { platform in
            _ = try await platform.finish(
                "POST", "services", ["template": Platform.template(), "traffic": Self.tagged],
                query: ["serviceId": "backend"])
            let before = await platform.get()
            #expect(before["urls"]?.array?.count == 3)
            let port = try #require(before["urls"]?[1]?.string?.split(separator: ":").last.flatMap { Int($0) })

            let off = try await platform.finish("PATCH", "services/backend", ["defaultUriDisabled": true])
            #expect(off["error"] == nil)
            let service = await platform.get()
            #expect(service["uri"] == nil)
            #expect(service["urls"]?.array == before["urls"]?.array.map { Array($0.dropFirst(2)) })
            #expect(service["trafficStatuses"]?[1]?["uri"] == "http://candidate---backend.localhost:18080")
            let routes = platform.routing.routes
            #expect(routes.hosts["backend.localhost"] == nil)
            #expect(routes.ports[port] == nil)
            #expect(routes.hosts["candidate---backend.localhost"] != nil)
            #expect(routes.ports.count == 1)
            let overview = try await platform.control.overview(logsAfter: 0)
            #expect(overview["services"]?[0]?["uri"] == "")
            #expect(overview["services"]?[0]?["plain"] == nil)
            #expect(overview["services"]?[0]?["notes"] == ["Its default URL is switched off."])

            let path = "/apis/serving.knative.dev/v1/namespaces/demo/services/backend"
            var knative = await platform.call("GET", path).body
            #expect(knative["status"]?["url"] == nil)
            #expect(knative["metadata"]?["annotations"]?["run.googleapis.com/default-url-disabled"] == "true")
            // Back again, by the other version's word for it, and at the port where it was.
            knative["metadata"]?["annotations"]?["run.googleapis.com/default-url-disabled"] = "false"
            #expect(await platform.call("PUT", path, knative).status == 200)
            let seen = await poll(until: .now + .seconds(10)) { () -> Bool? in
                platform.routing.routes.ports[port] == nil ? nil : true
            }
            #expect(seen == true)
            #expect(await platform.get()["urls"] == before["urls"])
        }
    }

    @Test(arguments: ["INGRESS_TRAFFIC_INTERNAL_ONLY", "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"])
    func `a service with internal ingress is open here, and says so`(ingress: String) async throws {
        try await Platform.run { platform in
            _ = try await platform.finish(
                "POST", "services", ["template": Platform.template(), "ingress": .string(ingress)],
                query: ["serviceId": "backend"])
            #expect(platform.routing.routes.hosts["backend.localhost"] != nil)
            let overview = try await platform.control.overview(logsAfter: 0)
            let note = try #require(overview["services"]?[0]?["notes"]?[0]?.string)
            #expect(note.contains("a caller from outside gets 404"))
            let filter = "resource.labels.service_name=\"backend\" AND severity=WARNING"
            func warnings() async -> [String] {
                let answer = await platform.call(
                    "POST", "/v2/entries:list", ["resourceNames": ["projects/demo"], "filter": .string(filter)])
                return (answer.body["entries"]?.array ?? []).compactMap { $0["textPayload"]?.string }
            }
            #expect(await warnings() == [note])
            // Said once, not with every change.
            _ = try await platform.finish("PATCH", "services/backend", ["description": "d"])
            #expect(await warnings() == [note])
        }
    }
}
