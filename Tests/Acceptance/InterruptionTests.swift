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
    /// Two services that serve, and a health window that is long enough to be hit. The chapters follow each other in
    /// one project, as they would in a bad week: what one leaves behind is what the next one starts with.
    private func withProject(port: Int, _ chapters: (AcceptanceProject) async throws -> Void) async throws {
        let project = try await AcceptanceProject(runtime: "process", port: port)
        do {
            _ = try await project.json("deploy", "--all", exit: 0)
            try await project.makeHealthPatient()
            try await chapters(project)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    @Test func `Ctrl-C, twice, and a server that dies leave traffic as it was`() async throws {
        try await withProject(port: 18480) { project in
            try await interruptOnce(project)
            try await interruptTwice(project)
            try await takeUpWhatIsExecuted(project)
            try await killServer(project)
        }
    }

    @Test func `kill -9 at any step leaves a run that is shown and can be undone or finished`() async throws {
        try await withProject(port: 18484) { project in
            for step in ["candidate:backend", "ready:backend", "health:backend", "traffic", "assert:backend"] {
                try await killAndAbort(project, at: step)
            }
            for step in ["candidate:backend", "health:backend", "traffic"] {
                try await killAndResume(project, at: step)
            }
        }
    }

    private func interruptOnce(_ project: AcceptanceProject) async throws {
        let before = try await project.shares(of: "backend")
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
    }

    private func interruptTwice(_ project: AcceptanceProject) async throws {
        let before = try await project.shares(of: "backend")
        let (first, second) = (Once(), Once())
        let result = try await project.stagectl("deploy", "backend", "--set-env", "ROUND=2") { process, line in
            if line.contains("health:backend"), first.first() { kill(process, SIGINT) }
            // The undo may still be faster than the second one.
            if line.contains("stopping safely"), second.first() { kill(process, SIGINT) }
        }
        #expect(result.exitCode == 130, "\(result.errorText)")
        let status = try await project.json("status", "backend", exit: 0)
        if status["services"]?[0]?["run"]?.string != nil {
            #expect(result.errorText.contains("stagectl resume"), "\(result.errorText)")
            _ = try await project.json("abort", exit: 0)
        }
        #expect(try await project.shares(of: "backend") == before)
    }

    private func takeUpWhatIsExecuted(_ project: AcceptanceProject) async throws {
        let (reached, processes) = (Once(), AsyncStream<Int32>.makeStream())
        let deploy = Task {
            defer { processes.continuation.finish() }
            return try await project.stagectl("deploy", "backend", "--set-env", "ROUND=3") { process, line in
                if line.contains("health:backend"), reached.first() { processes.continuation.yield(process) }
            }
        }
        var refusals = 0
        for await process in processes.stream {
            let refused = try await project.json("resume", exit: 5)
            #expect(refused["error"]?["hint"]?.string?.contains("\(process)") == true)
            refusals += 1
        }
        #expect(refusals == 1)
        #expect(try await deploy.value.exitCode == 0)
        let status = try await project.json("status", "backend", exit: 0)
        let drift = status["services"]?[0]?["drift"]?.array?.compactMap(\.string) ?? []
        #expect(drift.contains { $0.contains("ROUND") }, "what was set for one release is drift: \(drift)")
    }

    private func killServer(_ project: AcceptanceProject) async throws {
        let before = try await project.shares(of: "backend")
        let server = try #require(try await project.json("local", "status", exit: 0)["pid"]?.integer)
        let sent = Once()
        let result = try await project.stagectl(
            "deploy", "backend", "--set-env", "ROUND=4", "-o", "json"
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

    private func killAndAbort(_ project: AcceptanceProject, at step: String) async throws {
        let before = try await project.shares(of: "backend")
        let run = try await killDeploy(of: project, at: step)
        let abort = try await project.json("abort", exit: 0)
        #expect(abort["run"]?.string == run, "\(step)")
        #expect(abort["outcome"] == "failed" || abort["outcome"] == "rolled-back", "\(step)")
        #expect(try await project.shares(of: "backend") == before, "\(step)")
        #expect(try await project.json("abort", exit: 64)["error"]?["category"] == "usage", "nothing is left")
    }

    private func killAndResume(_ project: AcceptanceProject, at step: String) async throws {
        let before = try await project.shares(of: "backend")
        let run = try await killDeploy(of: project, at: step)
        let resumed = try await project.json("resume", exit: 0)
        #expect(resumed["run"]?.string == run, "\(step)")
        #expect(resumed["outcome"] == "promoted", "\(step)")
        let after = try await project.shares(of: "backend")
        #expect(after.count == 1 && after != before, "\(step)")
        #expect(after.keys.first == resumed["services"]?[0]?["revision"]?.string, "\(step)")
    }

    /// Returns the run that was killed.
    private func killDeploy(of project: AcceptanceProject, at step: String) async throws -> String {
        let sent = Once()
        let result = try await project.stagectl(
            "deploy", "backend", "--set-env", "KILLED=\(UInt32.random(in: 0 ... .max))"
        ) {
            process, line in
            if line.contains("…  \(step)"), sent.first() { kill(process, SIGKILL) }
        }
        #expect(result.exitCode == 128 + SIGKILL, "\(step): \(result.errorText)")
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
