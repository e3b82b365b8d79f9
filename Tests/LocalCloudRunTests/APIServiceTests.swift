import JSON
import Testing

@testable import LocalCloudRun

@Suite struct APIServiceTests {
    @Test func `a created service is pending at once and ready after its operation`() async throws {
        try await Platform.run { platform in
            let started = await platform.call(
                "POST", "services", ["template": Platform.template()], query: ["serviceId": "backend"])
            #expect(started.status == 200)
            #expect(started.body["done"] == false)
            #expect(started.body["metadata"]?["@type"] == "type.googleapis.com/google.cloud.run.v2.Service")
            let name = try #require(started.body["name"]?.string)
            let done = await platform.call("POST", "/v2/\(name):wait").body
            #expect(done["done"] == true)
            #expect(done["error"] == nil)

            let service = await platform.get()
            #expect(service["name"] == "projects/demo/locations/us-central1/services/backend")
            #expect(service["generation"] == "1")
            #expect(service["observedGeneration"] == "1")
            #expect(service["reconciling"] == nil)
            #expect(service["terminalCondition"]?["state"] == "CONDITION_SUCCEEDED")
            #expect(service["uri"] == "http://backend.localhost:18080")
            #expect(service["urls"] == ["http://backend.localhost:18080", "http://127.0.0.1:18081"])
            let revision = try #require(service["latestReadyRevision"]?.string)
            #expect(revision.contains("/revisions/backend-00001-"))
            #expect(service["latestCreatedRevision"]?.string == revision)
            #expect(service["trafficStatuses"]?[0]?["revision"]?.string == shortName(revision))
            #expect(service["trafficStatuses"]?[0]?["percent"] == 100)
            #expect(platform.runtime.started.first?.environment["PORT"] == "8080")
            #expect(platform.runtime.started.first?.environment["K_SERVICE"] == "backend")
            #expect(platform.runtime.started.first?.environment["K_REVISION"] == shortName(revision))
            #expect(platform.routing.routes.hosts["backend.localhost"]?.targets.first?.revision == revision)
        }
    }

    @Test func `defaults are echoed`() async throws {
        try await Platform.run { platform in
            _ = try await platform.create()
            let service = await platform.get()
            #expect(service["ingress"] == "INGRESS_TRAFFIC_ALL")
            #expect(service["launchStage"] == "GA")
            #expect(service["template"]?["timeout"] == "300s")
            #expect(service["template"]?["maxInstanceRequestConcurrency"] == 80)
            let container = service["template"]?["containers"]?[0]
            #expect(container?["ports"]?[0] == ["name": "http1", "containerPort": 8080])
            #expect(container?["resources"]?["limits"] == ["cpu": "1000m", "memory": "512Mi"])
            #expect(
                container?["startupProbe"] == [
                    "tcpSocket": ["port": 8080], "timeoutSeconds": 240, "periodSeconds": 240, "failureThreshold": 1,
                ])
        }
    }

    @Test(arguments: [
        ("exit", "HEALTH_CHECK_CONTAINER_ERROR", "Container called exit(1)."),
        ("silent", "HEALTH_CHECK_CONTAINER_ERROR", "Default STARTUP TCP probe failed 1 time consecutively"),
    ])
    func `a revision that does not come up fails the operation and leaves the traffic`(
        behaviour: String, reason: String, line: String
    ) async throws {
        // Long enough for the first one to come up on a busy machine, and waited for by the silent one.
        try await Platform.run(startupLimit: .seconds(2)) { platform in
            _ = try await platform.create()
            let before = await platform.get()
            let operation = try await platform.finish(
                "PATCH", "services/backend", ["template": Platform.template(["BEHAVIOUR": behaviour])])
            #expect(operation["error"]?["code"] == 9)
            let message = operation["error"]?["message"]?.string ?? ""
            #expect(message.contains("defined provided by the PORT=8080 environment variable"))

            let after = await platform.get()
            #expect(after["terminalCondition"]?["state"] == "CONDITION_FAILED")
            #expect(after["terminalCondition"]?["revisionReason"]?.string == reason)
            #expect(after["trafficStatuses"] == before["trafficStatuses"])
            #expect(after["latestReadyRevision"] == before["latestReadyRevision"])
            #expect(after["observedGeneration"] == "1")
            let created = try #require(after["latestCreatedRevision"]?.string)
            let revision = await platform.call("GET", "/v2/\(created)").body
            let healthy = revision["conditions"]?.array?.first { $0["type"] == "ContainerHealthy" }
            #expect(healthy?["state"] == "CONDITION_FAILED")
            #expect(healthy?["revisionReason"]?.string == reason)

            let logs = await platform.call(
                "POST", "/v2/entries:list",
                [
                    "resourceNames": ["projects/demo"],
                    "filter": .string(
                        "resource.labels.service_name=\"backend\" AND resource.labels.revision_name=\"\(shortName(created))\""
                    ),
                ]
            ).body
            let texts = (logs["entries"]?.array ?? []).compactMap { $0["textPayload"]?.string }
            #expect(texts.contains { $0.contains(line) }, "\(texts)")
            #expect(texts.contains("hello from \(shortName(created))"))
        }
    }

    @Test func `a failed first revision leaves a service that is not ready and has no route`() async throws {
        try await Platform.run { platform in
            let operation = try await platform.create("backend", ["BEHAVIOUR": "exit"])
            #expect(operation["error"]?["code"] == 9)
            let service = await platform.get()
            #expect(service["terminalCondition"]?["state"] == "CONDITION_FAILED")
            #expect(service["trafficStatuses"] == nil)
            #expect(service["latestReadyRevision"] == nil)
            #expect(platform.routing.routes.hosts.isEmpty)
        }
    }

    @Test(arguments: [
        ("missing/app", 5, "CONTAINER_MISSING", "Image 'missing/app' not found."),
        ("arm/app", 9, "CONTAINER_MISSING", "Container manifest type 'arm64/linux' must support amd64/linux."),
    ])
    func `an image that cannot run is named`(image: String, code: Int, reason: String, text: String) async throws {
        try await Platform.run { platform in
            let operation = try await platform.finish(
                "POST", "services", ["template": Platform.template(image: image)], query: ["serviceId": "backend"])
            #expect(operation["error"]?["code"]?.integer == Int64(code))
            #expect(operation["error"]?["message"]?.string?.hasSuffix(text) == true)
            let service = await platform.get()
            #expect(service["terminalCondition"]?["reason"]?.string == reason)
        }
    }

    @Test func `a secret without a file fails the revision with Cloud Run's message`() async throws {
        try await Platform.run { platform in
            func template(_ secret: String) -> JSONValue {
                let source: JSONValue = ["secretKeyRef": ["secret": .string(secret), "version": "latest"]]
                return ["containers": [["image": "app", "env": [["name": "KEY", "valueSource": source]]]]]
            }
            let failed = try await platform.finish(
                "POST", "services", ["template": template("unknown")], query: ["serviceId": "backend"])
            #expect(
                failed["error"]?["message"]?.string?.contains(
                    "Permission denied on secret: projects/demo/secrets/unknown/versions/latest") == true)
            let good = try await platform.finish("PATCH", "services/backend", ["template": template("known")])
            #expect(good["error"] == nil)
            #expect(platform.runtime.started.last?.environment["KEY"] == "value")
        }
    }

    @Test func `the same template makes no revision, unless that is forced`() async throws {
        try await Platform.run { platform in
            _ = try await platform.create()
            let first = await platform.get()
            _ = try await platform.finish("PATCH", "services/backend", ["template": Platform.template()])
            let second = await platform.get()
            #expect(second["latestCreatedRevision"] == first["latestCreatedRevision"])
            _ = try await platform.finish(
                "PATCH", "services/backend", ["template": Platform.template()], query: ["forceNewRevision": "true"])
            let third = await platform.get()
            #expect(third["latestCreatedRevision"] != first["latestCreatedRevision"])
            #expect(third["latestCreatedRevision"]?.string?.contains("backend-00002-") == true)
        }
    }

    @Test func `an update mask limits what changes`() async throws {
        try await Platform.run { platform in
            _ = try await platform.create()
            _ = try await platform.finish(
                "PATCH", "services/backend",
                ["annotations": ["a": "1"], "description": "ignored", "template": ["containers": []]],
                query: ["updateMask": "annotations"])
            let service = await platform.get()
            #expect(service["annotations"] == ["a": "1"])
            #expect(service["description"] == nil)
            #expect(service["template"]?["containers"]?[0]?["image"] == "repo/app:1")
            let wrong = await platform.call(
                "PATCH", "services/backend", [:], query: ["updateMask": "template.nothing"])
            #expect(wrong.status == 400)
        }
    }

    @Test func `a stale etag is a conflict`() async throws {
        try await Platform.run { platform in
            _ = try await platform.create()
            let etag = await platform.get()["etag"] ?? ""
            _ = try await platform.finish("PATCH", "services/backend", ["description": "one", "etag": etag])
            let refused = await platform.call("PATCH", "services/backend", ["description": "two", "etag": etag])
            #expect(refused.status == 409)
            #expect(refused.body["error"]?["status"] == "ABORTED")
            #expect(
                refused.body["error"]?["message"]?.string?.hasPrefix("Conflict for resource 'backend': version '")
                    == true)
            #expect(await platform.get()["description"] == "one")
        }
    }

    @Test func `validateOnly changes nothing`() async throws {
        try await Platform.run { platform in
            let answer = await platform.call(
                "POST", "services", ["template": Platform.template()],
                query: ["serviceId": "backend", "validateOnly": "true"])
            #expect(answer.status == 200)
            #expect(answer.body["done"] == true)
            #expect(await platform.call("GET", "services/backend").status == 404)
            let name = try #require(answer.body["name"]?.string)
            #expect(await platform.call("GET", "/v2/\(name)").status == 404)
        }
    }

    @Test func `a deleted service is gone with its instances`() async throws {
        try await Platform.run { platform in
            _ = try await platform.create()
            let operation = try await platform.finish("DELETE", "services/backend")
            #expect(operation["response"]?["name"] == "projects/demo/locations/us-central1/services/backend")
            #expect(await platform.call("GET", "services/backend").status == 404)
            #expect(platform.runtime.running == 0)
            #expect(platform.routing.routes.hosts.isEmpty)
        }
    }
}
