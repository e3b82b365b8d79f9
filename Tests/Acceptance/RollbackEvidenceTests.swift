import JSON
import Testing
import Transport

/// Going back to what was found broken has to be meant.
@Suite(.serialized) struct RollbackEvidenceTests {
    @Test func `a revision whose smoke did not pass is gone back to only when that is overridden`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18660)
        do {
            _ = try await project.json("deploy", "auth", exit: 0)
            _ = try await project.json("deploy", "backend", exit: 0)
            let failed = try await project.json(
                "deploy", "backend", "--set-env", "SAMPLE_FAULT=ws-1011", "--allow-dirty", exit: 3)
            let broken = try #require(failed["services"]?[0]?["candidate"]?.string)
            let run = try #require(failed["run"]?.string)

            let refused = try await project.json("rollback", "backend", "--to", broken, exit: 5)
            #expect(refused["error"]?["category"] == "conflict")
            #expect(
                refused["error"]?["summary"]?.string == "smoke of `\(broken)` did not pass, so nothing goes back to it")
            #expect(refused["error"]?["details"]?[0]?["value"]?.string == run)
            #expect(
                refused["error"]?["hint"]?.string?.hasSuffix(
                    "stagectl rollback backend --to \(broken) --override smoke=REASON") == true)
            #expect(try await project.shares(of: "backend")[broken] == nil)

            let dry = try await project.json("rollback", "backend", "--to", broken, "--dry-run", exit: 5)
            #expect(dry["error"]?["category"] == "conflict")

            let meant = try await project.json(
                "rollback", "backend", "--to", broken, "--override", "smoke=the echo is not used", exit: 0)
            #expect(meant["outcome"] == "rolled-back" && meant["verdict"]?["result"] == "incomplete")
            #expect(meant["verdict"]?["rule"]?.string?.contains("overridden: the echo is not used") == true)
            #expect(try await project.shares(of: "backend") == [broken: 100])
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    @Test(arguments: [
        (["--to", "x", "--override", "health=why"], "--override takes smoke"),
        (["--to", "x", "--override", "smoke= "], "say why"),
        (["--override", "smoke=why"], "--override smoke goes with --to"),
    ])
    func `an override that says nothing, or is for nothing, is a mistake in usage`(
        _ flags: [String], _ words: String
    ) async throws {
        let google = try OrderlyGoogle()
        defer { google.end() }
        let result = try await ChildProcess.run(
            CommandLine(
                [AcceptanceProject.products + "/stagectl", "rollback", "backend"] + flags,
                environment: google.variables(), workingDirectory: google.folder, deadline: .seconds(60)))
        #expect(result.exitCode == 64 && result.errorText.contains(words), "\(result.errorText)")
    }
}
