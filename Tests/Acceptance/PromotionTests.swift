import GoogleCloudStub
import JSON
import Testing
import Transport

/// An image that passed in one environment is what the next one gets, and nothing else.
@Suite(.serialized) struct PromotionTests {
    private static func environment(_ name: String, _ more: String = "") -> String {
        "platform: local\nproject: \(name)-project\nregion: us-central1\n\(more)"
    }

    /// Both on one local Cloud Run: projects keep them apart.
    private func withProject(port: Int, _ work: (AcceptanceProject) async throws -> Void) async throws {
        let project = try await AcceptanceProject(runtime: "process", port: port)
        do {
            let services = AcceptanceProject.services().replacing(", AUTH_URL: \"${services.auth.url}\"", with: "")
                .replacing("    depends_on: [auth]\n", with: "")
            try project.write(services, to: "environments/services.yaml")
            try project.write(Self.environment("staging"), to: "environments/staging.yaml")
            try project.write(Self.environment("production"), to: "environments/production.yaml")
            try await project.commit("two environments")
            try await work(project)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    @Test func `what passed and serves is promoted as it is, with its commit, and both are in the record`() async throws
    {
        let stub = try GoogleStub()
        defer { stub.stop() }
        stub.addBucket("team", project: "p")
        let more = [
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE": stub.base + "/storage/v1/",
            "STAGECTL_ACCESS_TOKEN": "stub-token",
        ]
        try await withProject(port: 19720) { project in
            // The history there is a team's, the one here this machine's own.
            try project.write(
                Self.environment("staging", "state: { backend: gcs, bucket: team }\n"), to: "environments/staging.yaml")
            try await project.commit("a team")
            let promote = ["deploy", "backend", "--env", "production", "--from", "staging"]
            let before = try await project.json(promote, environment: more, exit: 3)
            #expect(before["error"]?["category"] == "checks")
            #expect(before["error"]?["details"]?[0]?["value"]?.string?.contains("nothing serves in `staging`") == true)

            let tested = try await project.json(["deploy", "backend", "--env", "staging"], environment: more, exit: 0)
            let source = try #require(tested["services"]?[0])
            try project.write("later\n", to: "image/VERSION")
            try await project.commit("later")
            try project.write("uncommitted\n", to: "image/VERSION")

            let plan = try await project.json(promote + ["--dry-run"], environment: more, exit: 0)
            #expect(plan["services"]?[0]?["promotedFrom"]?["run"] == tested["run"])
            #expect(plan["steps"]?.array?.contains { $0["id"]?.string?.hasPrefix("build:") == true } == false)

            // Uncommitted changes are of no concern: nothing of what is checked out is deployed.
            let release = try await project.json(promote, environment: more, exit: 0)
            let service = try #require(release["services"]?[0])
            #expect(release["outcome"] == "promoted" && release["verdict"]?["result"] == "pass")
            #expect(service["image"] == source["image"] && service["commit"] == source["commit"])
            #expect(service["dirty"] == false && service["promotedFrom"]?["verdict"] == "pass")
            #expect(service["promotedFrom"]?["environment"] == "staging")
            #expect(service["promotedFrom"]?["run"] == tested["run"])
            #expect(service["promotedFrom"]?["revision"] == source["revision"])
            #expect(service["promotedFrom"]?["commit"] == source["commit"])
            #expect(service["promotedFrom"]?["ageSeconds"]?.integer.map { $0 >= 0 } == true)
            #expect(service["promotedFrom"]?["differences"] == [])
            let run = try #require(release["run"]?.string)
            let shown = try await project.stagectl("show", run, "--env", "production")
            #expect(shown.outputText.contains("from      staging: \(source["revision"]?.string ?? "")"))
            let again = try await project.json(promote, environment: more, exit: 0)
            #expect(again["outcome"] == "unchanged")
            #expect(tested["services"]?[0]?["promotedFrom"] == .null)
            let there = try await project.json(["history", "--env", "staging"], environment: more, exit: 0)
            #expect(there["releases"]?.array?.count == 1, "it was only read")
        }
    }

    @Test func `what did not pass, is too old or is of other settings is refused, all services as one`() async throws {
        try await withProject(port: 19724) { project in
            let promote = ["deploy", "backend", "--env", "production", "--from", "staging"]
            _ = try await project.json(
                ["deploy", "backend", "--env", "staging", "--skip-smoke", "in a hurry"], exit: 0)
            let skipped = try await project.json(promote, exit: 3)
            #expect(skipped["error"]?["details"]?[0]?["value"]?.string?.contains("is incomplete") == true)

            _ = try await project.json(
                ["deploy", "backend", "--env", "staging", "--set-env", "EXTRA=1"], exit: 0)
            let different = try await project.json(promote + ["--dry-run"], exit: 3)
            #expect(different["schema"] == "stagectl.plan/v1", "the plan is shown, and why it is refused")
            #expect(
                different["error"]?["details"]?[0]?["value"]?.string?
                    .contains("differs in env: EXTRA there, nothing more here") == true)
            let both = try await project.json(
                ["deploy", "backend", "auth", "--env", "production", "--from", "staging"], exit: 3)
            #expect(both["error"]?["summary"]?.string?.hasSuffix("so none is") == true)
            #expect(both["error"]?["details"]?.array?.count == 2)
            let none = try await project.json("status", "--env", "production", exit: 0)
            #expect(none["services"]?.array?.allSatisfy { $0["revision"] == .null } == true, "nothing was deployed")

            let meant = try await project.json(promote + ["--override", "promotion=reviewed by hand"], exit: 0)
            #expect(meant["verdict"]?["result"] == "incomplete")
            #expect(meant["overrides"]?["promotion"] == "reviewed by hand")
            let difference = meant["services"]?[0]?["promotedFrom"]?["differences"]?[0]
            #expect(difference?["setting"] == "env" && difference?["isRefused"] == true)

            try project.write(
                Self.environment("production", "gates: { promotion: { max_age: 1s, same: [] } }\n"),
                to: "environments/production.yaml")
            // Older than a second by the time that anything else has been said.
            var old = try await project.stagectl(promote + ["--dry-run"]) { _, _ in }
            while old.exitCode == 0 { old = try await project.stagectl(promote + ["--dry-run"]) { _, _ in } }
            #expect(old.exitCode == 3 && old.errorText.contains("the gate takes 1 s"), "\(old.errorText)")

            try project.write(
                Self.environment("production", "gates: { promotion: { from: [elsewhere] } }\n"),
                to: "environments/production.yaml")
            let closed = try await project.json(promote, exit: 65)
            #expect(closed["error"]?["details"]?[0]?["value"]?.string?.contains("gates.promotion.from") == true)
        }
    }

    @Test(arguments: [
        (["--from", "local"], "is the environment that is deployed to"),
        (["--from", "stagin"], "no environment is called"),
        (["--from", "staging", "--image", "a/b:c"], "both say which image"),
        (["--override", "promotion=why"], "goes with --from"),
    ])
    func `a line that cannot be meant is a mistake in usage`(_ flags: [String], _ words: String) async throws {
        let google = try OrderlyGoogle()
        defer { google.end() }
        let result = try await ChildProcess.run(
            CommandLine(
                [AcceptanceProject.products + "/stagectl", "deploy", "backend", "--env", "local", "--allow-dirty"]
                    + flags, environment: google.variables(), workingDirectory: google.folder, deadline: .seconds(60)))
        #expect(result.exitCode == 64 && result.errorText.contains(words), "\(result.errorText)")
    }
}
