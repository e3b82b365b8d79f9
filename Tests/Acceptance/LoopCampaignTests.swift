import JSON
import Testing
import Transport

/// Loops that are killed, or stopped, at any moment and again and again reach their goal all the same, with one commit and
/// nothing left over.
@Suite(.serialized, .timeLimit(.minutes(20))) struct LoopCampaignTests {
    private static let stops = 4

    @Test(arguments: ["KILL", "INT"])
    func `a loop that is ended at any moment goes on to its goal`(signal: String) async throws {
        let scenario = try await LoopScenario(
            port: signal == "KILL" ? 19_680 : 19_684, faults: "", loop: "loop: { flaky_reruns: 1 }\n")
        do {
            for round in 1...CampaignSize.number(1, whole: 30) {
                // Something that differs, so that there is always a commit.
                try scenario.project.write("round \(round)\n", to: "image/VERSION")
                try scenario.write(faults: "ws-1011")
                try await scenario.project.commit("broken again")
                try await play(scenario, signal)
            }
        } catch {
            Issue.record("\(error)")
        }
        try await scenario.project.end()
    }

    private func play(_ scenario: LoopScenario, _ signal: String) async throws {
        let project = scenario.project
        let head = try await project.shell("git", "rev-parse", "HEAD").outputText.filter { !$0.isNewline }
        let loop = ["loop", "--fix", LoopScenario.mending("ws-1011")]
        var (command, told, document) = (loop, signal, JSONValue?.none)
        for _ in 0..<Self.stops {
            let milliseconds = Int.random(in: 20...900)
            let result = try await ChildProcess.run(
                CommandLine(
                    [
                        "timeout", "--preserve-status", "--signal=\(signal)", "\(Double(milliseconds) / 1000)",
                        AcceptanceProject.products + "/stagectl",
                    ] + command + ["-o", "json"],
                    environment: project.variables([:]), workingDirectory: project.folder, deadline: .seconds(120)))
            let last = result.errorText.split(separator: "\n").last { $0.hasPrefix("  ") } ?? ""
            told += "; \(milliseconds) ms: \(result.exitCode) at \(last)"
            if result.exitCode == 0 {
                document = try JSONValue(parsing: result.output)
                break
            }
            if signal == "KILL", try await hasRemovedLock(result, project) { continue }
            #expect(result.exitCode == (signal == "INT" ? 130 : 137), "\(told): \(result.errorText)")
            // Before a program runs at all, the signal ends it and nothing is said.
            if signal == "INT", !result.output.isEmpty || !result.errorText.isEmpty {
                #expect(try JSONValue(parsing: result.output)["schema"]?.string != nil, "\(told): \(result.errorText)")
            }
            // One that was ended before it had begun is not there.
            let open = try await project.stagectl("resume", "--dry-run")
            command = open.exitCode == 0 ? ["resume"] : loop
        }
        if document == nil {
            let last = try await project.stagectl(command + ["-o", "json"]) { _, _ in }
            _ = try await hasRemovedLock(last, project)
            document =
                try await last.exitCode == 0
                ? JSONValue(parsing: last.output) : project.json(command, exit: 0)
        }
        let done = document ?? .null
        #expect(done["outcome"] == "goal" && done["iterations"]?.array?.count == 2, "\(told): \(done.serialized())")
        for iteration in done["iterations"]?.array ?? [] {
            // What failed was asked where it failed, whatever was cut meanwhile.
            #expect(iteration["flaky"]?.array?.isEmpty == true, "\(told): \(iteration["flaky"] ?? .null)")
        }
        let commits = try await project.shell("git", "log", "--format=%s", "\(head)..HEAD").outputText
        #expect(commits == "loop(1): fixes backend P1/ws.echo\n", "\(told): \(commits)")
        try await project.shell("git", "fsck", "--strict", "--no-dangling")
        let traffic = try await project.json("traffic", "show", "backend", exit: 0)
        #expect(!traffic.serialized().contains("\"l-"), "\(told): \(traffic.serialized())")
        let status = try await project.json("status", exit: 0)
        #expect(status["unfinishedRuns"] == [], "\(told)")
        try await scenario.expectAsReported(done)
    }

    /// The one thing that only a person may do: git's lock on the index, of a process that was killed in the microseconds
    /// that it takes to write, cannot be told from one that somebody holds. What is said to do helps.
    private func hasRemovedLock(_ result: ProcessResult, _ project: AcceptanceProject) async throws -> Bool {
        guard result.exitCode == 5, let hint = try JSONValue(parsing: result.output)["error"]?["hint"]?.string,
            let lock = hint.split(separator: " rm ").last, lock.hasSuffix(".lock"), lock.hasPrefix(project.folder)
        else { return false }
        #expect(!lock.contains("/refs/heads/loop/"), "the loop's own branch")
        try await project.shell("rm", String(lock))
        return true
    }
}
