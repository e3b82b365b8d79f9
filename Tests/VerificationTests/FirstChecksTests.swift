import Synchronization
import Testing
import Verification

/// Checks that are asked before all others: what failed before the source changed.
struct FirstChecksTests {
    private static let yaml =
        SuiteRunnerTests.head + """
            checks:
              - { id: a, http: GET /a }
              - { id: b, http: GET /b, needs: [a] }
              - { id: c, http: GET /c }
            """

    private static func run(
        _ first: FirstChecks?, failing: Set<String>
    ) async throws -> (run: SuiteRun, asked: [String], seen: [String]) {
        let http = FakeHTTP { request, _ in
            .answer(failing.contains(String(request.url.suffix(1))) ? 500 : 200, headers: SuiteRunnerTests.good)
        }
        var options = SuiteRunOptions(width: 1, today: today)
        options.first = first
        let seen = Mutex<[String]>([])
        let run = await runner(http, FakeWebSocket(messages: []), secrets: [:]).run(
            [try suite(yaml)], against: SuiteRunnerTests.target, options: options
        ) { result in seen.withLock { $0.append(result.id) } }
        return (run, http.requests.map { String($0.url.suffix(1)) }, seen.withLock(\.self))
    }

    @Test func `while one of them fails nothing else is asked, and the rest is not run`() async throws {
        let (run, asked, seen) = try await Self.run(FirstChecks(["s/b"]), failing: ["b"])
        #expect(asked == ["a", "b"], "with what it needs")
        #expect(run.results.map(\.id) == ["a", "b", "c"])
        #expect(run.results.map(\.status) == [.passed, .failed, .notRun])
        #expect(run.results.last?.summary == "what failed before fails still")
        #expect(run.verdict.result == .fail)
        #expect(seen == ["a", "b", "c"])
    }

    @Test func `when all of them pass everything is asked, and each result is there once`() async throws {
        let (run, asked, seen) = try await Self.run(FirstChecks(["s/b", "other/x"]), failing: [])
        #expect(asked == ["a", "b", "a", "b", "c"])
        #expect(run.results.map(\.status) == [.passed, .passed, .passed])
        #expect(run.verdict.result == .pass)
        #expect(seen == ["a", "b", "c"])
    }

    @Test func `what passes first and fails in company is a failure`() async throws {
        let (run, _, _) = try await Self.run(FirstChecks(["s/b"]), failing: ["c"])
        #expect(run.results.map(\.status) == [.passed, .passed, .failed])
        #expect(run.verdict.result == .fail)
    }

    @Test func `names of other suites alone ask nothing before everything`() async throws {
        let (run, asked, _) = try await Self.run(FirstChecks(["other/x"]), failing: [])
        #expect(asked == ["a", "b", "c"])
        #expect(run.verdict.result == .pass)
    }

    @Test func `alone they are no verdict of the whole`() async throws {
        let (named, asked, seen) = try await Self.run(FirstChecks(["s/a"], isAll: true, reason: "why"), failing: [])
        #expect(asked == ["a"] && seen == ["a"])
        #expect(named.results.map(\.status) == [.passed, .notRun, .notRun])
        #expect(named.results.last?.summary == "why")
        #expect(named.verdict.result == .incomplete)
        let (none, nothing, _) = try await Self.run(FirstChecks([], isAll: true), failing: [])
        #expect(nothing == [] && none.results.allSatisfy { $0.status == .notRun })
        #expect(none.verdict.result == .incomplete)
    }
}
