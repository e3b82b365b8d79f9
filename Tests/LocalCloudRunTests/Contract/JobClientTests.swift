import Configuration
import GoogleCloud
import Releases
import Testing
import Transport

@testable import LocalCloudRun

/// The client of jobs against the local Cloud Run, over a socket.
@Suite struct JobClientTests {
    /// The server has a type of that name, too.
    private typealias Overrides = Releases.JobOverrides

    private static let job = JobIdentity(project: "demo", region: "us-central1", name: "migrate")

    private static func template(_ variables: [String: String] = [:], count: Int = 1, retries: Int = 0) -> JobTemplate {
        JobTemplate(
            task: RevisionTemplate(
                image: "repo/job:1", labels: ["stagectl-run": "r1"], container: ContainerSettings(),
                environment: variables.sorted { $0.key < $1.key }.map {
                    EnvironmentVariable(name: $0.key, value: .literal($0.value))
                }), taskCount: count, maxRetries: retries, timeoutSeconds: 60)
    }

    private static func run(
        _ body: @escaping @Sendable (any JobPlatform, FakeRuntime) async throws -> Void
    ) async throws {
        let runtime = FakeRuntime()
        try await LoopbackCloudRun.run(runtime: runtime) { record in
            let base = "http://127.0.0.1:\(record.apiPort)"
            let client = CloudRunClient(
                endpoints: GoogleEndpoints(all: base), tokens: NoAccessTokens(),
                identities: IdentityTokens(
                    base: base, account: "local@stagectl.invalid", tokens: NoAccessTokens(), http: .init()))
            try await body(client, runtime)
        }
    }

    private static func end(
        of overrides: Overrides = Overrides(), key: String = "k", on jobs: any JobPlatform
    ) async throws -> ExecutionObservation {
        let execution = try await jobs.run(Self.job, overrides: overrides, key: key)
        return try await jobs.wait(for: execution, within: .seconds(30))
    }

    @Test func `a job is made, changed, run and deleted`() async throws {
        try await Self.run { jobs, runtime in
            #expect(try await jobs.job(Self.job) == nil)
            let made = try await jobs.put(Self.template(["A": "1"]), as: Self.job, key: "k1", within: .seconds(20))
            #expect(made.generation == 1 && made.key == "k1" && made.labels["stagectl-run"] == "r1")
            let changed = try await jobs.put(
                Self.template(["A": "2"], count: 3), as: Self.job, key: "k2", within: .seconds(20))
            #expect(changed.generation == 2 && changed.key == "k2")

            let seen = try await Self.end(on: jobs)
            #expect(seen.state == .succeeded && seen.key == "k" && seen.counts == TaskCounts(total: 3, succeeded: 3))
            #expect(seen.logURI?.contains(seen.identity.name) == true && (seen.completed ?? 0) >= (seen.started ?? 1))
            #expect(try await jobs.tasks(of: seen.identity).map(\.exitCode) == [0, 0, 0])
            #expect(runtime.started.allSatisfy { $0.environment["A"] == "2" })
            #expect(runtime.started.allSatisfy { $0.environment[JobRun.keyVariable] == "k" })
            #expect(try await jobs.lines(ofTask: 2, in: seen.identity, limit: 5).map(\.text).count == 1)

            let second = try await Self.end(key: "other", on: jobs)
            let all = try await jobs.executions(of: Self.job, limit: 10)
            #expect(all.map(\.key) == ["other", "k"], "newest first")
            try await jobs.delete(second.identity)
            try await jobs.delete(Self.job)
            #expect(try await Self.comesTrue { try await jobs.job(Self.job) == nil })
        }
    }

    @Test func `an execution is told what it has different`() async throws {
        try await Self.run { jobs, runtime in
            _ = try await jobs.put(
                Self.template(["A": "1", "B": "1"]), as: Self.job, key: "k1", within: .seconds(20))
            let overrides = Overrides(
                arguments: ["--dry-run"], environment: [EnvironmentVariable(name: "A", value: .literal("2"))],
                taskCount: 2)
            #expect(try await Self.end(of: overrides, on: jobs).counts.total == 2)
            #expect(runtime.started.allSatisfy { $0.arguments == ["--dry-run"] })
            #expect(runtime.started.allSatisfy { $0.environment["A"] == "2" && $0.environment["B"] == "1" })
        }
    }

    @Test func `a task that fails is named with its exit code and its lines`() async throws {
        try await Self.run { jobs, _ in
            _ = try await jobs.put(
                Self.template(["EXIT": "3"], retries: 1), as: Self.job, key: "k1", within: .seconds(20))
            let seen = try await Self.end(on: jobs)
            #expect(seen.state == .failed && seen.counts == TaskCounts(total: 1, failed: 1, retried: 1))
            #expect(seen.message?.contains("failed with message") == true)
            let task = try #require(try await jobs.tasks(of: seen.identity).first)
            #expect(task.exitCode == 3 && task.state == .failed && task.retries == 1 && task.index == 0)
            #expect(try await !jobs.lines(ofTask: 0, in: seen.identity, limit: 5).isEmpty)
        }
    }

    @Test func `an execution that goes on is told to end`() async throws {
        try await Self.run { jobs, _ in
            _ = try await jobs.put(
                Self.template(["BEHAVIOUR": "hang"], count: 2), as: Self.job, key: "k1", within: .seconds(20))
            let execution = try await jobs.run(Self.job, overrides: Overrides(), key: "k")
            let late = try await #require(throws: Failure.self) {
                _ = try await jobs.wait(for: execution, within: .milliseconds(300))
            }
            #expect(late.category == .deadline)
            try await jobs.cancel(execution)
            let seen = try await jobs.wait(for: execution, within: .seconds(20))
            #expect(seen.state == .cancelled && seen.counts.cancelled == 2)
            try await jobs.cancel(execution)
        }
    }

    @Test func `a job that cannot be run says why`() async throws {
        try await Self.run { jobs, _ in
            var template = Self.template()
            template.task.image = "missing/job:1"
            let refusal = try await #require(throws: Failure.self) {
                _ = try await jobs.put(template, as: Self.job, key: "k1", within: .seconds(20))
            }
            #expect(refusal.category == .release && refusal.details.contains { $0.value.contains("missing/job:1") })
            let unknown = try await #require(throws: Failure.self) {
                var other = Self.job
                other.name = "nobody"
                _ = try await jobs.run(other, overrides: Overrides(), key: "k")
            }
            #expect(unknown.summary.contains("nobody"))
        }
    }

    private static func comesTrue(_ isTrue: () async throws -> Bool) async throws -> Bool {
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end {
            if try await isTrue() { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }
}
