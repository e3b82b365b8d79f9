import Foundation
import JSON
import Testing
import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Loops that somebody stops, or kills: what they say, what they leave, and that they go on or are ended.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LoopInterruptionTests {
    /// Does half of it the first time that it is asked, and waits; then takes the fault away.
    private static func hesitant(_ wait: String = "sleep 60") -> String {
        """
        if [ -e .stagectl/second ]; then \(LoopScenario.mending("ws-1011"))
        else touch .stagectl/second; echo junk > image/VERSION; echo half-done; \(wait); fi
        """
    }

    private static func scenario(port: Int) async throws -> LoopScenario {
        try await LoopScenario(port: port, faults: "ws-1011", loop: "loop: { flaky_reruns: 0 }\n")
    }

    /// Sends one signal as soon as there is a line with the text, and another one once it is told that it stops.
    private func stop(
        _ arguments: [String], with number: Int32, at text: String, again: Int32? = nil, in project: AcceptanceProject
    ) async throws -> ProcessResult {
        let (first, second) = (Once(), Once())
        return try await project.stagectl(arguments + ["-o", "json"]) { process, line in
            if line.contains(text), first.first() { kill(process, number) }
            if let again, line.contains("stopping safely"), second.first() { kill(process, again) }
        }
    }

    /// What every loop that was stopped says, wherever it stood.
    private func expectStopped(_ result: ProcessResult, _ code: Int32, _ told: String) throws -> JSONValue {
        #expect(result.exitCode == code, "\(told): \(result.errorText)")
        let document = try JSONValue(parsing: result.output)
        let run = try #require(document["run"]?.string)
        #expect(document["schema"] == "stagectl.loop/v1" && document["outcome"] == "interrupted", "\(told)")
        let error = document["error"] ?? .null
        #expect(error["category"]?.string == (code == 143 ? "terminated" : "interrupted"), "\(told)")
        #expect(error["hint"]?.string == "stagectl resume \(run)", "\(told): \(error)")
        #expect(error["details"]?.serialized().contains("stagectl abort \(run)") == true, "\(told): \(error)")
        #expect(result.errorText.contains("stagectl resume \(run)"), "\(told): \(result.errorText)")
        return document
    }

    @Test func `one signal in a release, in a fix and in the next release each leaves a loop that goes on to its goal`()
        async throws
    {
        let scenario = try await Self.scenario(port: 19_652)
        let project = scenario.project
        do {
            var command = ["loop", "--fix", Self.hesitant()]
            for (number, code, text) in [
                (SIGINT, 130, "…  health:backend"), (SIGINT, 130, "│ half-done"),
                (SIGTERM, 143, "…  candidate:backend"),
            ] as [(Int32, Int32, String)] {
                let stopped = try expectStopped(
                    try await stop(command, with: number, at: text, in: project), code, text)
                try await scenario.expectAsReported(stopped)
                #expect(stopped["tree"]?["clean"]?.bool == true, "\(text)")
                try await expectOwnWorkIsKept(project)
                command = ["resume", try #require(stopped["run"]?.string)]
            }
            let done = try await project.json(command, exit: 0)
            #expect(done["outcome"] == "goal" && done["iterations"]?.array?.count == 2, "\(done.serialized())")
            // What the fix had done when it was stopped is kept, and in no commit.
            let folder = try #require(done["iterations"]?[0]?["brief"]?.string)
            #expect(try String(contentsOf: URL(filePath: folder + "/fix.log"), encoding: .utf8).contains("half-done"))
            let changed = try await project.shell("git", "diff", "--name-only", "main", "HEAD").outputText
            #expect(changed == "image/backend.sh\n")
            try await scenario.expectAsReported(done)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    /// What somebody did while the loop stood still is neither taken for a fix nor put back.
    private func expectOwnWorkIsKept(_ project: AcceptanceProject) async throws {
        let before = try await project.shell("git", "rev-parse", "HEAD").outputText
        try project.write("mine\n", to: "notes.txt")
        let changed = try await project.json("resume", exit: 5)
        #expect(changed["error"]?.serialized().contains("notes.txt") == true, "\(changed["error"] ?? .null)")
        #expect(try await project.shell("git", "status", "--porcelain").outputText == "?? notes.txt\n")
        try await project.commit("mine")
        let committed = try await project.json("resume", exit: 5)
        #expect(committed["error"]?["hint"]?.string?.contains("stagectl abort") == true, "\(committed)")
        #expect(try await project.shell("git", "log", "-1", "--format=%s").outputText == "mine\n")
        try await project.shell("git", "reset", "--quiet", "--hard", before.filter { !$0.isNewline })
    }

    @Test func `a second Ctrl-C ends at once with the document, and abort puts the tree back`() async throws {
        let scenario = try await Self.scenario(port: 19_656)
        let project = scenario.project
        do {
            // Deaf, so that the second one is never too late: the first build, and then the fix.
            func deaf(_ name: String) -> String { "trap '' TERM; echo \(name); sleep 61.3" }
            let services = try await project.shell("cat", "environments/services.yaml").outputText
            let mark = project.folder + "/.stagectl/second"
            let build = "test -e \(mark) && exit; touch \(mark); " + deaf("a deaf build")
            try project.write(
                services.replacing(
                    "process: [image/backend.sh] }",
                    with: "process: [image/backend.sh], before: [sh, -c, \"\(build)\"] }"),
                to: "environments/services.yaml")
            try await project.commit("a build that takes its time")
            let fix = "echo junk > image/VERSION; " + deaf("a deaf fix")
            let first = try await stop(
                ["loop", "--fix", fix, "--verbose"], with: SIGINT, at: "a deaf build", again: SIGINT, in: project)
            let run = try #require(try expectStopped(first, 130, "twice in a release")["run"]?.string)
            let cut = try await stop(["resume", run], with: SIGINT, at: "│ a deaf fix", again: SIGINT, in: project)
            _ = try expectStopped(cut, 130, "twice in a fix")
            try await LoopScenario.eventually {
                try await ChildProcess.run(CommandLine(["pgrep", "-f", "^sleep 61.3"])).outputText.isEmpty
            }
            // The fix is killed, and putting it back may be faster than the end.
            try await expectAborted(run, scenario, mayBePutBack: true)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    /// The tree is as it was, what the fix had changed is a patch, and there is nothing to be ended any more.
    ///
    /// - Parameter mayBePutBack: before, by what stopped it.
    private func expectAborted(_ run: String, _ scenario: LoopScenario, mayBePutBack: Bool = false) async throws {
        let project = scenario.project
        let status = try await project.shell("git", "status", "--porcelain").outputText
        #expect(status == " M image/VERSION\n" || mayBePutBack && status.isEmpty, "\(status)")
        let head = try await project.shell("git", "rev-parse", "HEAD").outputText.filter { !$0.isNewline }
        let aborted = try await project.json("abort", run, exit: 0)
        #expect(aborted["outcome"] == "aborted" && aborted["error"] ?? .null == .null, "\(aborted.serialized())")
        #expect(aborted["tree"]?["clean"]?.bool == true && aborted["tree"]?["head"]?.string == head)
        try await scenario.expectAsReported(aborted)
        let name = status.isEmpty ? "fix.patch" : "aborted.patch"
        let patch = "\(project.folder)/.stagectl/loops/\(run)/1/\(name)"
        #expect(try String(contentsOf: URL(filePath: patch), encoding: .utf8).contains("+junk"))
        let refused = try await project.json("abort", run, exit: 5)
        #expect(refused["error"]?["hint"]?.string == "stagectl show \(run)")
    }

    @Test func `kill -9 in a release is resumed, kill -9 in a fix is aborted, and the next loop reaches its goal`()
        async throws
    {
        let scenario = try await Self.scenario(port: 19_660)
        let project = scenario.project
        do {
            let killed = try await project.stagectl(
                ["loop", "--fix", Self.hesitant()], killedAt: "…  candidate:backend")
            #expect(killed.exitCode == 137, "\(killed.errorText)")
            let again = try await project.stagectl(["resume"], killedAt: "│ half-done")
            #expect(again.exitCode == 137, "\(again.errorText)")
            let open = try await project.json("resume", "--dry-run", exit: 0)
            try await expectAborted(try #require(open["run"]?.string), scenario)

            let command = ["loop", "--fix", LoopScenario.mending("ws-1011")]
            #expect(try await project.stagectl(command, killedAt: "…  health:backend").exitCode == 137)
            let done = try await project.json("resume", exit: 0)
            #expect(done["outcome"] == "goal" && done["iterations"]?.array?.count == 2, "\(done.serialized())")
            try await scenario.expectAsReported(done)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }
}
