import JSON
import Synchronization
import Testing
import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Ctrl-C, `kill -9` and a server that dies, each in the middle of a real deploy: traffic is as it was, and what is
/// left is told and can be finished or undone.
@Suite(.serialized) struct InterruptionTests {
    /// Two services that serve, and a health window that is long enough to be hit.
    private func withProject(port: Int, _ body: (AcceptanceProject, _ serving: [String: Int64]) async throws -> Void)
        async throws
    {
        let project = try await AcceptanceProject(runtime: "process", port: port)
        do {
            _ = try await project.json("deploy", "--all", exit: 0)
            try await project.makeHealthPatient()
            try await body(project, try await project.shares(of: "backend"))
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    @Test func `Ctrl-C undoes what was begun and says so`() async throws {
        try await withProject(port: 18480) { project, before in
            let sent = Once()
            let result = try await project.stagectl(
                "deploy", "backend", "--set-env", "ROUND=1", "-o", "json"
            ) { process, line in
                if line.contains("health:backend"), sent.first() { kill(process, SIGINT) }
            }
            #expect(result.exitCode == 130, "\(result.errorText)")
            let document = try JSONValue(parsing: result.output)
            #expect(document["outcome"] == "failed")
            #expect(document["error"]?["category"] == "interrupted")
            #expect(try await project.shares(of: "backend") == before)
            let again = try await project.json("deploy", "backend", "--set-env", "ROUND=2", exit: 0)
            #expect(again["outcome"] == "promoted")
            let status = try await project.json("status", "backend", exit: 0)
            let drift = status["services"]?[0]?["drift"]?.array?.compactMap(\.string) ?? []
            #expect(drift.contains { $0.contains("ROUND") }, "what was set for one release is drift: \(drift)")
        }
    }

    @Test func `Ctrl-C twice stops at once and prints how to go on`() async throws {
        try await withProject(port: 18482) { project, before in
            let (first, second) = (Once(), Once())
            let result = try await project.stagectl(
                "deploy", "backend", "--set-env", "ROUND=1"
            ) { process, line in
                // The undo may still be faster than the second one.
                if line.contains("health:backend"), first.first() { kill(process, SIGINT) }
                if line.contains("stopping safely"), second.first() { kill(process, SIGINT) }
            }
            #expect(result.exitCode == 130, "\(result.errorText)")
            let wasUndone = result.errorText.contains("interrupted")
            #expect(wasUndone || result.errorText.contains("stagectl resume"), "\(result.errorText)")
            if !wasUndone { _ = try await project.json("abort", exit: 0) }
            #expect(try await project.shares(of: "backend") == before)
        }
    }

    @Test(arguments: ["candidate:backend", "ready:backend", "health:backend", "traffic", "assert:backend"])
    func `kill -9 at a step leaves a run that is shown and can be undone`(step: String) async throws {
        try await withProject(port: 18484) { project, before in
            let run = try await killDeploy(of: project, at: step)
            let status = try await project.json("status", "backend", exit: 0)
            #expect(status["services"]?[0]?["run"]?.string == run)
            let abort = try await project.json("abort", exit: 0)
            #expect(abort["run"]?.string == run)
            #expect(abort["outcome"] == "failed" || abort["outcome"] == "rolled-back")
            #expect(try await project.shares(of: "backend") == before)
            #expect(try await project.json("abort", exit: 64)["error"]?["category"] == "usage", "nothing is left")
        }
    }

    @Test(arguments: ["candidate:backend", "health:backend", "traffic"])
    func `kill -9 at a step leaves a run that can be finished`(step: String) async throws {
        try await withProject(port: 18486) { project, before in
            let run = try await killDeploy(of: project, at: step)
            let resumed = try await project.json("resume", exit: 0)
            #expect(resumed["run"]?.string == run)
            #expect(resumed["outcome"] == "promoted")
            let after = try await project.shares(of: "backend")
            #expect(after.count == 1 && after != before)
            #expect(after.keys.first == resumed["services"]?[0]?["revision"]?.string)
        }
    }

    @Test func `a run that is being executed is not taken up by somebody else`() async throws {
        try await withProject(port: 18488) { project, _ in
            let (reached, lines) = (Once(), AsyncStream<Int32>.makeStream())
            async let deploy = project.stagectl("deploy", "backend", "--set-env", "ROUND=1") { process, line in
                if line.contains("health:backend"), reached.first() { lines.continuation.yield(process) }
            }
            for await process in lines.stream {
                let refused = try await project.json("resume", exit: 5)
                #expect(refused["error"]?["hint"]?.string?.contains("\(process)") == true)
                break
            }
            #expect(try await deploy.exitCode == 0)
        }
    }

    @Test func `a local server that dies in the middle leaves a run that can be undone`() async throws {
        try await withProject(port: 18490) { project, before in
            let server = try #require(try await project.json("local", "status", exit: 0)["pid"]?.integer)
            let sent = Once()
            let result = try await project.stagectl(
                "deploy", "backend", "--set-env", "ROUND=1", "-o", "json"
            ) { _, line in
                if line.contains("health:backend"), sent.first() { kill(pid_t(server), SIGKILL) }
            }
            #expect(result.exitCode == 6, "\(result.errorText)")
            let document = try JSONValue(parsing: result.output)
            #expect(document["outcome"] == "needs-attention")
            #expect(document["error"]?["hint"]?.string?.contains("stagectl") == true)
            _ = try await project.json("abort", exit: 0)
            #expect(try await project.shares(of: "backend") == before)
            #expect(try await project.json("health", exit: 0)["healthy"] == true)
        }
    }

    /// Returns the run that was killed.
    private func killDeploy(of project: AcceptanceProject, at step: String) async throws -> String {
        let sent = Once()
        let result = try await project.stagectl("deploy", "backend", "--set-env", "ROUND=1") { process, line in
            if line.contains("…  \(step)"), sent.first() { kill(process, SIGKILL) }
        }
        #expect(result.exitCode == 128 + SIGKILL, "\(result.errorText)")
        let status = try await project.json("status", "backend", exit: 0)
        return try #require(status["services"]?[0]?["run"]?.string)
    }
}

/// True for the first who asks.
final class Once: Sendable {
    private let asked = Mutex(false)

    func first() -> Bool {
        asked.withLock { known in
            defer { known = true }
            return !known
        }
    }
}
