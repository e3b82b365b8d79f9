import Foundation
import JSON
import Synchronization
import Testing
import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Loops that are cut, and the search for the commit that broke something, with the real binary.
@Suite(.serialized, .timeLimit(.minutes(10))) struct LoopResumeTests {
    @Test func `a loop that is killed is resumed to its goal, and another one is refused meanwhile`() async throws {
        let scenario = try await LoopScenario(port: 19_622, faults: "ws-1011")
        let project = scenario.project
        do {
            let cut = try await project.stagectl(
                ["loop", "--fix", LoopScenario.mending("ws-1011")], killedAt: "  fix      1 file")
            #expect(cut.exitCode == 128 + 9, "\(cut.errorText)")
            // What a kill within the commit leaves of libgit2: on a branch of the loop's own it stops nobody.
            let branch = try await project.shell("git", "branch", "--show-current").outputText.filter { !$0.isNewline }
            try await project.shell("touch", ".git/refs/heads/\(branch).lock")
            let killed = try await project.stagectl(["resume"], killedAt: "  commit ")
            #expect(killed.exitCode == 128 + 9, "\(killed.errorText)")
            let second = try await project.json("loop", exit: 5)
            #expect(second["error"]?["hint"]?.string?.contains("stagectl resume r") == true, "\(second.serialized())")
            let done = try await project.json("resume", exit: 0)
            #expect(done["outcome"] == "goal", "\(done.serialized(pretty: true))")
            #expect(done["iterations"]?.array?.count == 2)
            let fixes = try await project.shell("git", "log", "--format=%s", "main..HEAD").outputText
            #expect(fixes.split(separator: "\n").count == 1, "\(fixes)")
            try await scenario.expectAsReported(done)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    @Test func `the commit that broke a check is found by candidates without traffic`() async throws {
        let scenario = try await LoopScenario(port: 19_626, faults: "")
        let project = scenario.project
        do {
            let good = try await project.json("deploy", "--all", exit: 0)
            let served = good["services"]?.array?.first { $0["service"] == "backend" }?["revision"]?.string
            for number in 1...4 {
                if number == 3 { try scenario.write(faults: "ws-1011") }
                try project.write("version \(number)\n", to: "image/VERSION")
                try await project.commit("change \(number)")
            }
            let broken = try await project.shell("git", "rev-parse", "HEAD~1").outputText.filter { !$0.isNewline }
            // Cut while a candidate of the search is there, and given up: nothing of it is left.
            let isSearching = Mutex(false)
            let killed = try await project.stagectl(["loop"]) { process, line in
                if line.contains("  bisect ") { isSearching.withLock { $0 = true } }
                if line.contains("✔  tag:backend"), isSearching.withLock(\.self) { kill(process, SIGKILL) }
            }
            #expect(killed.exitCode == 128 + 9, "\(killed.errorText)")
            #expect(try await project.stagectl("traffic", "show", "backend", "-o", "json").outputText.contains("\"l-"))
            let aborted = try await project.json("abort", exit: 0)
            #expect(aborted["outcome"] == "aborted")
            let tags = try await project.stagectl("traffic", "show", "backend", "-o", "json")
            #expect(!tags.outputText.contains("\"l-"), "\(tags.outputText)")

            let ended = try await project.json("loop", exit: 3)
            let iteration = try #require(ended["iterations"]?[0])
            #expect(iteration["bisect"]?["firstBad"]?.string == broken, "\(ended.serialized(pretty: true))")
            #expect(iteration["bisect"]?["check"] == "backend-smoke/ws.echo")
            // The last release is the loop's own, and none of the candidates that it asked.
            let shown = try await project.json("show", exit: 0)
            #expect(shown["run"]?.string == iteration["run"]?.string, "\(shown.serialized())")
            // What failed can be asked again by the line that the brief gives, though its candidate is gone.
            let folder = try #require(iteration["brief"]?.string)
            let brief = try JSONValue(parsing: [UInt8](Data(contentsOf: URL(filePath: folder + "/brief.json"))))
            let line = try #require(brief["reproduce"]?[0]?["command"]?.string)
            let asked = try await ChildProcess.run(
                CommandLine(
                    ["/bin/sh", "-c", "PATH=\"\(AcceptanceProject.products):$PATH\"; \(line)"],
                    environment: project.variables([:]), workingDirectory: project.folder, deadline: .seconds(60)))
            #expect(asked.exitCode == 3, "\(line): \(asked.errorText)")
            #expect(asked.outputText.contains("✘ backend-smoke/ws.echo  failed"), "\(asked.outputText)")

            // Nobody was sent anywhere else, and no tag of the search is left.
            let shares = try await project.shares(of: "backend")
            #expect(shares == [try #require(served): 100])
            let traffic = try await project.json("traffic", "show", "backend", exit: 0)
            #expect(!traffic.serialized().contains("\"l-"), "\(traffic.serialized())")
            try await scenario.expectAsReported(ended)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    @Test func `a setting that differs from the last good release is suspected, and its value is told to nobody`()
        async throws
    {
        let scenario = try await LoopScenario(port: 19_694, faults: "", loop: "loop: { flaky_reruns: 0 }\n")
        let project = scenario.project
        do {
            // Another service that is deployed by itself is no good release of this one.
            let without = try await project.shell("cat", "environments/services.yaml").outputText
            try project.write(
                without.replacing("  backend:\n", with: "    suites: [auth-smoke]\n  backend:\n"),
                to: "environments/services.yaml")
            try project.write(
                "version: 1\nsuite: auth-smoke\npriority: P1\nowner: me\nchecks:\n  - { id: up, http: GET /health }\n",
                to: "environments/suites/auth-smoke.yaml")
            try await project.commit("auth has a suite")
            _ = try await project.json("deploy", "--all", exit: 0)
            _ = try await project.json("deploy", "auth", "--set-env", "GREETING=hallo", exit: 0)
            let services = try await project.shell("cat", "environments/services.yaml").outputText
            try project.write(
                services.replacing(
                    "SAMPLE_ROLE: backend, JWT_SECRET: acceptance-secret",
                    with: "SAMPLE_ROLE: backend, JWT_SECRET: one-that-nobody-knows"),
                to: "environments/services.yaml")
            try await project.commit("another key")
            let ended = try await project.json("loop", "backend", exit: 3)
            let group = try #require(ended["iterations"]?[0]?["groups"]?[0])
            #expect(group["cause"]?["kind"] == "token-rejected", "\(group.serialized(pretty: true))")
            let whys = group["cause"]?["whys"]?.serialized() ?? ""
            #expect(whys.contains("env.JWT_SECRET: (value 1)") && whys.contains("another key"), "\(whys)")
            let folder = try #require(ended["iterations"]?[0]?["brief"]?.string)
            let brief = try String(contentsOf: URL(filePath: folder + "/brief.md"), encoding: .utf8)
            #expect(brief.contains("## Suspects") && brief.contains("(value 1) → (value 2)"), "\(brief)")
            let leaks = try await ChildProcess.run(
                CommandLine(
                    [
                        "grep", "-rl", "one-that-nobody-knows", project.folder + "/.stagectl/loops",
                        folder + "/brief.json",
                    ]))
            #expect(leaks.outputText.isEmpty, "\(leaks.outputText)")
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }
}
