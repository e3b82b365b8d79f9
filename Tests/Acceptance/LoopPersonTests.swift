import Foundation
import JSON
import Testing
import Transport

/// A person who mends what fails, at a real pseudo-terminal.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LoopPersonTests {
    private static let loop = "loop --fix-interactive"

    @Test func `Enter goes on with what was mended, q and Ctrl-C stop, and without a terminal nothing begins`()
        async throws
    {
        let scenario = try await LoopScenario(port: 19_676, faults: "ws-1011", loop: "loop: { flaky_reruns: 0 }\n")
        let project = scenario.project
        do {
            let refused = try await project.json("loop", "--fix-interactive", exit: 64)
            #expect(refused["error"]?["hint"]?.string?.contains("--fix COMMAND") == true, "\(refused.serialized())")
            #expect(!FileManager.default.fileExists(atPath: project.folder + "/.stagectl/loops.sqlite"))
            #expect(try await project.shell("git", "branch", "--show-current").outputText == "main\n")
            guard await TerminalScreen.hasEmulator() else {
                try await project.end()
                return print("skipped: STAGECTL_PYTHON names no Python with pyte")
            }
            try await stops(scenario)
            // Their names begin with the time.
            let brief = "$(ls -d .stagectl/loops/*/1 | tail -1)/brief.md"
            let mend = "shell:test -s \(brief) && sed -i 's/ws-1011//' image/backend.sh"
            let seen = try await TerminalScreen.run(
                Self.loop, at: "120x40",
                [("press Enter", "type:"), ("nothing was changed yet", mend), ("press Enter", "type:")], in: project)
            #expect(seen.exit == 0, "\(seen.left)")
            #expect(seen.left.contains { $0.contains(": goal after 2 iterations") }, "\(seen.left)")
            #expect(seen.before[0].contains { $0.contains("brief.md") }, "\(seen.before[0])")
            let subject = try await project.shell("git", "log", "-1", "--format=%s").outputText
            #expect(subject == "loop(1): fixes backend P1/ws.echo\n")
            #expect(try await project.shell("git", "status", "--porcelain").outputText.isEmpty)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    private func stops(_ scenario: LoopScenario) async throws {
        let project = scenario.project
        let half = "shell:echo half > image/VERSION"
        let quit = try await TerminalScreen.run(
            Self.loop, at: "120x40", [("press Enter", half), ("press Enter", "type:q")], in: project)
        #expect(quit.exit == 3, "\(quit.left)")
        #expect(quit.left.contains { $0.contains("fix-failed") && $0.contains("stopped") }, "\(quit.left)")
        // What was half done is put back, and kept.
        #expect(try await project.shell("git", "status", "--porcelain").outputText.isEmpty)
        let last = try await project.shell("sh", "-c", "cat .stagectl/loops/*/1/fix.patch").outputText
        #expect(last.contains("+half"), "\(last)")
        let cut = try await TerminalScreen.run(
            Self.loop, at: "120x40", [("press Enter", "interrupt")], in: project)
        #expect(cut.exit == 130 && cut.left.contains { $0.contains("stagectl resume r") }, "\(cut.left)")
        // Where nobody can answer it is not taken for somebody who stops.
        #expect(try await project.json("resume", exit: 64)["error"]?["category"] == "usage")
        #expect(try await project.json("abort", exit: 0)["outcome"] == "aborted")
    }
}
