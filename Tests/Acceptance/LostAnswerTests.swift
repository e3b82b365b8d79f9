import JSON
import Testing
import Transport

/// A write that is acted on and whose answer never comes, through the real client and the real executor.
@Suite(.serialized) struct LostAnswerTests {
    @Test(arguments: ["hang up", "503"])
    func `a change whose answer is lost is looked for, not sent again`(trouble: String) async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18640)
        do {
            let first = try await revision(project, "1")
            let second = try await revision(project, "2")
            let relay = try Relay(to: "http://127.0.0.1:18640", losing: trouble)
            defer { relay.stop() }
            try project.write(
                """
                platform: { kind: google, endpoint: "\(relay.base)" }
                project: local-project
                region: us-central1
                registry: us-central1-docker.pkg.dev/p/services

                """, to: "environments/relayed.yaml")
            _ = try await project.json(
                "traffic", "set", "auth", "\(first)=100", "-e", "relayed",
                environment: ["STAGECTL_ACCESS_TOKEN": "relayed-token"], exit: 0)
            #expect(try await project.shares(of: "auth") == [first: 100] && first != second)
            let asked = relay.asked
            let patches = asked.indices.filter { asked[$0].hasPrefix("PATCH ") }
            #expect(patches.count == 1, "\(asked)")
            let looks = asked[(patches.first ?? 0)...].count { $0.hasPrefix("GET ") }
            #expect(looks > 0, "\(asked)")
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    private func revision(_ project: AcceptanceProject, _ number: String) async throws -> String {
        let deployed = try await project.json("deploy", "auth", "--set-env", "NUMBER=\(number)", exit: 0)
        return try #require(deployed["services"]?[0]?["revision"]?.string)
    }
}
