import JSON
import NIOCore
import Testing

@testable import LocalCloudRun

/// What must not be read over, as it would do something else than was meant.
@Suite struct APIStrictnessTests {
    @Test(
        arguments: [
            (["validateOnly": "banana"], "Invalid value at 'validate_only' (TYPE_BOOL), \"banana\""),
            (["validate_only": ""], "Invalid value at 'validate_only' (TYPE_BOOL), \"\""),
            (["validatOnly": "true"], "Unknown name \"validatOnly\": Cannot bind query parameter."),
            (["force_new_revision": "true"], "Cannot bind query parameter."),
        ] as [([String: String], String)])
    func `a query that is not understood does nothing`(query: [String: String], text: String) async throws {
        try await Platform.run { platform in
            _ = try await platform.create()
            let refused = await platform.call("DELETE", "services/backend", query: query)
            #expect(refused.status == 400)
            #expect(refused.body["error"]?["message"]?.string?.contains(text) == true, "\(refused.body.serialized())")
            #expect(await platform.get()["deleteTime"] == nil)
        }
    }

    @Test(arguments: ["validateOnly", "validate_only"], ["true", "True", "1", "yes"])
    func `a dry run is one in either spelling`(name: String, value: String) async throws {
        try await Platform.run { platform in
            _ = try await platform.create()
            let dry = await platform.call("DELETE", "services/backend", query: [name: value, "$alt": "json"])
            #expect(dry.body["done"] == true)
            #expect(await platform.get()["deleteTime"] == nil)
        }
    }

    @Test(arguments: [
        "uid", "createTime", "latestReadyRevision", "latestCreatedRevision", "generation", "trafficStatuses",
        "conditions",
        "terminal_condition", "uri,urls",
    ])
    func `a mask cannot reach what only the server sets`(mask: String) async throws {
        try await Platform.run { platform in
            _ = try await platform.create()
            let before = await platform.get()
            let done = try await platform.finish(
                "PATCH", "services/backend", ["uid": "x", "description": "d"], query: ["updateMask": mask])
            #expect(done["error"] == nil)
            let after = await platform.get()
            #expect(after["uid"] == before["uid"])
            for field in ["createTime", "latestReadyRevision", "latestCreatedRevision", "trafficStatuses", "uri"] {
                #expect(after[field] == before[field])
            }
            #expect(after["description"] == nil)
        }
    }

    @Test(arguments: ["zzz", "YWZ0ZXI", "b2s=", "after:backend"])
    func `a token that was never given out is refused`(token: String) async throws {
        try await Platform.run { platform in
            _ = try await platform.create()
            let refused = await platform.call("GET", "services", query: ["pageToken": token])
            #expect(refused.body["error"]?["message"] == "Invalid page token.")
        }
    }

    @Test(
        arguments: [
            ["filter": 5], ["pageSize": "x"], ["foo": 1], [["filter": "a"]],
            ["filter": "timestamp>=\"garbage\""],
        ] as [JSONValue])
    func `a request for log lines is looked at whole`(body: JSONValue) async throws {
        try await Platform.run { platform in
            #expect(await platform.call("POST", "/v2/entries:list", body).status == 400)
        }
    }

    @Test func `a second deletion joins the first, and never takes what was made since`() async throws {
        try await Platform.run { platform in
            _ = try await platform.create("backend", ["BEHAVIOUR": "stubborn"])
            let first = await platform.call("DELETE", "services/backend").body
            let second = await platform.call("DELETE", "services/backend").body
            #expect(first["name"] == second["name"])
            let early = await platform.call(
                "POST", "services", ["template": Platform.template()], query: ["serviceId": "backend"])
            #expect(early.status == 409, "the name is free when the old service is gone")
            platform.runtime.release()
            let name = try #require(first["name"]?.string)
            #expect(await platform.call("POST", "/v2/\(name):wait", ["timeout": "20s"]).body["done"] == true)
            #expect(try await platform.create()["error"] == nil)
            #expect(await platform.call("DELETE", "/v2/\(name)").status == 200)
            #expect(await platform.get()["terminalCondition"]?["state"] == "CONDITION_SUCCEEDED")
        }
    }

    @Test func `a revision that comes up late serves although a later one has failed`() async throws {
        try await Platform.run { platform in
            let template = Platform.template(["BEHAVIOUR": "late"])
            let first = await platform.call("POST", "services", ["template": template], query: ["serviceId": "backend"])
            let broken = try await platform.finish(
                "PATCH", "services/backend", ["template": Platform.template(image: "missing:1")],
                query: ["updateMask": "template"])
            #expect(broken["error"]?["code"] == 5)
            platform.runtime.release()
            let name = try #require(first.body["name"]?.string)
            _ = await platform.call("POST", "/v2/\(name):wait", ["timeout": "20s"])
            let service = await platform.get()
            let ready = try #require(service["latestReadyRevision"]?.string)
            #expect(service["trafficStatuses"]?[0]?["revision"]?.string == shortName(ready))
            #expect(platform.routing.routes.hosts["backend.localhost"]?.targets.map(\.revision) == [ready])
            #expect(service["terminalCondition"]?["state"] == "CONDITION_FAILED", "the newest one has failed")
        }
    }

    @Test func `a name that was used has one meaning`() async throws {
        try await Platform.run { platform in
            var template = Platform.template()
            template["revision"] = "backend-one"
            _ = try await platform.finish("POST", "services", ["template": template], query: ["serviceId": "backend"])
            template["maxInstanceRequestConcurrency"] = 7
            let refused = await platform.call(
                "PATCH", "services/backend", ["template": template], query: ["updateMask": "template"])
            #expect(refused.status == 409)
        }
    }

    @Test func `no service has a host that a tag of another could have`() async throws {
        try await Platform.run { platform in
            _ = try await platform.create("b")
            _ = try await platform.create("x---b")
            #expect(await platform.get("x---b")["uri"] == "http://x--b.localhost:18080")
        }
    }

    @Test func `a service of another region has a host of its own, which names that region`() async throws {
        try await Platform.run { platform in
            _ = try await platform.create("backend")
            for (region, host) in [
                ("europe-west1", "backend-europe-west1"), ("asia-east1", "backend-asia-east1"),
                (String(repeating: "r", count: 50), "backend-2"),
            ] {
                let parent = "/v2/projects/demo/locations/\(region)/services"
                _ = try await platform.finish(
                    "POST", parent, ["template": Platform.template()], query: ["serviceId": "backend"])
                let service = await platform.call("GET", parent + "/backend").body
                #expect(service["uri"]?.string == "http://\(host).localhost:18080")
                #expect(service["urls"]?.array?.count == 2, "and a port of its own")
                let route = platform.routing.routes.hosts["\(host).localhost"]
                #expect(route?.service == "projects/demo/locations/\(region)/services/backend")
            }
            #expect(await platform.get()["uri"] == "http://backend.localhost:18080")
            #expect(platform.routing.routes.ports.count == 4)
        }
    }

    @Test func `each revision has its own timeout`() async throws {
        try await Platform.run { platform in
            var template = Platform.template()
            template["timeout"] = "2s"
            _ = try await platform.finish("POST", "services", ["template": template], query: ["serviceId": "backend"])
            let first = shortName(try #require(await platform.get()["latestReadyRevision"]?.string))
            template["timeout"] = "60s"
            let traffic: JSONValue = [
                ["type": "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", "revision": .string(first), "percent": 99],
                ["type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 1],
            ]
            _ = try await platform.finish(
                "PATCH", "services/backend", ["template": template, "traffic": traffic],
                query: ["updateMask": "template,traffic"])
            let targets = platform.routing.routes.hosts["backend.localhost"]?.targets ?? []
            #expect(targets.map(\.timeoutSeconds) == [2, 60])
        }
    }

    @Test(arguments: ["0x10s", "1e1s", "infs", "5"])
    func `a length of time is written in digits`(text: String) {
        #expect(Seconds(parsing: text) == nil)
    }

    @Test func `a service that lets nobody in has no route`() async throws {
        try await Platform.run { platform in
            _ = try await platform.finish(
                "POST", "services", ["template": Platform.template(), "ingress": "INGRESS_TRAFFIC_NONE"],
                query: ["serviceId": "backend"])
            #expect(platform.routing.routes.hosts.isEmpty)
        }
    }
}
