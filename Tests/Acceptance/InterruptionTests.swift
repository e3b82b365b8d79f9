import JSON
import Synchronization
import Testing
import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Ctrl-C and a server that dies, each in the middle of a real deploy: traffic is as it was, and what is
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
            try await takeUpWhatIsExecuted(project, at: "health:backend")
            // Before any lock is held.
            try await takeUpWhatIsExecuted(project, at: "build:backend")
            try await killServer(project)
            // Without the ingress nobody can answer; whoever is answered, is answered well.
            let tally = try await LiveTraffic.during(project, serverDies: true) { try await restartServer(project) }
            #expect(tally.failures == [], "of \(tally.requests) requests, \(tally.unanswered) unanswered")
            #expect(tally.unanswered > 0)
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

    private func takeUpWhatIsExecuted(_ project: AcceptanceProject, at step: String) async throws {
        let (reached, processes) = (Once(), AsyncStream<Int32>.makeStream())
        let deploy = Task {
            defer { processes.continuation.finish() }
            return try await project.stagectl("deploy", "backend", "--set-env", "ROUND=\(step)") { process, line in
                if line.contains(step), reached.first() {
                    // It stands still until it was asked about.
                    kill(process, SIGSTOP)
                    processes.continuation.yield(process)
                }
            }
        }
        var refusals = 0
        for await process in processes.stream {
            for command in ["resume", "abort"] {
                let refused = try await project.json(command, exit: 5)
                #expect(refused["error"]?["hint"]?.string?.contains("\(process)") == true, "\(command) at \(step)")
            }
            kill(process, SIGCONT)
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

    /// Somebody else starts the server again at once. The run may go on or give up; what it leaves is whole.
    private func restartServer(_ project: AcceptanceProject) async throws {
        let before = try await project.shares(of: "backend")
        let server = try #require(try await project.json("local", "status", exit: 0)["pid"]?.integer)
        let (reached, restart) = (Once(), AsyncStream<Void>.makeStream())
        let again = Task {
            for await _ in restart.stream { _ = try await project.stagectl("local", "up") }
        }
        let result = try await project.stagectl("deploy", "backend", "--set-env", "ROUND=5") { _, line in
            guard line.contains("health:backend"), reached.first() else { return }
            kill(pid_t(server), SIGKILL)
            restart.continuation.yield()
        }
        restart.continuation.finish()
        try await again.value
        #expect([0, 1, 3, 6].contains(result.exitCode), "\(result.errorText)")
        if result.exitCode == 6 { _ = try await project.json("abort", exit: 0) }
        let after = try await project.shares(of: "backend")
        #expect(result.exitCode == 0 ? after != before : after == before, "\(result.exitCode)")
        #expect(try await project.json("status", exit: 0)["unfinishedRuns"]?.array == [])
        #expect(try await project.json("health", exit: 0)["healthy"] == true)
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
