import GoogleCloudStub
import JSON
import Testing
import Transport

/// Cloud Run's Admin API has a quota, and each call is a round trip: what a deploy asks of it is counted.
@Suite(.serialized) struct CallCountTests {
    /// A deploy of one service to a service that is there, nothing failing, waiting for operations left out.
    private static let most = 12

    @Test(arguments: [false, true])
    func `a deploy of one service makes at most twelve calls beyond waiting`(projectAnswers: Bool) async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18652)
        do {
            _ = try await project.json("deploy", "auth", exit: 0)
            let first = try await project.json("deploy", "backend", exit: 0)
            let image = try #require(first["services"]?[0]?["image"]?.string)
            let relay = try Relay(to: "http://127.0.0.1:18652") { projectAnswers ? Self.grantAll($0) : nil }
            defer { relay.stop() }
            try project.write(
                "platform: { kind: google, endpoint: \"\(relay.base)\" }\nproject: local-project\n"
                    + "region: us-central1\n", to: "environments/relayed.yaml")
            // The other APIs of a project answer nothing, or that everything is granted: neither asks Google.
            var variables = ["STAGECTL_ACCESS_TOKEN": "relayed-token", "NO_PROXY": "127.0.0.1"]
            for api in ["SERVICEUSAGE", "IAM", "SECRETMANAGER", "ARTIFACTREGISTRY", "CLOUDRESOURCEMANAGER", "LOGGING"] {
                let isPlayed = projectAnswers && api == "CLOUDRESOURCEMANAGER"
                variables["CLOUDSDK_API_ENDPOINT_OVERRIDES_\(api)"] =
                    isPlayed ? relay.base + "/" : "http://127.0.0.1:1/"
            }
            let release = try await project.json(
                "deploy", "backend", "-e", "relayed", "--image", image, "--set-env", "COUNTED=\(projectAnswers)",
                "--allow-dirty", environment: variables, exit: 0)
            #expect(release["outcome"] == "promoted")
            let calls = relay.asked.filter { $0.contains(" /v2/") && !$0.contains("/operations/") }
            #expect(calls.count <= Self.most - (projectAnswers ? 1 : 0), "\(calls.joined(separator: "\n"))")
            #expect(
                calls.contains { $0.hasSuffix("services/backend:testIamPermissions") } != projectAnswers,
                "a service is asked only for what its project does not give")
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    /// The project itself, with everything granted.
    private static func grantAll(_ request: LoopbackHTTP.Request) -> LoopbackHTTP.Reply? {
        guard request.path.hasPrefix("/v3/projects/") else { return nil }
        let asked = (try? JSONValue(parsing: request.body))?["permissions"] ?? []
        let answer: JSONValue = ["name": "projects/42", "permissions": asked]
        return .answer(status: 200, headers: [], body: Array(answer.serialized().utf8))
    }
}
