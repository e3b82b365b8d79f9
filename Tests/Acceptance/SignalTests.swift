import JSON
import Testing
import Transport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// How a release ends that somebody or something stops from outside, through the real binary on plain processes.
@Suite(.serialized) struct SignalTests {
    private func withProject(port: Int, _ chapters: (AcceptanceProject) async throws -> Void) async throws {
        let project = try await AcceptanceProject(runtime: "process", port: port)
        do {
            _ = try await project.json("deploy", "--all", exit: 0)
            try await project.makeHealthPatient()
            let tally = try await LiveTraffic.during(project) { try await chapters(project) }
            #expect(tally.failures == [], "of \(tally.requests) requests and \(tally.echoes) echoes")
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    /// Runs a shell script in the project, with the binary as `$0`, and tells every line that comes.
    private func shell(
        _ script: String, in project: AcceptanceProject, port: Int,
        onLine: (@Sendable (String) -> Void)? = nil
    ) async throws -> ProcessResult {
        try await ChildProcess.run(
            CommandLine(
                ["/bin/sh", "-c", script, AcceptanceProject.products + "/stagectl"],
                environment: [
                    "STAGECTL_LOCAL_PORT": "\(port)", "STAGECTL_LOCAL_INGRESS_PORT": "\(port + 1)",
                    "STAGECTL_LOCAL_RUNTIME": "process", "STAGECTL_STATE": project.folder + "/.stagectl",
                ], workingDirectory: project.folder, deadline: .seconds(60))
        ) { _, line in onLine?(line) }
    }

    private func process(of project: AcceptanceProject) throws -> Int32 {
        let text = try String(contentsOf: URL(filePath: project.folder + "/.process"), encoding: .utf8)
        return try #require(Int32(text.filter(\.isNumber)))
    }

    @Test func `a second Ctrl-C leaves one document that names the run, and nothing that goes on`() async throws {
        try await withProject(port: 18540) { project in
            // A build that does not listen: the safe stop waits for it, so that the second signal is never too late.
            let services = try await project.shell("cat", "environments/services.yaml").outputText
            let before = "process: [image/SampleService], before: [sh, -c, \"trap '' TERM; echo deaf; sleep 31.7\"] }"
            try project.write(
                services.replacing("process: [image/SampleService] }", with: before), to: "environments/services.yaml")
            try project.write("slow\n", to: "image/VERSION")
            try await project.commit("a build that takes its time")
            let shares = try await project.shares(of: "backend")
            let (first, second) = (Once(), Once())
            let result = try await project.stagectl("deploy", "backend", "--verbose", "-o", "json") { process, line in
                if line.contains("deaf"), first.first() { kill(process, SIGINT) }
                if line.contains("stopping safely"), second.first() { kill(process, SIGINT) }
            }
            #expect(result.exitCode == 130, "\(result.errorText)")
            let document = try JSONValue(parsing: result.output)
            #expect(document["schema"] == "stagectl.release/v1")
            #expect(document["outcome"] == "needs-attention")
            #expect(document["error"]?["category"] == "interrupted")
            let run = try #require(document["run"]?.string)
            #expect(document["error"]?["hint"]?.string == "stagectl resume \(run)")
            #expect(document["services"]?[0]?["service"] == "backend")
            let build = document["steps"]?.array?.first { $0["id"] == "build:backend" }
            #expect(build?["status"] == "failed" && build?["note"]?.string?.contains("in doubt") == true)
            #expect(result.errorText.contains("stagectl resume \(run)") && result.errorText.contains("stagectl abort"))
            // The build ends with the program.
            try await eventually {
                try await ChildProcess.run(CommandLine(["pgrep", "-f", "^sleep 31.7"])).outputText.isEmpty
            }

            let plan = try await project.json("abort", "--dry-run", exit: 0)
            #expect(plan["run"]?.string == run && plan["steps"] == [])
            let abort = try await project.json("abort", exit: 0)
            #expect(abort["run"]?.string == run)
            #expect(try await project.shares(of: "backend") == shares)
        }
    }

    @Test(arguments: [SIGTERM, SIGHUP, SIGINT])
    func `one signal stops safely, undone, with its code`(number: Int32) async throws {
        let code: Int32 = number == SIGINT ? 130 : 143
        try await withProject(port: 18544) { project in
            let before = try await project.shares(of: "backend")
            for step in ["candidate:backend", "health:backend", "smoke", "traffic"] {
                let sent = Once()
                let result = try await project.stagectl(
                    "deploy", "backend", "--set-env", "ROUND=\(step)", "-o", "json"
                ) { process, line in
                    if line.contains("…  \(step)"), sent.first() { kill(process, number) }
                }
                let document = try JSONValue(parsing: result.output)
                #expect(result.exitCode == code, "\(step): \(result.errorText)")
                // The signal may be there before the write that moves traffic.
                let outcomes: [JSONValue] = step == "traffic" ? ["rolled-back", "failed"] : ["failed"]
                #expect(outcomes.contains { $0 == document["outcome"] }, "\(step)")
                #expect(
                    document["error"]?["category"]?.string == (code == 130 ? "interrupted" : "terminated"), "\(step)")
                #expect(try await project.shares(of: "backend") == before, "\(step)")
                let status = try await project.json("status", "backend", exit: 0)
                #expect(status["services"]?[0]?["run"] == .null, "\(step): nothing is left to take up")
            }
        }
    }

    @Test func `Ctrl-C at every step of a release leaves traffic as it was, or comes too late`() async throws {
        try await withProject(port: 18570) { project in
            let steps = [
                "build", "lock", "candidate", "ready", "tag", "health", "smoke", "traffic", "assert", "record",
            ]
            for step in steps {
                let before = try await project.shares(of: "backend")
                try project.write("\(step)\n", to: "image/VERSION")
                try await project.commit(step)
                let sent = Once()
                let result = try await project.stagectl("deploy", "backend", "-o", "json") { process, line in
                    if line.contains("…  \(step):backend"), sent.first() { kill(process, SIGINT) }
                }
                #expect(!sent.first(), "\(step) is a step of this release")
                let document = try JSONValue(parsing: result.output)
                if document["outcome"] == "promoted" {
                    #expect(result.exitCode == 0 && document["error"] == .null, "\(step)")
                    #expect(try await project.shares(of: "backend") != before, "\(step)")
                } else {
                    #expect(result.exitCode == 130, "\(step): \(result.errorText)")
                    #expect(document["error"]?["category"] == "interrupted", "\(step)")
                    #expect(try await project.shares(of: "backend") == before, "\(step)")
                }
                let status = try await project.json("status", exit: 0)
                #expect(status["unfinishedRuns"] == [], "\(step)")
                #expect(try await project.json("lock", "show", exit: 0)["locks"] == [], "\(step)")
            }
        }
    }

    @Test func `one end that is said several times is still a safe one`() async throws {
        try await withProject(port: 18548) { project in
            let before = try await project.shares(of: "backend")
            // As a shell and the kernel hang up, as a machine that goes down does, and as timeout(1) terminates.
            for (round, numbers) in [[SIGHUP, SIGHUP], [SIGHUP, SIGTERM], [SIGTERM, SIGTERM]].enumerated() {
                let (sent, again) = (Once(), Once())
                let result = try await project.stagectl(
                    "deploy", "backend", "--set-env", "ROUND=\(round)", "-o", "json"
                ) { process, line in
                    if line.contains("…  health:backend"), sent.first() { kill(process, numbers[0]) }
                    if line.contains("stopping safely"), again.first() { kill(process, numbers[1]) }
                }
                #expect(result.exitCode == 143, "\(numbers): \(result.errorText)")
                #expect(try JSONValue(parsing: result.output)["outcome"] == "failed", "\(numbers)")
                #expect(try await project.shares(of: "backend") == before, "\(numbers)")
            }
        }
    }

    @Test func `a terminal that is closed undoes the release, and nohup lets it go on`() async throws {
        try await withProject(port: 18552) { project in
            let before = try await project.shares(of: "backend")
            // `script` is the terminal; its end is what the kernel makes of a closed window.
            let closed = Once()
            let inner = "echo $$ >.process; exec stagectl deploy backend --set-env ROUND=1 -o json"
            _ = try await shell(
                "PATH=$(dirname \"$0\"):$PATH; echo $$ >.terminal; exec script -qec '\(inner)' /dev/null",
                in: project, port: 18552
            ) { line in
                guard line.contains("health:backend"), closed.first() else { return }
                let text = try? String(contentsOf: URL(filePath: project.folder + "/.terminal"), encoding: .utf8)
                if let terminal = text.flatMap({ Int32($0.filter(\.isNumber)) }) { kill(terminal, SIGKILL) }
            }
            let process = try process(of: project)
            try await eventually { kill(process, 0) != 0 }
            let last = try await project.json("history", exit: 0)["releases"]?[0]
            #expect(last?["outcome"] == "failed" && last?["error"]?["category"] == "interrupted")
            #expect(try await project.shares(of: "backend") == before)

            let hungUp = Once()
            let kept = try await shell(
                "trap '' HUP; echo $$ >.process; exec \"$0\" deploy backend --set-env ROUND=2 -o json",
                in: project, port: 18552
            ) { line in
                if line.contains("…  health:backend"), hungUp.first(), let process = try? self.process(of: project) {
                    kill(process, SIGHUP)
                }
            }
            #expect(kept.exitCode == 0, "\(kept.errorText)")
            #expect(try JSONValue(parsing: kept.output)["outcome"] == "promoted")
        }
    }

    @Test(arguments: [
        // Nobody reads any more.
        "{ \"$0\" deploy backend --set-env ROUND=1 -o json; echo $? >.code; } 2>&1 | true",
        // Nobody could ever read: the first files that are opened must not be taken for the streams.
        "\"$0\" deploy backend --set-env ROUND=2 -o json >&- 2>&- <&-; echo $? >.code",
        // Nothing can be written.
        "\"$0\" deploy backend --set-env ROUND=3 -o json >/dev/full 2>/dev/full; echo $? >.code",
    ])
    func `a release goes on to its end when nobody listens`(script: String) async throws {
        try await withProject(port: 18556) { project in
            let before = try await project.shares(of: "backend")
            _ = try await shell(script, in: project, port: 18556)
            #expect(try await project.shell("cat", ".code").outputText == "0\n")
            #expect(try await project.shares(of: "backend") != before)
            #expect(try await project.json("history", exit: 0)["releases"]?[0]?["outcome"] == "promoted")
        }
    }

    /// Asks until it is so.
    private func eventually(_ condition: () async throws -> Bool) async throws {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(30)
        while try await !condition() {
            try #require(clock.now < end, "it never became so")
            try await clock.sleep(for: .milliseconds(20))
        }
    }
}
