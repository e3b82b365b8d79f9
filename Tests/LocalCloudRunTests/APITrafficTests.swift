import JSON
import Testing

@testable import LocalCloudRun

@Suite struct APITrafficTests {
    /// Two ready revisions, the first with all traffic.
    private func twoRevisions(_ platform: Platform) async throws -> (String, String) {
        _ = try await platform.create()
        let first = shortName(await platform.get()["latestReadyRevision"]?.string ?? "")
        _ = try await platform.finish(
            "PATCH", "services/backend",
            [
                "template": Platform.template(["VERSION": "2"]),
                "traffic": [
                    ["revision": .string(first), "percent": 100],
                    ["type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "tag": "candidate"],
                ],
            ])
        return (first, shortName(await platform.get()["latestReadyRevision"]?.string ?? ""))
    }

    @Test func `a candidate with a tag has its own URL and no traffic`() async throws {
        try await Platform.run { platform in
            let (first, second) = try await twoRevisions(platform)
            #expect(first != second)
            let service = await platform.get()
            let statuses = service["trafficStatuses"]?.array ?? []
            #expect(statuses.count == 2)
            #expect(statuses.first?["revision"]?.string == first)
            #expect(statuses.first?["percent"] == 100)
            #expect(statuses.last?["revision"]?.string == second)
            #expect(statuses.last?["percent"] == nil)
            #expect(statuses.last?["uri"] == "http://candidate---backend.localhost:18080")
            #expect(service["urls"]?.array?.count == 3)
            let routes = platform.routing.routes
            #expect(routes.hosts["backend.localhost"]?.targets.map { shortName($0.revision) } == [first])
            #expect(
                routes.hosts["candidate---backend.localhost"]?.targets.map { shortName($0.revision) } == [second])
            #expect(routes.ports.count == 2)
        }
    }

    @Test func `what traffic means twice is served as one`() async throws {
        try await Platform.run { platform in
            _ = try await platform.create()
            let latest: JSONValue = ["type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 30]
            var tagged = latest
            tagged["tag"] = "now"
            tagged["percent"] = 40
            let done = try await platform.finish(
                "PATCH", "services/backend", ["traffic": [latest, tagged, latest]])
            #expect(done["error"] == nil)
            let service = await platform.get()
            #expect(service["traffic"]?.array?.count == 3)
            let statuses = service["trafficStatuses"]?.array ?? []
            #expect(statuses.map { $0["percent"] } == [60, 40])
            #expect(statuses.map { $0["tag"] } == [nil, "now"])
            let targets = platform.routing.routes.hosts["backend.localhost"]?.targets ?? []
            #expect(targets.reduce(0) { $0 + $1.percent } == 100)
            let revision = try #require(statuses.first?["revision"])
            let pinned: JSONValue = [["revision": revision, "percent": 50], ["revision": revision, "percent": 50]]
            _ = try await platform.finish("PATCH", "services/backend", ["traffic": pinned])
            #expect(await platform.get()["trafficStatuses"]?.array?.map { $0["percent"] } == [100])
        }
    }

    @Test func `a split is served as it was asked for, and the revision without traffic is stopped`() async throws {
        try await Platform.run { platform in
            let (first, second) = try await twoRevisions(platform)
            let split: JSONValue = [
                ["revision": .string(first), "percent": 90], ["revision": .string(second), "percent": 10],
            ]
            _ = try await platform.finish("PATCH", "services/backend", ["traffic": split])
            let targets = platform.routing.routes.hosts["backend.localhost"]?.targets ?? []
            #expect(targets.map(\.percent) == [90, 10])
            #expect(platform.routing.routes.hosts["candidate---backend.localhost"] == nil)

            _ = try await platform.finish(
                "PATCH", "services/backend", ["traffic": [["revision": .string(second), "percent": 100]]])
            let full = "projects/demo/locations/us-central1/services/backend/revisions/\(first)"
            let stopped = await poll(until: .now + .seconds(5)) { platform.pool.readyCount(full) == 0 ? true : nil }
            #expect(stopped == true)

            // Back to it: an instance is started before the traffic moves.
            _ = try await platform.finish(
                "PATCH", "services/backend", ["traffic": [["revision": .string(first), "percent": 100]]])
            #expect(platform.pool.readyCount(full) == 1)
            #expect(await platform.get()["trafficStatuses"]?[0]?["revision"]?.string == first)
        }
    }

    @Test func `traffic can be restored while and after a bad revision fails`() async throws {
        try await Platform.run { platform in
            let (first, _) = try await twoRevisions(platform)
            _ = try await platform.finish(
                "PATCH", "services/backend", ["template": Platform.template(["BEHAVIOUR": "exit"])])
            let operation = try await platform.finish(
                "PATCH", "services/backend", ["traffic": [["revision": .string(first), "percent": 100]]])
            #expect(operation["error"] == nil)
            let service = await platform.get()
            #expect(service["trafficStatuses"]?.array?.count == 1)
            #expect(service["trafficStatuses"]?[0]?["revision"]?.string == first)
            #expect(service["observedGeneration"] == service["generation"])
            // The template is still the bad one, and the service says so.
            #expect(service["terminalCondition"]?["state"] == "CONDITION_FAILED")
        }
    }

    @Test(
        arguments: [
            ([["percent": 90]], "should be 100, but is 90"),
            ([["percent": 100, "revision": "backend-00099-xyz"]], "Revision 'backend-00099-xyz' does not exist"),
            ([["percent": 100], ["tag": "Upper"]], "traffic tag 'Upper'"),
            (
                [["percent": 100], ["tag": "abcdefghijklmnopqrstuvwxyz-abcdefghijklmn"]],
                "Combined traffic tag and service name cannot exceed 46 characters."
            ),
            ([["percent": 100], ["tag": "a"], ["tag": "a"]], "may not contain a duplicate tag"),
            ([["percent": -5], ["percent": 105]], "between 0 and 100"),
        ] as [(JSONValue, String)])
    func `traffic that cannot be is refused at once`(traffic: JSONValue, text: String) async throws {
        try await Platform.run { platform in
            _ = try await platform.create()
            let answer = await platform.call("PATCH", "services/backend", ["traffic": traffic])
            #expect(answer.status == 400)
            #expect(answer.body["error"]?["message"]?.string?.contains(text) == true, "\(answer.body.serialized())")
        }
    }

    @Test func `a revision that serves or is the latest cannot be deleted, a retired one can`() async throws {
        try await Platform.run { platform in
            let (first, second) = try await twoRevisions(platform)
            for id in [first, second] {
                let answer = await platform.call("DELETE", "services/backend/revisions/\(id)")
                #expect(answer.body["error"]?["status"] == "FAILED_PRECONDITION")
            }
            _ = try await platform.finish(
                "PATCH", "services/backend", ["traffic": []], query: ["updateMask": "traffic"])
            let deleted = await platform.call("DELETE", "services/backend/revisions/\(first)")
            #expect(deleted.body["done"] == true)
            let list = await platform.call("GET", "services/-/revisions").body
            #expect(list["revisions"]?.array?.count == 1)
        }
    }

    @Test func `a crashed instance is restarted, and requests fail meanwhile`() async throws {
        try await Platform.run { platform in
            _ = try await platform.create()
            let revision = try #require(await platform.get()["latestReadyRevision"]?.string)
            await platform.runtime.crash(revision: shortName(revision))
            let gone = await poll(until: .now + .seconds(5)) { platform.pool.readyCount(revision) == 0 ? true : nil }
            #expect(gone == true)
            await #expect(throws: InstanceUnavailable.self) {
                try await platform.pool.instance(of: revision, preferring: nil)
            }
            let back = await poll(until: .now + .seconds(5)) { platform.pool.readyCount(revision) == 1 ? true : nil }
            #expect(back == true)
            platform.pool.finished(try await platform.pool.instance(of: revision, preferring: nil))
        }
    }
}
