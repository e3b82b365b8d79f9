import Foundation
import JSON
import Testing
import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What stands before the suites: the loop's own service that must serve, and the commands that must succeed.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LoopReadyTests {
    @Test func `a loop whose own service answers 503 is blocked on deployment, and mended by its diagnosis`()
        async throws
    {
        let scenario = try await LoopScenario(
            port: 19_668, faults: "health-503", loop: "loop: { flaky_reruns: 0, ready_wait: 1s }\n", window: "1s")
        let project = scenario.project
        do {
            _ = try await project.json("deploy", "--all", "--override", "health=a scenario", exit: 0)
            let blocked = try await project.json("loop", exit: 3)
            #expect(blocked["outcome"] == "blocked-on-deployment", "\(blocked.serialized(pretty: true))")
            #expect(blocked["why"]?.string?.hasPrefix("`backend` does not serve: ") == true)
            try expectUntested(blocked)
            try await scenario.expectAsReported(blocked)

            // While it is waited for, Ctrl-C is heard at once.
            try await scenario.settle(loop: "loop: { flaky_reruns: 0, ready_wait: 60s }\n")
            let sent = Once()
            let stopped = try await project.stagectl(["loop"]) { process, line in
                if line.contains("waiting for backend"), sent.first() { kill(process, SIGINT) }
            }
            #expect(stopped.exitCode == 130 && stopped.errorText.contains("stagectl resume r"), "\(stopped.errorText)")
            #expect(try await project.json("abort", exit: 0)["outcome"] == "aborted")
            try await scenario.settle(loop: "loop: { flaky_reruns: 0, ready_wait: 1s }\n")

            let fix = "grep -q db.internal:5432 \"$STAGECTL_BRIEF\" && sed -i 's/health-503//' image/backend.sh"
            let done = try await project.json("loop", "--fix", fix, exit: 0)
            #expect(done["outcome"] == "goal" && done["iterations"]?.array?.count == 2, "\(done.serialized())")
            try expectUntested(done)
            try await scenario.expectAsReported(done)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    /// The first iteration asked no suite and released nothing, and says why in the service's own words.
    private func expectUntested(_ document: JSONValue) throws {
        let first = try #require(document["iterations"]?[0])
        #expect(first["verdict"] ?? .null == .null && first["run"] ?? .null == .null, "\(first.serialized())")
        #expect(first["unready"]?.array?.count == 1 && first["unready"]?[0]?["service"] == "backend")
        #expect(first["unready"]?[0]?["diagnosis"]?.serialized().contains("db.internal:5432") == true)
        let groups = first["groups"]?.array ?? []
        #expect(groups.count == 1 && groups[0].serialized().contains("db.internal:5432"), "\(groups)")
    }

    @Test func `a command before a release that fails, or changes the tree, stops the fix`() async throws {
        let scenario = try await LoopScenario(port: 19_672, faults: "ws-1011")
        let project = scenario.project
        do {
            let refusals = [
                ("echo unit tests: 1 failed; exit 4", "the before_deploy command ended with 4", "unit tests: 1 failed"),
                ("echo built; touch made.txt", "changed what git sees: made.txt", "built"),
            ]
            for (command, words, logged) in refusals {
                try await scenario.settle(
                    loop: "loop: { flaky_reruns: 0, before_deploy: [\"true\", \"\(command)\"] }\n")
                let before = try await project.shell("git", "rev-parse", "HEAD").outputText
                let ended = try await project.json("loop", "--fix", LoopScenario.mending("ws-1011"), exit: 3)
                #expect(ended["outcome"] == "fix-failed", "\(ended.serialized(pretty: true))")
                #expect(ended["why"]?.string?.contains(words) == true, "\(ended["why"] ?? .null)")
                #expect(try await project.shell("git", "rev-parse", "HEAD").outputText == before)
                #expect(ended["tree"]?["clean"]?.bool == true)
                try await scenario.expectAsReported(ended)
                let fix = try #require(ended["iterations"]?[0]?["fix"])
                #expect(fix["commit"] ?? .null == .null && fix["files"]?.array == ["image/backend.sh"])
                let patch = try #require(fix["patch"]?.string)
                #expect(try String(contentsOf: URL(filePath: patch), encoding: .utf8).contains("-SAMPLE_FAULT=ws-1011"))
                let folder = try #require(ended["iterations"]?[0]?["brief"]?.string)
                let log = try String(contentsOf: URL(filePath: folder + "/before-deploy-2.log"), encoding: .utf8)
                #expect(log == logged + "\n")
            }
            try await scenario.settle(
                loop: "loop: { flaky_reruns: 0, before_deploy: [\"! grep -q ws-1011 image/backend.sh\"] }\n")
            let done = try await project.json("loop", "--fix", LoopScenario.mending("ws-1011"), exit: 0)
            #expect(done["outcome"] == "goal", "\(done.serialized())")
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }
}
