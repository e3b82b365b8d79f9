import Configuration
import Testing
import Verification

struct HarnessControlTests {
    static let http = FakeHTTP { request, _ in
        .answer(request.url.hasSuffix("missing") ? 404 : 200, headers: SuiteRunnerTests.good)
    }

    @Test func `every suite has a control that asks nobody and fails`() async throws {
        let http = FakeHTTP { _, _ in .answer(headers: SuiteRunnerTests.good) }
        let run = try await SuiteRunnerTests.run(
            SuiteRunnerTests.head + "checks: [ { id: a, http: GET /, poll: { every: 1s, for: 60s } } ]", http)
        #expect(run.controls == [ControlResult(suite: "s", id: "control", outcome: .failed)])
        #expect(run.verdict.result == .pass)
        #expect(http.requests.count == 1)
    }

    @Test func `a suite that cannot fail is found`() async throws {
        let target = SuiteRunTarget(url: "http://h")
        let always = try suite(
            SuiteRunnerTests.head + "checks: [ { id: a, http: GET /, expect: { status: 100-599 } } ]")
        let run = await runner(Self.http).run([always], against: target, options: SuiteRunOptions(today: today))
        #expect(run.results.map(\.status) == [.passed])
        #expect(run.verdict.result == .fail)
        #expect(run.verdict.decidedBy == .controlPassed)
    }

    private struct Engine: ContainerProbe, CommandProbe, JobProbe {
        func run(_ request: ContainerProbeRequest) async -> ContainerProbeOutcome {
            .ended(ContainerEnding(CommandEnding(exitCode: 0, milliseconds: 1)))
        }

        func run(_ request: CommandProbeRequest) async -> CommandProbeOutcome {
            .ended(CommandEnding(exitCode: 0, milliseconds: 1))
        }

        func run(_ request: JobProbeRequest) async -> JobProbeOutcome {
            .ran(JobEvidence(execution: "e", state: .succeeded, tasks: 1, succeeded: 1), milliseconds: 1)
        }
    }

    /// A suite of nothing else had no control, so that nobody would have seen that it cannot fail.
    @Test(arguments: [
        "container: { image: smoke }", "command: { argv: [probe] }", "job: { name: smoke }",
        "cors: { path: /, origin: 'https://elsewhere.example' }, expect: { allowed: false }",
        "load: { http: GET /, requests: 400 }, slo: { p95: 1s }",
    ])
    func `a suite of programs, jobs, load or preflights alone is controlled too`(_ check: String) async throws {
        var runner = runner(Self.http)
        runner.probes = CheckProbes(commands: Engine(), containers: Engine(), jobs: Engine())
        let suite = try suite(SuiteRunnerTests.head + "checks: [ { id: a, \(check) } ]")
        let run = await runner.run(
            [suite], against: SuiteRunTarget(url: "http://h"), options: SuiteRunOptions(today: today))
        #expect(run.results.map(\.status) == [.passed], "\(run.results.first?.summary ?? "")")
        #expect(run.controls == [ControlResult(suite: "s", id: "control", outcome: .failed)])
        #expect(run.verdict.result == .pass, "\(run.verdict.rule)")
        // What a program did is known by its own word alone, and that is said.
        let isOfPrograms = ["container", "command", "job"].contains { check.hasPrefix($0) }
        #expect(run.notes.contains { $0.hasPrefix("s: only programs passed") } == isOfPrograms, "\(run.notes)")
    }

    private struct Network: TLSProbe, NameLookup {
        func inspect(_ request: TLSProbeRequest) async -> TLSProbeOutcome {
            .secured(TLSObservation(version: .v1_3, secondsLeft: 90 * 86_400, fingerprint: "ab"))
        }

        func addresses(of name: String, timeoutMilliseconds: Int) async -> NameLookupOutcome {
            name == "gone.example" ? .unknown(milliseconds: 1) : .addresses(["192.0.2.7"], milliseconds: 1)
        }
    }

    /// What asks in ways of its own is controlled as well, without waiting and without asking anybody.
    @Test(arguments: [
        "users: { http: 'GET /${user.name}', names: [ann, bob] }",
        "rate_limit: { http: GET /, limit: 2, per: 1s, requests: 5 }",
        "start: { http: GET /, idle: 20m, cold: { '<': 5s } }", "tls: { host: h.example }",
        "dns: { name: h.example }", "dns: { name: gone.example }, expect: { exists: false }",
    ])
    func `a suite of one such check is controlled`(_ check: String) async throws {
        let http = FakeHTTP { request, before in
            let user = request.url.split(separator: "/").last.map(String.init) ?? ""
            let isOver = check.hasPrefix("rate_limit") && before >= 2
            return .answer(isOver ? 429 : 200, user, headers: SuiteRunnerTests.good)
        }
        var runner = runner(http)
        runner.probes = CheckProbes(tls: Network(), names: Network())
        let suite = try suite(SuiteRunnerTests.head + "checks: [ { id: a, \(check) } ]")
        let run = await runner.run(
            [suite], against: SuiteRunTarget(url: "http://h"), options: SuiteRunOptions(today: today))
        #expect(run.results.map(\.status) == [.passed], "\(run.results.first?.summary ?? "")")
        #expect(run.controls == [ControlResult(suite: "s", id: "control", outcome: .failed)])
    }

    @Test(
        arguments: [
            ("{ id: k, http: GET /missing }", .failed, .pass), ("{ id: k, http: GET /ok }", .passed, .fail),
            ("{ id: k, http: GET /missing, expect: { status: 404 } }", .passed, .fail),
            ("{ id: k, http: 'GET /${secrets.none}' }", .unknown, .incomplete),
        ] as [(String, ControlResult.Outcome, Verdict.Result)])
    func `a control of the suite's own must fail`(
        _ control: String, _ outcome: ControlResult.Outcome, _ verdict: Verdict.Result
    ) async throws {
        let run = try await SuiteRunnerTests.run(
            SuiteRunnerTests.head
                + "secrets: { none: { from_env: NOT_THERE } }\nchecks: [ { id: a, http: GET / } ]\ncontrols: [ \(control) ]",
            Self.http)
        #expect(run.controls.first { $0.id == "k" }?.outcome == outcome)
        #expect(run.verdict.result == verdict, "\(run.verdict.rule)")
        #expect(run.verdict.counts.total == 1)
    }

    @Test(arguments: [
        ("{ id: a, http: GET / }", "two checks are called `a`"),
        ("{ id: k, http: GET /, retry: { times: 1 } }", "a control has no `retry`"),
        ("{ id: k, http: GET /, skip: later }", "a control has no `skip`"),
    ])
    func `what makes no sense in a control is a finding`(_ control: String, _ words: String) {
        let yaml = SuiteRunnerTests.head + "checks: [ { id: a, http: GET / } ]\ncontrols: [ \(control) ]"
        guard case .failure(let found) = SuiteLoader.load(Array(yaml.utf8), file: "suites/s.yaml") else {
            Issue.record("no finding")
            return
        }
        #expect(found.findings.contains { $0.message.contains(words) && $0.line == 6 }, "\(found.findings)")
    }

    @Test(arguments: [
        ("match: 'a*'", "`a*` covers 2 of 3 checks of `s`"), ("match: 'a*', wide: true", nil), ("match: 'b*'", nil),
        ("match: a1", nil), ("match: 'c*'", "`c*` fits no check of this suite"),
    ])
    func `a pattern that excuses much must say so`(_ match: String, _ words: String?) {
        let yaml =
            SuiteRunnerTests.head + """
                checks: [ { id: a1, http: GET / }, { id: a2, http: GET / }, { id: b, http: GET / } ]
                policies: [ { \(match), waive: true, owner: o, issue: I-1, reason: r, expires: 2026-12-01 } ]
                """
        let found =
            switch SuiteLoader.load(Array(yaml.utf8), file: "suites/s.yaml") {
            case .failure(let found): found.findings
            case .success: [] as [Finding]
            }
        #expect(found.first?.message == words, "\(found)")
    }

    @Test func `a policy that has run out is a finding with its place`() async throws {
        let past = CalendarDay(secondsSince1970: 1_790_000_000 - 86_400)
        let run = try await SuiteRunnerTests.run(
            SuiteRunnerTests.head + """
                checks: [ { id: ok, http: GET / }, { id: a, http: GET /missing } ]
                policies:
                  - { match: a, waive: true, owner: o, issue: I-1, reason: r, expires: \(past) }
                """, Self.http)
        #expect(run.results.map(\.status) == [.passed, .failed])
        #expect(run.verdict.result == .fail)
        #expect(run.findings.map { "\($0.file):\($0.line):\($0.column)" } == ["suites/s.yaml:7:5"])
        #expect(run.findings.first?.message.contains("expired on \(past)") == true)
    }

    @Test func `after more than ten failures nothing is tried again`() async throws {
        let http = FakeHTTP { _, _ in .answer(503) }
        let checks = (1...40).map { "  - { id: c\($0), http: GET /, retry: { times: 1 } }\n" }.joined()
        let run = await runner(http).run(
            [try suite(SuiteRunnerTests.head + "checks:\n" + checks)], against: SuiteRunTarget(url: "http://h"),
            options: SuiteRunOptions(width: 1, today: today))
        #expect(run.results.allSatisfy { $0.status == .failed })
        #expect(run.results.map(\.attempts) == Array(repeating: 2, count: 11) + Array(repeating: 1, count: 29))
    }
}
