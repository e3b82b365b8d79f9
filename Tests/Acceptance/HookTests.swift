import Foundation
import JSON
import Testing
import Transport

/// Commands and webhooks at the moments of a release, through the real binary on plain processes.
@Suite(.serialized) struct HookAcceptanceTests {
    private func configure(_ project: AcceptanceProject, environment: String = "", backend: String = "") async throws {
        try project.write(
            """
            platform: local
            project: local-project
            region: us-central1
            \(environment)
            services:
              backend:
                public: true
            \(backend)

            """, to: "environments/local.yaml")
        try await project.commit("hooks")
    }

    private func text(_ project: AcceptanceProject, _ file: String) -> String {
        (try? String(contentsOfFile: project.folder + "/" + file, encoding: .utf8)) ?? ""
    }

    private func warnings(_ document: JSONValue) -> [String] {
        (document["warnings"]?.array ?? []).compactMap(\.string)
    }

    private func step(_ id: String, in document: JSONValue) -> JSONValue? {
        document["steps"]?.array?.first { $0["id"]?.string == id }
    }

    private func eventually(_ condition: () async throws -> Bool) async throws {
        for _ in 0..<100 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("it did not come true in 5 s")
    }

    @Test func `hooks see the release, hold it up, are told of its end, and stand still when they were cut`()
        async throws
    {
        let project = try await AcceptanceProject(runtime: "process", port: 18728)
        do {
            _ = try await project.json("deploy", "--all", exit: 0)
            try await seesAndFails(project)
            try await isCut(project)
            try await tells(project)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    private func seesAndFails(_ project: AcceptanceProject) async throws {
        let before = try await project.shares(of: "backend")
        try await configure(
            project,
            environment: """
                hooks:
                  told: { at: [on-failed, on-rolled-back], shell: "cat > told-$STAGECTL_MOMENT.json" }
                """,
            backend: """
                    hooks:
                      look:
                        at: [before-traffic]
                        shell: cat > seen.json; echo "$STAGECTL_REVISION" > revision; echo the key is $HOOK_KEY
                        env: { HOOK_KEY: { file: key } }
                      never: { at: [after-traffic], run: ["false"] }
                """)
        try project.write("s3cret-of-the-hook\n", to: "key")
        let plan = try await project.json(
            "deploy", "backend", "--set-env", "ROUND=1", "--allow-dirty", "--dry-run", exit: 0)
        #expect(
            step("before-traffic-look:backend", in: plan) != nil && step("after-traffic-never:backend", in: plan) != nil
        )
        let failed = try await project.json("deploy", "backend", "--set-env", "ROUND=1", "--allow-dirty", exit: 1)
        #expect(failed["outcome"] == "rolled-back", "\(failed)")
        #expect(failed["error"]?["summary"]?.string?.contains("the hook `never` ended with 1") == true)
        #expect(try await project.shares(of: "backend") == before)
        let seen = try JSONValue(parsing: Array(text(project, "seen.json").utf8))
        #expect(seen["schema"] == "stagectl.release/v1" && seen["outcome"] == .null && seen["run"] == failed["run"])
        #expect(seen["hook"]?["at"] == "before-traffic" && seen["hook"]?["service"] == "backend")
        let candidate = seen["services"]?[0]?["candidate"]?.string ?? ""
        #expect(text(project, "revision") == candidate + "\n" && candidate.hasPrefix("backend-"))
        let told = try JSONValue(parsing: Array(text(project, "told-on-rolled-back.json").utf8))
        #expect(told["outcome"] == "rolled-back" && told["hook"]?["service"] == .null)
        #expect(text(project, "told-on-failed.json").isEmpty)
        // What a command prints is kept, but for its secrets.
        let log = text(project, ".stagectl/logs/\(failed["run"]?.string ?? "")/before-traffic-look-backend.log")
        #expect(log.contains("the key is") && !log.contains("s3cret"), "\(log)")
    }

    private func isCut(_ project: AcceptanceProject) async throws {
        let before = try await project.shares(of: "backend")
        // Whatever it starts is gone with it.
        try await configure(
            project,
            backend: """
                    hooks:
                      slow: { at: [before-traffic], shell: "echo begun; sleep 60 & echo $! > child; wait" }
                """)
        let killed = try await project.stagectl(
            ["deploy", "backend", "--set-env", "ROUND=2", "--allow-dirty", "--verbose"], killedAt: "begun")
        #expect(killed.exitCode == 137)
        let child = text(project, "child").trimmingCharacters(in: .whitespacesAndNewlines)
        try await eventually { !FileManager.default.fileExists(atPath: "/proc/\(child)") }
        let doubt = try await project.json("resume", exit: 6)
        #expect(doubt["outcome"] == "needs-attention", "\(doubt)")
        #expect(doubt["error"]?["summary"]?.string?.contains("nobody knows whether the hook `slow`") == true)
        let run = try #require(doubt["run"]?.string)
        let aborted = try await project.json("abort", run, exit: 0)
        #expect(aborted["outcome"] == "failed")
        #expect(try await project.shares(of: "backend") == before)

        _ = try await project.stagectl(
            ["deploy", "backend", "--set-env", "ROUND=3", "--allow-dirty", "--verbose"], killedAt: "begun")
        _ = try await project.json("resume", exit: 6)
        let resumed = try await project.json("resume", exit: 0)
        #expect(resumed["outcome"] == "promoted")
        #expect(step("before-traffic-slow:backend", in: resumed)?["note"]?.string?.contains("resumed by") == true)
    }

    private func tells(_ project: AcceptanceProject) async throws {
        let receiver = try WebhookReceiver()
        defer { receiver.close() }
        let environment = """
            hooks:
              channel: { at: [on-promoted], webhook: { url: { env: HOOK_URL } } }
              whole: { at: [on-promoted], webhook: { url: { env: HOOK_URL }, format: stagectl } }
              gone: { at: [on-promoted], webhook: { url: { env: GONE_URL } }, timeout: 2s }
              unset: { at: [on-promoted], webhook: { url: { env: NOT_SET } } }
            """
        try await configure(project, environment: environment)
        let result = try await project.stagectl(
            "deploy", "backend", "--set-env", "ROUND=4", "--allow-dirty", "-o", "json",
            environment: [
                "HOOK_URL": "http://127.0.0.1:\(receiver.port)/services/T0/B0SECRET",
                "GONE_URL": "http://127.0.0.1:1/services/T1/GONESECRET",
            ])
        #expect(result.exitCode == 0, "\(result.errorText)")
        let release = try JSONValue(parsing: result.output)
        #expect(release["outcome"] == "promoted" && warnings(release).count == 2, "\(warnings(release))")
        #expect(warnings(release).contains { $0.contains("on-promoted-gone") })
        #expect(warnings(release).contains { $0.contains("`NOT_SET` is not set") })
        let shown = try await project.json("show", release["run"]?.string ?? "", exit: 0)
        #expect(warnings(shown) == warnings(release))
        for told in [result.outputText, result.errorText, shown.serialized()] {
            #expect(!told.contains("B0SECRET") && !told.contains("GONESECRET"), "\(told)")
        }
        let bodies = receiver.bodies
        #expect(bodies.count == 2)
        let slack = bodies.first { $0["blocks"] != nil }
        #expect(slack?["text"] == "local: backend promoted", "\(String(describing: slack))")
        #expect(bodies.contains { $0["run"] == release["run"] && $0["hook"]?["name"] == "whole" })
    }
}
