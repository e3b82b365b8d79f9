import Configuration
import JSON
import Releases
import Reporting
import Synchronization
import Testing
import Verification

@testable import Commands

/// An execution from its start until the reports are here, on a platform that is played.
@Suite struct SmokeJobTests {
    private static let identity = JobIdentity(project: "p", region: "r", name: "stagectl-smoke-test")
    private static let run = "r1-abc"

    /// One execution of two tasks; what is done to it is written down.
    private final class Played: JobPlatform {
        let calls = Mutex<[String]>([])
        let known = Mutex<JobObservation?>(nil)
        let looks = Mutex(0)
        /// Lines are there from this look on.
        let late: Int
        let end: ExecutionObservation.State
        /// Of task 1.
        let state: ExecutionObservation.State

        /// - Parameter end: `running` makes the wait too long, `cancelled` stops whoever waits.
        init(
            late: Int = 0, end: ExecutionObservation.State = .succeeded, state: ExecutionObservation.State = .succeeded
        ) {
            self.late = late
            self.end = end
            self.state = state
        }

        private let execution = ExecutionIdentity(job: SmokeJobTests.identity, name: "e1")
        private func note(_ call: String) { calls.withLock { $0.append(call) } }

        func job(_ job: JobIdentity) async throws -> JobObservation? { known.withLock { $0 } }

        func put(
            _ template: JobTemplate, as job: JobIdentity, key: String, within deadline: Duration
        ) async throws -> JobObservation {
            note("put")
            let made = JobObservation(identity: job, generation: 1, key: key)
            known.withLock { $0 = made }
            return made
        }

        func run(_ job: JobIdentity, overrides: JobOverrides, key: String) async throws -> ExecutionIdentity {
            note("run")
            return execution
        }

        func execution(_ execution: ExecutionIdentity) async throws -> ExecutionObservation? { nil }

        func wait(for execution: ExecutionIdentity, within deadline: Duration) async throws -> ExecutionObservation {
            guard end.isEnd else { throw Failure(.deadline, "it goes on", hint: "wait") }
            if end == .cancelled { throw CancellationError() }
            return ExecutionObservation(identity: execution, state: end, counts: TaskCounts(total: 2))
        }

        func cancel(_ execution: ExecutionIdentity) async throws { note("cancel \(execution.name)") }
        func delete(_ job: JobIdentity) async throws { note("delete job") }
        func delete(_ execution: ExecutionIdentity) async throws { note("delete \(execution.name)") }

        func executions(of job: JobIdentity, limit: Int) async throws -> [ExecutionObservation] {
            let one = { (name: String, state: ExecutionObservation.State, key: String?) in
                ExecutionObservation(
                    identity: ExecutionIdentity(job: job, name: name), state: state, counts: TaskCounts(total: 1),
                    key: key)
            }
            return [
                one("e1", .running, "smoke " + SmokeJobTests.run), one("old", .failed, "smoke r0"),
                one("busy", .running, "smoke r0"), one("foreign", .succeeded, nil),
            ]
        }

        func tasks(of execution: ExecutionIdentity) async throws -> [TaskObservation] {
            [
                TaskObservation(name: "t0", index: 0, state: .succeeded),
                TaskObservation(name: "t1", index: 1, state: state),
            ]
        }

        func lines(ofTask index: Int, in execution: ExecutionIdentity, limit: Int) async throws -> [LogLine] {
            let look = looks.withLock { looks in
                looks += 1
                return looks
            }
            guard look > late, let shard = SuiteSelection.Shard(parsing: "\(index + 1)/2") else { return [] }
            let whole = ShardedRun(environment: "test", suites: [], targets: [], gates: Gates(), index: nil)
            let verdict = VerdictDocument(
                SuiteRun(verdict: Verdict.decide(RunRecord(results: [])), results: [], notes: [], controls: []),
                suites: [], shard: ShardRecord(shard, of: whole, window: RunWindow(start: 1, end: 2)))
            let text = ReleaseJSON.encoded(verdict).serialized()
            return try ShardLines(run: SmokeJobTests.run, shard: shard).lines(of: Array(text.utf8)).map {
                LogLine(time: "", severity: "DEFAULT", text: $0, stream: "stdout")
            }
        }
    }

    private func job(_ platform: Played) -> SmokeJob {
        SmokeJob(
            jobs: platform, job: Self.identity, run: Self.run, progress: { _ in }, pauses: [.zero, .zero, .zero])
    }

    private func template(_ image: String = "i@sha256:1") -> JobTemplate {
        JobTemplate(
            task: RevisionTemplate(image: image, labels: [:], container: ContainerSettings(), environment: []),
            taskCount: 2)
    }

    @Test func `reports are collected, and what is over is removed`() async throws {
        let platform = Played()
        let ended = try await job(platform)(template(), JobOverrides())
        #expect(ended.reports.map(\.document?.shard?.index) == [1, 2])
        #expect(platform.calls.withLock { $0 } == ["put", "delete old", "run", "delete e1"])
        // The same settings are written once; a tag may mean another image by now.
        _ = try await job(platform)(template(), JobOverrides())
        #expect(platform.calls.withLock { $0.count { $0 == "put" } } == 1)
        _ = try await job(platform)(template("i:latest"), JobOverrides())
        #expect(platform.known.withLock { $0?.key } == "smoke " + Self.run)
    }

    @Test func `a log that comes late is looked at again, and not for ever`() async throws {
        let late = try await job(Played(late: 4))(template(), JobOverrides())
        #expect(late.reports.allSatisfy { $0.loss == nil })
        let platform = Played(late: .max)
        let never = try await job(platform)(template(), JobOverrides())
        #expect(never.reports.allSatisfy { $0.loss == "it ended, and its log has no report" })
        #expect(platform.looks.withLock { $0 } == 8)
        #expect(platform.calls.withLock { $0.last } == "run", "what has to be looked into stays")
    }

    @Test func `one that takes too long is cancelled, and those of its tasks that ended count`() async throws {
        let platform = Played(end: .running, state: .cancelling)
        let ended = try await job(platform)(template(), JobOverrides())
        #expect(ended.reports.map(\.loss) == [nil, "it did not end in time"])
        #expect(platform.calls.withLock { $0.last } == "cancel e1")
    }

    @Test func `whoever is stopped leaves nothing that runs, and touches no other run`() async {
        let platform = Played(end: .cancelled)
        await #expect(throws: CancellationError.self) { try await job(platform)(template(), JobOverrides()) }
        #expect(platform.calls.withLock { $0 } == ["put", "delete old", "run", "cancel e1"])
    }
}
