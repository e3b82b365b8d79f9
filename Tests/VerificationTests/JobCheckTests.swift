import Configuration
import JSON
import Testing
import Verification

/// Cloud Run jobs as checks, with a platform that tests play.
struct JobCheckTests {
    private struct Played: JobProbe {
        var outcome: JobProbeOutcome

        func run(_ request: JobProbeRequest) async -> JobProbeOutcome { outcome }
    }

    private struct Missing: Error {}

    private static let secrets = "secrets: { key: { from_env: KEY, default: hidden-value } }\n"

    private static func check(_ text: String) throws -> JobCheck {
        let suite = try suite(SuiteLoaderTests.head + secrets + "checks:\n  - { id: a, \(text) }\n")
        guard case .job(let check) = try #require(suite.checks.first).kind else { throw Missing() }
        return check
    }

    private static let scope = CheckScope(
        values: ["secrets.key": "hidden-value", "deploy.revision": "api-1"], baseURL: "https://api.example.com")

    private static let failing = JobEvidence.FailedTask(
        index: 1, exitCode: 3, message: "The container exited with an error.",
        lines: ["begin", "row 7 is missing", " "])

    private static func ran(
        _ state: JobEvidence.State, _ succeeded: Int, failed: Int = 0, cancelled: Int = 0, retried: Int = 0,
        of tasks: Int = 3, _ failedTasks: [JobEvidence.FailedTask] = [], milliseconds: Double = 20
    ) -> JobProbeOutcome {
        .ran(
            JobEvidence(
                execution: "check-abc", state: state, tasks: tasks, succeeded: succeeded, failed: failed,
                cancelled: cancelled, retried: retried, failedTasks: failedTasks, logURI: "https://logs.example"),
            milliseconds: milliseconds)
    }

    @Test(
        arguments: [
            ("{}", ran(.succeeded, 3), .passed, "3 of 3 tasks of `check-abc` succeeded"),
            (
                "{}", ran(.failed, 2, failed: 1, [failing]), .failed,
                "1 of 3 tasks of `check-abc` failed: task 1 ended with 3: row 7 is missing"
            ),
            (
                "{}", ran(.failed, 2, failed: 1, [.init(index: 2, signal: 9, message: "timeout")]), .failed,
                "task 2 was ended by signal 9: timeout"
            ),
            (
                "{}", ran(.failed, 1, failed: 1, [failing]), .failed, "nobody says what became of 1 task"
            ),
            ("{}", ran(.succeeded, 2), .error, "says that it succeeded, and 2 of 3 tasks did"),
            ("{}", ran(.succeeded, 0, of: 0), .error, "0 of 0 tasks did"),
            ("{}", ran(.cancelled, 1, cancelled: 2), .error, "was cancelled by somebody: 1 of 3 tasks succeeded"),
            ("{}", ran(.unfinished, 2), .error, "did not end within 600000 ms: 2 of 3 tasks succeeded, 0 failed"),
            (
                "{ retried: 0 }", ran(.succeeded, 3, retried: 1), .failed,
                "1 task had to be tried more than once, wanted 0"
            ),
            ("{ retried: { '<=': 1 } }", ran(.succeeded, 3, retried: 1), .passed, nil),
            ("{ time: 10ms }", ran(.succeeded, 3), .failed, "it took"),
            ("{}", .failure(ProbeFailure(.other, "there is no job `j`")), .error, "there is no job `j`"),
        ] as [(String, JobProbeOutcome, Measurement.Outcome, String?)])
    func `what becomes of an execution decides the check`(
        _ expect: String, _ outcome: JobProbeOutcome, _ wanted: Measurement.Outcome, _ words: String?
    ) throws {
        let check = try Self.check("job: { name: j }, expect: \(expect)")
        let measurement = check.judge(outcome, of: try check.request(in: Self.scope), in: Self.scope)
        #expect(measurement.outcome == wanted)
        #expect(words.map { measurement.summary?.contains($0) == true } ?? true, "\(measurement.summary ?? "")")
        if case .ran(let seen, _) = outcome { #expect(measurement.evidence.job == seen) }
        #expect(measurement.evidence.url == "job:j")
    }

    @Test func `an execution is told where the target is and what the check says`() throws {
        let check = try Self.check(
            "job: { name: 'check-${deploy.revision}', region: europe-west1, container: main, args: [--deep, 7], "
                + "env: { ROWS: 10 }, tasks: 4 }, timeout: 90s")
        let request = try check.request(in: Self.scope)
        #expect(request.job == "check-api-1" && request.region == "europe-west1" && request.container == "main")
        #expect(
            request.arguments == ["--deep", "7"] && request.taskCount == 4 && request.timeoutMilliseconds == 90_000)
        #expect(
            request.environment == [
                "ROWS": "10", "TARGET_URL": "https://api.example.com", "TRACEPARENT": Self.scope.trace.header,
            ])
        #expect(request.key == Self.scope.trace.traceID)
        #expect(try Self.check("job: { name: j }").request(in: Self.scope).arguments == nil)
        #expect(try Self.check("job: { name: j, args: [] }").request(in: Self.scope).arguments == [])
    }

    @Test func `a job is explained as a command`() throws {
        let suite = try suite(
            SuiteLoaderTests.head
                + "checks: [{ id: a, job: { name: j, region: r, args: [--deep, 'a,b'], env: { A: '1' }, tasks: 2 } }]\n"
        )
        let target = SuiteRunTarget(url: "https://api.example.com")
        #expect(
            CheckExplanation.lines(for: suite.checks[0], of: suite, target: target) == [
                "gcloud run jobs execute 'j' --wait --region 'r' --args='^|^--deep|a,b' "
                    + "--update-env-vars='^|^A=1|TARGET_URL=https://api.example.com' --tasks 2"
            ])
    }

    @Test func `what separates a job's arguments is in none of them`() throws {
        let suite = try suite(
            SuiteLoaderTests.head
                + "checks: [{ id: a, job: { name: j, args: ['a|b', '||', 'c:'], env: { A: '1|' } } }]\n")
        let lines = CheckExplanation.lines(
            for: suite.checks[0], of: suite, target: SuiteRunTarget(url: "https://api.example.com"))
        #expect(
            lines == [
                "gcloud run jobs execute 'j' --wait --args='^:|||:^a|b:|||:||:|||:c:' "
                    + "--update-env-vars='^:||:^A=1|:||:TARGET_URL=https://api.example.com'"
            ])
    }

    @Test func `a secret is never told to an execution, where everybody would read it`() async throws {
        let head = SuiteLoaderTests.head + Self.secrets
        for use in ["args: ['${secrets.key}']", "env: { KEY: '${secrets.key}' }"] {
            let found = SuiteLoaderTests.messages(head + "checks:\n  - { id: a, job: { name: j, \(use) } }\n")
            #expect(found.count == 1 && found[0].contains("everybody who may see the job"), "\(found)")
        }
        // By way of a variable it is found when the check runs.
        let suite = try suite(
            head
                + "vars: { all: 'x ${secrets.key}' }\nchecks:\n  - { id: a, job: { name: j, args: ['${vars.all}'] } }\n"
        )
        let runner = SuiteRunner(
            http: FakeHTTP { _, _ in .answer() }, webSocket: FakeWebSocket(messages: []), tokens: FakeMinter(),
            secrets: EnvironmentSecretSource([:]), clock: ManualClock(),
            probes: CheckProbes(jobs: Played(outcome: Self.ran(.succeeded, 3))))
        let run = await runner.run(
            [suite], against: SuiteRunTarget(url: "https://api.example.com"), options: .init(today: today))
        let result = try #require(run.results.first)
        #expect(result.status == .error && result.summary?.contains("`secrets.key` would be written") == true)
        #expect(!String(describing: run.results).contains("hidden-value"))
    }
}
