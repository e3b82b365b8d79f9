import JSON
import Releases
import Testing
import Transport

@testable import GoogleCloud

@Suite struct CloudRunClientTests {
    private let policyPath = "\(backendPath):getIamPolicy?options.requestedPolicyVersion=3"
    private let patchPath = "PATCH \(backendPath)?updateMask="

    @Test func `observing reads the service and who may call it`() async throws {
        let cloud = ScriptedCloud([
            .json(200, ["generation": "3"]),
            .json(200, ["bindings": [["role": "roles/run.invoker", "members": ["user:a@b.c", "allUsers"]]]]),
        ])
        let service = try await cloud.client().observe(backend)
        #expect(service?.generation == 3)
        #expect(service?.isPublic == true)
        #expect(cloud.asked == ["GET \(backendPath)", "GET \(policyPath)"])
        #expect(cloud.requests.allSatisfy { $0.headers["Authorization"] == "Bearer secret" })
    }

    @Test func `names cannot lead to another path`() async throws {
        let cloud = ScriptedCloud([.json(404, statusError(404, "NOT_FOUND", "no"))])
        let odd = ServiceIdentity(project: "p/../q", region: "r?x", name: "a#b")
        #expect(try await cloud.client().observe(odd) == nil)
        #expect(cloud.asked == ["GET /v2/projects/p%2F..%2Fq/locations/r%3Fx/services/a%23b"])
    }

    @Test func `creating posts a closed service and returns the operation`() async throws {
        let cloud = ScriptedCloud([.json(200, operation())])
        let name = try await cloud.client().create(backend, change: ServiceChange(template: fullTemplate))
        #expect(name == OperationName("projects/p/locations/us-central1/operations/op-1"))
        #expect(cloud.asked == ["POST /v2/projects/p/locations/us-central1/services?serviceId=backend"])
        #expect(cloud.body(0)?["template"] == ServiceEncoding.template(fullTemplate))
        #expect(cloud.body(0)?["invokerIamDisabled"] == nil)
    }

    @Test func `a change goes with its mask, its etag and the generation after the one seen`() async throws {
        let cloud = ScriptedCloud([.json(200, operation(["metadata": ["generation": "8"]]))])
        let change = ServiceChange(
            template: fullTemplate, annotations: ["a": "b"], etag: "\"e7\"", generation: 7, forceNewRevision: true)
        _ = try await cloud.client().update(backend, change: change)
        #expect(
            cloud.asked == [patchPath + "template,annotations&forceNewRevision=true"])
        #expect(cloud.body(0)?["etag"] == "\"e7\"")
        #expect(cloud.body(0)?["annotations"] == ["a": "b"])
    }

    @Test func `a service that moved on is not written to where etags are enforced`() async throws {
        let cloud = ScriptedCloud([.json(409, statusError(409, "ABORTED", "Conflict for resource 'backend'"))])
        let refusal = try await failure {
            _ = try await cloud.client().update(
                backend, change: ServiceChange(traffic: [], etag: "\"e7\"", generation: 7))
        }
        #expect(refusal.category == .conflict)
        #expect(refusal.mayHaveHappened == false)
    }

    @Test func `a write over somebody's that an old etag did not stop is told`() async throws {
        let cloud = ScriptedCloud([.json(200, operation(["metadata": ["generation": "9"]]))])
        let refusal = try await failure {
            _ = try await cloud.client().update(
                backend, change: ServiceChange(traffic: [], etag: "\"e7\"", generation: 7))
        }
        #expect(refusal.category == .conflict)
        #expect(refusal.mayHaveHappened)
        #expect(refusal.details == [.init("generation seen", "7"), .init("generation found", "9")])
    }

    @Test func `somebody who wrote at the same time is found by the generation`() async throws {
        // The operation does not tell, so the service is read once more.
        let cloud = ScriptedCloud([
            .json(200, operation()), .json(200, ["generation": "9"]),
        ])
        let refusal = try await failure {
            _ = try await cloud.client().update(backend, change: ServiceChange(traffic: [], generation: 7))
        }
        #expect(refusal.category == .conflict)
        #expect(refusal.mayHaveHappened)
    }

    @Test func `annotations alone may leave the generation as it was but a new revision may not`() async throws {
        let answers: [ScriptedCloud.Answer] = [
            .json(200, operation(["response": ["generation": "7"]]))
        ]
        _ = try await ScriptedCloud(answers).client().update(
            backend, change: ServiceChange(annotations: ["a": "b"], generation: 7))
        let refusal = try await failure {
            _ = try await ScriptedCloud(answers).client().update(
                backend, change: ServiceChange(template: fullTemplate, generation: 7, forceNewRevision: true))
        }
        #expect(refusal.category == .conflict)
    }

    @Test func `a change of nothing is our own mistake`() async throws {
        let cloud = ScriptedCloud([])
        let refusal = try await failure { _ = try await cloud.client().update(backend, change: ServiceChange()) }
        #expect(refusal.category == .internalError)
    }

    @Test func `all pages of revisions come newest first`() async throws {
        func revision(_ name: String, _ time: String) -> JSONValue {
            ["name": .string("projects/p/locations/l/services/backend/revisions/\(name)"), "createTime": .string(time)]
        }
        let cloud = ScriptedCloud([
            .json(
                200,
                [
                    "revisions": [revision("b", "2026-01-02T00:00:00Z"), revision("a", "2026-01-01T00:00:00Z")],
                    "nextPageToken": "next/page",
                ]),
            .json(200, ["revisions": [revision("c", "2026-01-03T00:00:00Z")]]),
        ])
        #expect(try await cloud.client().revisions(of: backend).map(\.name) == ["c", "b", "a"])
        #expect(
            cloud.asked == [
                "GET \(backendPath)/revisions?pageSize=100",
                "GET \(backendPath)/revisions?pageSize=100&pageToken=next%2Fpage",
            ])
    }

    @Test func `a revision that is not there is nil`() async throws {
        let cloud = ScriptedCloud([.json(404, statusError(404, "NOT_FOUND", "no"))])
        #expect(try await cloud.client().revision("backend-00009-zzz", of: backend) == nil)
        #expect(cloud.asked == ["GET \(backendPath)/revisions/backend-00009-zzz"])
    }

    @Test func `opening keeps the rest of the policy and its etag`() async throws {
        let condition: JSONValue = ["expression": "request.time < x"]
        let cloud = ScriptedCloud([
            .json(
                200,
                [
                    "etag": "BwX", "version": 1,
                    "bindings": [
                        ["role": "roles/run.admin", "members": ["user:a@b.c"]],
                        ["role": "roles/run.invoker", "members": ["allUsers"], "condition": condition],
                    ],
                ]),
            .json(200, [:]),
        ])
        try await cloud.client().setPublic(true, of: backend)
        #expect(cloud.asked == ["GET \(policyPath)", "POST \(backendPath):setIamPolicy"])
        #expect(
            cloud.body(1) == [
                "policy": [
                    "etag": "BwX", "version": 3,
                    "bindings": [
                        ["role": "roles/run.admin", "members": ["user:a@b.c"]],
                        ["role": "roles/run.invoker", "members": ["allUsers"], "condition": condition],
                        ["role": "roles/run.invoker", "members": ["allUsers"]],
                    ],
                ]
            ])
    }

    @Test func `closing takes everybody away and nobody else`() async throws {
        let cloud = ScriptedCloud([
            .json(
                200,
                [
                    "etag": "BwX",
                    "bindings": [
                        ["role": "roles/run.invoker", "members": ["allUsers", "user:a@b.c"]],
                        ["role": "roles/run.viewer", "members": ["allUsers"]],
                    ],
                ]),
            .json(200, [:]),
        ])
        try await cloud.client().setPublic(false, of: backend)
        #expect(
            cloud.body(1)?["policy"]?["bindings"] == [
                ["role": "roles/run.invoker", "members": ["user:a@b.c"]],
                ["role": "roles/run.viewer", "members": ["allUsers"]],
            ])
    }

    @Test func `opening what is open writes nothing`() async throws {
        let open: JSONValue = ["bindings": [["role": "roles/run.invoker", "members": ["allUsers"]]]]
        let cloud = ScriptedCloud([.json(200, open), .json(200, [:])])
        try await cloud.client().setPublic(true, of: backend)
        try await cloud.client().setPublic(false, of: backend)
        #expect(cloud.asked == ["GET \(policyPath)", "GET \(policyPath)"])
    }

    @Test func `a concurrent policy change is read again before writing again`() async throws {
        let conflict = ScriptedCloud.Answer.json(409, statusError(409, "ABORTED", "concurrent policy changes"))
        let cloud = ScriptedCloud([
            .json(200, ["etag": "1"]), conflict, .json(200, ["etag": "2"]), .json(200, [:]),
        ])
        try await cloud.client().setPublic(true, of: backend)
        #expect(cloud.body(3)?["policy"]?["etag"] == "2")

        let hopeless = ScriptedCloud((0..<3).flatMap { _ in [.json(200, ["etag": "1"]), conflict] })
        let refusal = try await failure { try await hopeless.client().setPublic(true, of: backend) }
        #expect(refusal.category == .conflict)
        #expect(hopeless.unusedAnswers == 0)
    }

    @Test func `logs are the revision's own lines, oldest first`() async throws {
        let cloud = ScriptedCloud([
            .json(
                200,
                [
                    "entries": [
                        ["timestamp": "2026-01-01T00:00:03Z", "severity": "ERROR", "textPayload": "third"],
                        ["timestamp": "2026-01-01T00:00:02Z", "httpRequest": ["status": 200]],
                    ], "nextPageToken": "t",
                ]),
            .json(
                200,
                [
                    "entries": [
                        ["timestamp": "2026-01-01T00:00:01Z", "jsonPayload": ["message": "second"]],
                        ["timestamp": "2026-01-01T00:00:00Z", "textPayload": "first"],
                    ]
                ]),
        ])
        let lines = try await cloud.client().logs(of: "backend-00001-abc", service: backend, limit: 2)
        #expect(
            lines == [
                LogLine(time: "2026-01-01T00:00:01Z", severity: "DEFAULT", text: "second"),
                LogLine(time: "2026-01-01T00:00:03Z", severity: "ERROR", text: "third"),
            ])
        #expect(cloud.asked == ["POST /v2/entries:list", "POST /v2/entries:list"])
        #expect(
            cloud.body(1) == [
                "resourceNames": ["projects/p"], "orderBy": "timestamp desc", "pageSize": 2, "pageToken": "t",
                "filter":
                    "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"backend\" AND resource.labels.location=\"us-central1\" AND resource.labels.revision_name=\"backend-00001-abc\" AND NOT logName=\"projects/p/logs/run.googleapis.com%2Frequests\"",
            ])
    }

    @Test func `a quotation mark cannot widen the filter`() {
        let filter = LogEntriesFilter.text(LogQuery(service: backend, revision: "a\" OR \"b\\"))
        #expect(filter.contains("revision_name=\"a\\\" OR \\\"b\\\\\""))
    }

    @Test func `an identity token is made for the configured account`() async throws {
        let cloud = ScriptedCloud([.json(200, ["token": "jwt"])])
        #expect(try await cloud.client().identityToken(audience: "https://backend") == "jwt")
        #expect(cloud.asked == ["POST /v1/projects/-/serviceAccounts/ci@p.example:generateIdToken"])
        #expect(cloud.body(0) == ["audience": "https://backend", "includeEmail": true])
    }
}
