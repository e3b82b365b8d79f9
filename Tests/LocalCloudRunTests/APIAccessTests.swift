import JSON
import Testing

@testable import LocalCloudRun

@Suite struct APIAccessTests {
    @Test func `a new service is closed until its policy opens it`() async throws {
        try await Platform.run { platform in
            _ = try await platform.create()
            #expect(platform.routing.routes.hosts["backend.localhost"]?.isPublic == false)
            let policy = await platform.call("GET", "services/backend:getIamPolicy").body
            #expect(policy == ["etag": "ACAB"])
            let open: JSONValue = [
                "policy": [
                    "etag": "ACAB", "bindings": [["role": "roles/run.invoker", "members": ["allUsers"]]],
                ]
            ]
            let set = await platform.call("POST", "services/backend:setIamPolicy", open)
            #expect(set.status == 200)
            #expect(platform.routing.routes.hosts["backend.localhost"]?.isPublic == true)
            #expect(await platform.call("GET", "services/backend:getIamPolicy").body == set.body)

            let stale = await platform.call("POST", "services/backend:setIamPolicy", open)
            #expect(stale.status == 409)
            #expect(stale.body["error"]?["message"]?.string?.hasPrefix("There were concurrent policy changes.") == true)
            let closed = await platform.call("POST", "services/backend:setIamPolicy", ["policy": [:]])
            #expect(closed.status == 200)
            #expect(platform.routing.routes.hosts["backend.localhost"]?.isPublic == false)
        }
    }

    @Test func `a token of the local issuer opens the service that it names, and no other`() async throws {
        try await Platform.run { platform in
            _ = try await platform.create()
            _ = try await platform.create("auth")
            let path = "/v1/projects/-/serviceAccounts/me@demo.iam.gserviceaccount.com:generateIdToken"
            let answer = await platform.call("POST", path, ["audience": "http://backend.localhost:18080"]).body
            let token = try #require(answer["token"]?.string)
            let service = "projects/demo/locations/us-central1/services/"
            #expect(platform.pool.accepts(token: token, service: service + "backend"))
            #expect(!platform.pool.accepts(token: token, service: service + "auth"))
            #expect(!platform.pool.accepts(token: token + "x", service: service + "backend"))
            #expect(!platform.pool.accepts(token: "", service: service + "backend"))
            #expect(await platform.call("POST", path, [:]).status == 400)
        }
    }

    @Test func `a token ends after an hour, and another key's token never counts`() {
        let issuer = LocalIssuer(keyBytes: Array(repeating: 1, count: 32))
        let other = LocalIssuer(keyBytes: Array(repeating: 2, count: 32))
        let token = issuer.token(audience: "a", account: "b@c", now: 1000)
        #expect(issuer.audience(of: token, now: 1000 + 3599) == "a")
        #expect(issuer.audience(of: token, now: 1000 + 3600) == nil)
        #expect(other.audience(of: token, now: 1000) == nil)
    }

    @Test func `permissions of Cloud Run are held, others are not`() async throws {
        try await Platform.run { platform in
            _ = try await platform.create()
            let answer = await platform.call(
                "POST", "services/backend:testIamPermissions",
                ["permissions": ["run.services.get", "storage.objects.get"]])
            #expect(answer.body == ["permissions": ["run.services.get"]])
        }
    }

    @Test(arguments: [
        ("resource.labels.service_name=\"backend\"", 1), ("resource.labels.service_name = backend", 1),
        ("resource.type=\"cloud_run_revision\"\nresource.labels.service_name=\"other\"", 0),
        ("severity>=ERROR", 0), ("timestamp>=\"2020-01-01T00:00:00Z\" AND textPayload:HELLO", 1),
        ("timestamp>=\"2999-01-01T00:00:00Z\"", 0), ("logName:stdout", 1),
        ("resource.labels.service_name=\"back_nd\"", 0), ("", 1), ("hello", 1), ("\"good bye\"", 0),
        ("severity=ERROR OR textPayload=hello", 1), ("NOT severity=ERROR", 1), ("-textPayload:hell", 0),
        // OR binds more tightly than AND.
        ("textPayload=x AND severity=ERROR OR textPayload=hello", 0),
        ("(textPayload=x AND severity=ERROR) OR textPayload=hello", 1), ("textPayload=(a OR hello)", 1),
        ("textPayload:(hel AND lo)", 1), ("textPayload:(hel AND x)", 0), ("textPayload=~\"^h.*o$\"", 1),
        ("textPayload!~\"^h\"", 0), ("labels.instanceId=i", 1), ("labels.other=i", 0), ("labels.other!=i", 1),
        ("jsonPayload.x=1", 0), ("textPayload:*", 1), ("jsonPayload:*", 0), ("timestamp<2999-01-01T00:00:00Z", 1),
        ("-- a comment\nseverity=DEFAULT", 1),
    ])
    func `a filter finds its lines`(filter: String, count: Int) async throws {
        try await Platform.run { platform in
            platform.logs.append(
                .output(
                    "hello", isError: false, service: "projects/demo/locations/l/services/backend",
                    revision: "backend-1",
                    instance: "i", at: Timestamp(microseconds: 1_750_000_000_000_000)))
            let answer = await platform.call("POST", "/v2/entries:list", ["filter": .string(filter)])
            #expect(answer.status == 200, "\(answer.body.serialized())")
            #expect((answer.body["entries"]?.array ?? []).count == count)
        }
    }

    @Test(arguments: [
        "payload.x=1", "severity=", "a OR", "OR b", "AND", "textPayload:\"open", "(severity=ERROR", "severity=ERROR)",
        "textPayload=~\"[\"", "textPayload=(a OR b AND c)", "=x", String(repeating: "(", count: 5000),
    ])
    func `a filter that is not understood is refused`(filter: String) {
        #expect(throws: APIError.self) { try LogFilter(parsing: filter) }
    }

    @Test func `entries have the shape of Cloud Logging`() {
        let time = Timestamp(microseconds: 1_750_000_000_123_456)
        let service = "projects/demo/locations/l/services/backend"
        let line = LogEntry.output(
            #"{"severity":"error","message":"no"}"#, isError: false, service: service, revision: "r", instance: "i",
            at: time
        ).resource
        #expect(line["severity"] == "ERROR")
        #expect(line["jsonPayload"] == ["message": "no"])
        #expect(line["logName"] == "projects/demo/logs/run.googleapis.com%2Fstdout")
        #expect(line["timestamp"] == "2025-06-15T15:06:40.123456Z")
        let record = RequestRecord(
            service: service, revision: service + "/revisions/r", method: "GET", url: "http://x/", status: 503,
            milliseconds: 1234.5, remoteAddress: "127.0.0.1", traceparent: "00-abc-def-01")
        let request = LogEntry.request(record, at: time).resource
        #expect(request["httpRequest"]?["latency"] == "1.234500s")
        #expect(request["severity"] == "ERROR")
        #expect(request["trace"] == "projects/demo/traces/abc")
        #expect(request["resource"]?["labels"]?["revision_name"] == "r")
    }
}
