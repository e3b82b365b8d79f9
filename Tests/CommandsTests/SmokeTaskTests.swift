import ArgumentParser
import Configuration
import Releases
import Testing
import Verification

@testable import Commands

/// What the job of a smoke run is, what its tasks run, and what is made of what they leave.
@Suite struct SmokeTaskTests {
    private static let run = "r1-abc"

    private func options(_ words: String...) throws -> TaskOptions { try TaskOptions.parse(words) }

    @Test func `a task asks what was asked, as the shard that it is`() throws {
        let task = SmokeTask(question: ["backend", "--suite=s"], environment: "staging", run: Self.run)
        #expect(
            task.arguments == [
                "smoke", "backend", "--suite=s", "--env", "staging", "--no-color", "--shard", "auto", "--shard-lines",
                Self.run,
            ])
        #expect(throws: Never.self) { try SmokeCommand.parse(Array(task.arguments.dropFirst())) }
        #expect(task.overrides.environment.isEmpty && task.overrides.arguments == task.arguments)
        #expect(task.overrides.taskCount == nil)
    }

    @Test func `the job is what was asked for, and tries nothing again`() throws {
        let task = SmokeTask(question: [], environment: "staging", run: Self.run)
        let template = task.template(
            try options(
                "--tasks", "7", "--task-cpu", "2", "--task-memory", "1Gi", "--task-account", "a@b.iam",
                "--task-timeout", "90s", "--task-secret", "KEY=smoke-key", "--task-secret", "T=t:3"),
            image: "i@sha256:1")
        #expect(template.taskCount == 7 && template.maxRetries == 0 && template.timeoutSeconds == 90)
        #expect(template.task.container.cpu == "2" && template.task.container.memory == "1Gi")
        #expect(template.task.container.serviceAccount == "a@b.iam" && template.task.image == "i@sha256:1")
        #expect(
            template.task.environment == [
                EnvironmentVariable(name: "KEY", value: .secret(name: "smoke-key", version: "latest")),
                EnvironmentVariable(name: "T", value: .secret(name: "t", version: "3")),
            ])
        // Nothing of the run itself: two runs with the same settings are executions of one job.
        let other = SmokeTask(question: ["backend"], environment: "staging", run: "r2")
        #expect(template.task.container.arguments == [] && other.overrides != task.overrides)
    }

    @Test(arguments: [
        ["--tasks", "0"], ["--tasks", "101"], ["--tasks", "2", "--task-timeout", "0s"],
        ["--tasks", "2", "--task-timeout", "200h"], ["--tasks", "2", "--task-secret", "KEY"],
        ["--tasks", "2", "--task-secret", "1K=s"], ["--tasks", "2", "--task-secret", "K=s:"], ["--task-image", "i"],
        ["--tasks", "2", "--shard", "1/2"], ["--tasks", "2", "--list"], ["--tasks", "2", "--merge", "a"],
        ["--shard", "car"], ["--shard-lines", "r1"], ["--shard", "auto", "--shard-lines", "R 1"],
    ]) func `flags that say nothing are refused`(_ words: [String]) {
        #expect(throws: (any Error).self) { try SmokeCommand.parse(words) }
    }

    @Test func `a job's name is one`() {
        #expect(SmokeTask.job(of: "staging") == "stagectl-smoke-staging")
        #expect(SmokeTask.job(of: "EU_1.x") == "stagectl-smoke-eu-1-x")
        #expect(SmokeTask.job(of: String(repeating: "a", count: 47) + "-b").count == 62)
    }

    // MARK: - What a task left

    private func task(
        _ state: ExecutionObservation.State, exit code: Int? = nil, signal: Int? = nil, message: String? = nil
    ) -> TaskObservation {
        TaskObservation(name: "t", index: 1, state: state, message: message, exitCode: code, signal: signal)
    }

    private func lines(_ texts: [String], stream: String = "stdout") -> [LogLine] {
        texts.map { LogLine(time: "", severity: "DEFAULT", text: $0, stream: stream) }
    }

    private func report(_ task: TaskObservation?, _ lines: [LogLine]) -> TaskReport {
        TaskReport(index: 1, of: 3, task: task, lines: lines, run: Self.run)
    }

    private func written(_ text: String) throws -> [LogLine] {
        let shard = try #require(SuiteSelection.Shard(parsing: "2/3"))
        return lines(try ShardLines(run: Self.run, shard: shard).lines(of: Array(text.utf8)))
    }

    @Test func `a task without a report says why, and is waited for only where one may come`() throws {
        let words = lines(["  passed  a/b", "out of luck"])
        let cases: [(TaskObservation?, [LogLine], String, Bool)] = [
            (nil, [], "the platform says nothing of it", false),
            (task(.failed, signal: 9), words, "it was ended by signal 9; it wrote last: out of luck", false),
            (task(.failed, exit: 64), [], "it ended with exit code 64", false),
            (task(.failed, message: "no image"), [], "it failed: no image", false),
            (task(.running), [], "it did not end in time", false),
            (task(.cancelled), lines(["x"], stream: "varlog/system"), "it was cancelled", false),
            (task(.succeeded), words, "it ended, and its log has no report", true),
            (task(.succeeded), try written("[]"), "its report is not a verdict", true),
            (task(.failed, exit: 3), try written("{}"), "it ended with exit code 3", false),
        ]
        for (task, lines, reason, mayCome) in cases {
            let report = report(task, lines)
            #expect(report.loss == reason && report.document == nil && report.mayComeYet == mayCome)
        }
        #expect(report(nil, []).name == "task 1 (shard 2/3)")
    }
}
