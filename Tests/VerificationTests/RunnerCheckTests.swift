import Configuration
import Synchronization
import Testing
import Verification

/// What a runner is given, and what becomes of what it leaves.
struct RunnerCheckTests {
    private static let target = SuiteRunTarget(
        url: "https://api.example.com", identity: .header("x-revision"), expectedRevision: "r-1",
        identityToken: "id-token-1")

    private static func run(
        _ checks: String, _ probe: PlayedRunner, rest: String = "", secrets: [String: String] = [:],
        options: SuiteRunOptions = SuiteRunOptions(today: today)
    ) async throws -> SuiteRun {
        let suite = try suite(
            """
            version: 1
            suite: s
            priority: P3
            owner: team
            expect_inventory: { max_skipped: 100 }
            secrets: { key: { from_env: KEY } }
            \(rest)
            checks:
            \(checks)

            """)
        var runner = runner(FakeHTTP { _, _ in .answer() }, secrets: secrets)
        runner.probes.runners = probe
        return await runner.run([suite], against: target, options: options)
    }

    private static func tap(_ lines: String...) -> PlayedRunner {
        var probe = PlayedRunner()
        probe.lines = lines.enumerated().map { ($1, probe.window.start + 0.5 * Double($0 + 1)) }
        probe.exitCode = lines.contains { $0.hasPrefix("not ok") } ? 1 : 0
        return probe
    }

    @Test func `a program gets its place, its part, and nothing that nobody named`() async throws {
        let seen = Mutex<(RunnerPlaceRequest, RunnerProbeRequest)?>(nil)
        var probe = PlayedRunner()
        probe.seen = { wish, request in if request.arguments.first == "probe" { seen.withLock { $0 = (wish, request) } }
        }
        let check = """
              - id: r
                runner:
                  argv: [probe, "--base=${target.url}", "--junitxml=${junit}", "${shard.index}/${shard.total}"]
                  env: { KEY: "${secrets.key}", BASE: "${target.url}" }
                  inherit: [GOPATH, "CI_*"]
                  hosts: auth.example.com
                auth: { kind: bearer, token: "${secrets.key}" }
            """
        let run = try await Self.run(check, probe, secrets: ["KEY": "secret-1"])
        #expect(run.verdict.result == .pass, "\(run.results)")
        let (wish, request) = try #require(seen.withLock { $0 })
        #expect(
            request.arguments == ["probe", "--base=http://127.0.0.1:4711", "--junitxml=/place/report", "1/1"])
        #expect(request.environment["KEY"] == "secret-1" && request.environment["BASE"] == "http://127.0.0.1:4711")
        #expect(request.environment["TRACEPARENT"] != nil && request.environment["STAGECTL_SHARD_INDEX"] == nil)
        #expect(Set(request.inherited).isSuperset(of: ["PATH", "HOME", "GOPATH", "CI_*"]))
        #expect(request.reports == "/place/report" && request.timeoutMilliseconds == 600_000)
        #expect(wish.targetURL == "https://api.example.com" && wish.identityHeader == "x-revision")
        let headers = Dictionary(wish.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
        #expect(headers["authorization"] == "Bearer secret-1" && headers["traceparent"] != nil)
        #expect(headers["x-serverless-authorization"] == "Bearer id-token-1")
        let record = try #require(run.runners.first)
        #expect(record.suite == "s" && record.check == "r" && record.tests == 1 && record.usage?.processes == 2)
    }

    @Test func `each test is a result with its time, its requests and its trace`() async throws {
        var probe = Self.tap("ok 1 - a", "not ok 2 - b", "ok 3 - c # SKIP no", "1..3")
        probe.traffic?.moments = [0.1, 0.2, 0.7].map { probe.window.start + $0 }
        let run = try await Self.run("  - { id: r, runner: { argv: [probe], report: tap } }", probe)
        #expect(run.results.map(\.id) == ["r/a", "r/b", "r/c"])
        #expect(run.results.map(\.status) == [.passed, .failed, .skipped])
        #expect(run.results.map(\.milliseconds).prefix(2) == [500, 500])
        #expect(run.results.map(\.evidence.ownRequests).prefix(2) == [2, 1])
        #expect(run.results.allSatisfy { $0.evidence.requests == 3 && $0.evidence.revision == "r-1" })
        #expect(run.verdict.decidedBy == .failed && run.controls.map(\.outcome) == [.failed])
    }

    @Test func `lines of pytest say when a test ran, and how far it is`() async throws {
        var probe = PlayedRunner()
        let start = probe.window.start
        probe.lines = [
            ("tests/test_a.py::TestB::test_c[x/y::z] PASSED     [ 50%]", start + 1),
            ("tests/test_a.py::test_d FAILED", start + 3), ("[gw0] [ 75%] SKIPPED tests/test_a.py::test_e", start + 4),
            ("2 passed in 3.01s", start + 5),
        ]
        probe.traffic?.moments = [start + 0.5, start + 1.5, start + 2.5]
        probe.reports = [
            Array(
                """
                <testsuite tests="3" failures="1" skipped="1"><testcase classname="tests.test_a.TestB" \
                name="test_c[x/y::z]" time="0.9"/><testcase classname="tests.test_a" name="test_d" time="1.9"><failure \
                message="no"/></testcase><testcase classname="tests.test_a" name="test_e" time="0"><skipped/></testcase>\
                </testsuite>
                """.utf8)
        ]
        probe.exitCode = 1
        let told = Mutex<[String]>([])
        let suite = try suite(SuiteLoaderTests.head + "checks:\n  - { id: r, runner: { argv: [probe] } }\n")
        var runner = runner(FakeHTTP { _, _ in .answer() })
        runner.probes.runners = probe
        runner.probes.progress = { check, progress in told.withLock { $0.append("\(check) \(progress.line)") } }
        let run = await runner.run([suite], against: Self.target, options: SuiteRunOptions(today: today))
        #expect(run.results.map(\.evidence.ownRequests) == [1, 2, nil], "\(run.results)")
        #expect(
            told.withLock { $0 } == [
                "r 1 passed  tests/test_a.py::TestB::test_c[x/y::z]", "r 1 passed, 1 failed  tests/test_a.py::test_d",
                "r 1 passed, 1 failed, 1 skipped  tests/test_a.py::test_e",
            ])
    }

    @Test func `waivers, quarantines and overrides speak of single tests`() async throws {
        let policies = """
            policies:
              - { match: r/b, waive: true, owner: ann, issue: A-1, reason: known, expires: 2026-10-01 }
            """
        let probe = Self.tap("ok 1 - a", "not ok 2 - b", "1..2")
        let check = "  - { id: r, runner: { argv: [probe], report: tap } }"
        let waived = try await Self.run(check, probe, rest: policies)
        #expect(waived.results.map(\.status) == [.passed, .waived] && waived.verdict.result == .pass)
        #expect(waived.policies.map(\.uses) == [1])
        let options = SuiteRunOptions(today: today, overrides: ["r/b": "tonight"])
        #expect(try await Self.run(check, probe, options: options).results.map(\.status) == [.passed, .waived])
        #expect(throws: Findings.self) {
            try suite(
                SuiteLoaderTests.head + policies.replacing("r/b", with: "q/b")
                    + "\nchecks:\n\(check)\n")
        }
    }

    @Test func `a check that needs a runner waits for all of its tests`() async throws {
        let checks = """
              - { id: r, runner: { argv: [probe], report: tap } }
              - { id: after, needs: [r], http: GET / }
            """
        let bad = try await Self.run(checks, Self.tap("ok 1 - a", "not ok 2 - b", "1..2"))
        #expect(bad.results.map(\.id) == ["r/a", "r/b", "after"] && bad.results.last?.status == .blocked)
        let good = try await Self.run(checks, Self.tap("ok 1 - a", "1..1"))
        #expect(good.results.last?.status != .blocked)
    }

    @Test func `skips are held against the last run that passed`() async throws {
        let check = """
              - { id: r, runner: { argv: [probe], report: tap }, expect_inventory: { max_new_skips: 1 } }
            """
        let probe = Self.tap("ok 1 - a", "ok 2 - b # SKIP x", "ok 3 - c # SKIP x", "1..3")
        func status(_ before: [String: Int]) async throws -> CheckStatus? {
            let history = VerificationHistory(runs: [RecordedRun(startedAt: 1, result: .pass, skips: before)])
            return try await Self.run(check, probe, options: SuiteRunOptions(today: today, history: history))
                .results.first { $0.id == "r" }?.status
        }
        #expect(try await status([:]) == .error)
        #expect(try await status(["s": 2, "s/r": 1]) == nil)
    }

    @Test func `what is asked for by the name of a test runs its runner`() throws {
        let suite = try suite(
            SuiteLoaderTests.head + "checks:\n  - { id: r, runner: { argv: [probe] } }\n  - { id: a, http: GET / }\n")
        let chosen = SuiteSelection(only: ["r/tests.test_a"]).apply(to: [suite])
        #expect(chosen.suites.flatMap(\.checks).map(\.id) == ["r"] && chosen.unmatched.isEmpty)
        let lines = CheckExplanation.lines(for: suite.checks[0], of: suite, target: Self.target)
        #expect(lines == ["PYTHONUNBUFFERED='1' 'probe'"])
    }
}

/// Parts of a run that share a runner's tests out.
struct RunnerShardTests {
    private static func parts(
        _ lines: [[String]], files: [FileShare?] = [], inventory: String = "min_tests: 3", forget: Int? = nil
    ) async throws -> [ShardMerging.Part] {
        let suite = try suite(
            SuiteLoaderTests.head
                + """
                checks:
                  - { id: r, runner: { argv: [probe], report: tap, shard: env }, expect_inventory: { \(inventory) } }
                  - { id: plain, http: GET / }

                """)
        var parts: [ShardMerging.Part] = []
        for (index, own) in lines.enumerated() {
            let shard = try #require(SuiteSelection.Shard(parsing: "\(index + 1)/\(lines.count)"))
            let chosen = SuiteSelection(shard: shard).apply(to: [suite])
            var probe = PlayedRunner()
            probe.lines = own.enumerated().map { ($1, probe.window.start + 0.5 * Double($0 + 1)) }
            probe.exitCode = own.contains { $0.hasPrefix("not ok") } ? 1 : 0
            probe.files = files.isEmpty ? nil : files[index]
            let seen = Mutex<RunnerCheck.Share?>(nil)
            probe.seen = { _, request in
                if request.share != nil { seen.withLock { $0 = request.share } }
            }
            var runner = runner(FakeHTTP { _, _ in .answer() })
            runner.probes.runners = probe
            let target = SuiteRunTarget(url: "https://api.example.com")
            var run = await runner.run(
                chosen.suites, against: target, options: SuiteRunOptions(today: today, isNarrowed: true))
            #expect(seen.withLock { $0 } == RunnerCheck.Share(index: index + 1, count: lines.count))
            if forget == index {
                run.results.removeAll { $0.id.hasPrefix("r") }
                run.runners = []
            }
            let whole = ShardedRun(
                environment: "staging", suites: [.init(suite, isNarrowed: false)],
                targets: [.init(service: "backend", revision: nil, digest: nil, measured: target.measured)],
                gates: Gates(), index: nil)
            parts.append(
                ShardMerging.Part(
                    name: "\(index + 1)",
                    document: VerdictDocument(
                        run, suites: chosen.suites,
                        shard: ShardRecord(shard, of: whole, window: probe.window))))
        }
        return parts
    }

    private static func words(_ document: VerdictDocument) -> String {
        ([document.rule] + document.checks.compactMap(\.summary)).joined(separator: "\n")
    }

    @Test func `parts of a runner are one run`() async throws {
        let merged = try #require(
            ShardMerging.merge(try await Self.parts([["ok 1 - a", "ok 2 - b", "1..2"], ["ok 1 - c", "1..1"]])))
        #expect(merged.result == .pass, "\(Self.words(merged))")
        #expect(merged.checks.map(\.id).sorted() == ["plain", "r/a", "r/b", "r/c"])
        #expect(merged.runners?.count == 2)
    }

    @Test func `what is doubled, lost or less than promised is noticed`() async throws {
        let a = ["ok 1 - a", "ok 2 - b", "1..2"]
        let twice = try #require(ShardMerging.merge(try await Self.parts([a, ["ok 1 - b", "1..1"]])))
        #expect(twice.decidedBy == .duplicateIds, "\(Self.words(twice))")
        let few = try #require(
            ShardMerging.merge(try await Self.parts([a, ["ok 1 - c", "1..1"]], inventory: "min_tests: 4")))
        #expect(Self.words(few).contains("have 3 tests, 4 are expected") && few.result == .fail)
        let lost = try #require(
            ShardMerging.merge(try await Self.parts([a, ["ok 1 - c", "1..1"]], inventory: "min_tests: 1", forget: 1)))
        #expect(lost.result != .pass && Self.words(lost).contains("no run of it is in shard 2"), "\(Self.words(lost))")
        let one = try #require(
            ShardMerging.merge(Array(try await Self.parts([a, ["ok 1 - c", "1..1"]]).prefix(1))))
        #expect(one.result != .pass)
    }

    @Test func `files that no part ran, or that parts saw differently, are noticed`() async throws {
        func words(_ first: FileShare, _ second: FileShare) async throws -> (Verdict.Result, String) {
            let parts = try await Self.parts(
                [["ok 1 - a", "ok 2 - b", "1..2"], ["ok 1 - c", "1..1"]], files: [first, second])
            let merged = try #require(ShardMerging.merge(parts))
            return (merged.result, Self.words(merged))
        }
        let good = try await words(FileShare(own: ["1", "3"], total: 3), FileShare(own: ["2"], total: 3))
        #expect(good.0 == .pass, "\(good.1)")
        let lost = try await words(FileShare(own: ["1"], total: 3), FileShare(own: ["2"], total: 3))
        #expect(lost.0 == .fail && lost.1.contains("1 of 3 files were run by no part"), "\(lost.1)")
        let other = try await words(FileShare(own: ["1"], total: 2), FileShare(own: ["2"], total: 3))
        #expect(other.1.contains("one part saw 2 files, another 3"), "\(other.1)")
        let same = try await words(FileShare(own: ["1"], total: 2), FileShare(own: ["1"], total: 2))
        #expect(same.1.contains("parts ran the same files"), "\(same.1)")
    }

    @Test func `a part whose tests failed fails the whole`() async throws {
        let merged = try #require(
            ShardMerging.merge(try await Self.parts([["ok 1 - a", "not ok 2 - b", "1..2"], ["ok 1 - c", "1..1"]])))
        #expect(merged.decidedBy == .failed && merged.rule.contains("r/b"))
    }
}
