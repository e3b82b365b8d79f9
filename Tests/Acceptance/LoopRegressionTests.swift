import JSON
import Synchronization
import Testing
import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A fix that makes worse what serves: the release of the service that it changed has no suites that would have said so.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LoopRegressionTests {
    private static let suite = """
        version: 1
        suite: backend-smoke
        priority: P1
        owner: team-backend
        checks:
          - { id: auth.greeting, http: GET /api/auth-status, expect: { status: 200, json: { $.auth.greeting: welcome } } }
          - { id: auth.commit, http: GET /api/auth-status, expect: { status: 200, json: { $.auth.commit: good } } }

        """

    @Test func `what serves goes back to the best iteration, also when kill -9 and Ctrl-C come on the way`()
        async throws
    {
        let scenario = try await LoopScenario(
            port: 19_648, faults: "", suite: Self.suite, loop: "loop: { flaky_reruns: 0 }\n")
        let project = scenario.project
        do {
            let services = try await project.shell("cat", "environments/services.yaml").outputText
            func write(greeting: String) async throws {
                try project.write(
                    services.replacing(
                        "SAMPLE_ROLE: auth", with: "SAMPLE_ROLE: auth, GREETING: \(greeting), COMMIT: good"),
                    to: "environments/services.yaml")
                try await project.commit(greeting)
            }
            try await write(greeting: "welcome")
            _ = try await project.json("deploy", "auth", exit: 0)
            _ = try await project.json("deploy", "backend", exit: 0)
            let backend = try await project.shares(of: "backend")
            try await write(greeting: "hallo")
            let fix = "sed -i 's/COMMIT: good/COMMIT: bad/' environments/services.yaml"
            let killed = try await stop(["loop", "--fix", fix], with: SIGKILL, at: "…  health:auth", in: project)
            #expect(killed.exitCode == 137, "\(killed.errorText)")
            let cut = try await stop(["resume"], with: SIGINT, at: "…  traffic:auth", in: project)
            #expect(cut.exitCode == 130, "\(cut.errorText)")
            let ended = try await project.json("resume", exit: 3)
            #expect(ended["outcome"] == "regression" && ended["best"] == 1, "\(ended.serialized(pretty: true))")
            #expect(ended["why"]?.string?.contains("iteration 2 is worse than iteration 1") == true)
            #expect(ended["iterations"]?.array?.count == 2)
            #expect(ended["error"]?["category"] == "checks")
            try await scenario.expectAsReported(ended)
            // The fix that was worse is in the branch, and nobody is served by it.
            let best = try await project.json("show", try #require(ended["iterations"]?[0]?["run"]?.string), exit: 0)
            let revision = try #require(
                best["services"]?.array?.first { $0["service"] == "auth" }?["revision"]?.string)
            #expect(try await project.shares(of: "auth") == [revision: 100])
            #expect(try await project.shares(of: "backend") == backend)
            #expect(ended["tree"]?["head"]?.string == ended["iterations"]?[0]?["fix"]?["commit"]?.string)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    /// On the way back, not before.
    private func stop(
        _ arguments: [String], with number: Int32, at step: String, in project: AcceptanceProject
    ) async throws -> ProcessResult {
        let goesBack = Mutex(false)
        return try await project.stagectl(arguments) { process, line in
            let isTime = goesBack.withLock { known in
                known = known || line.contains("back to the best iteration")
                return known && line.contains(step)
            }
            if isTime { kill(process, number) }
        }
    }
}
