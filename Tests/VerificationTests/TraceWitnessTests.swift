import Configuration
import Synchronization
import Testing
import Verification

/// A request log that shows what it has from a certain look on.
final class FakeRequestLog: RequestLog {
    private let looks = Mutex<[Set<String>]>([])
    private let answer: @Sendable (_ trace: String, _ look: Int) -> Set<String>?
    private let problem: RequestLogProblem?

    init(
        problem: RequestLogProblem? = nil, _ answer: @escaping @Sendable (String, Int) -> Set<String>? = { _, _ in nil }
    ) {
        self.problem = problem
        self.answer = answer
    }

    var asked: [Set<String>] { looks.withLock { $0 } }

    func revisions(answering traces: Set<String>) async throws -> [String: Set<String>] {
        if let problem { throw problem }
        let look = looks.withLock { looks in
            looks.append(traces)
            return looks.count - 1
        }
        return traces.reduce(into: [:]) { $0[$1] = answer($1, look) }
    }
}

@Suite struct TraceWitnessTests {
    private func window(
        _ log: FakeRequestLog?, _ http: FakeHTTP, identity: RevisionIdentity? = nil, expected: String? = "r-2"
    ) async -> HealthWindowResult {
        let clock = ManualClock()
        return await HealthWindow(
            probe: http, clock: clock, witness: log.map { TraceWitness(log: $0, clock: clock) }
        ).run(HealthWindowTests.question(expected, identity: identity))
    }

    private let silent = FakeHTTP { _, _ in .answer() }

    @Test func `each sample is asked for by a trace of its own`() async {
        _ = await window(nil, silent)
        let traces = silent.requests.compactMap { $0.headers["traceparent"] }
        #expect(traces.count == 3 && Set(traces).count == 3)
    }

    @Test func `the log proves who answered for a service that does not say`() async {
        let log = FakeRequestLog { _, _ in ["r-2"] }
        let result = await window(log, silent)
        #expect(result.healthy && result.identity == "identity by the request log")
        #expect(result.samples.allSatisfy { $0.revision == "r-2" && $0.witness == .requestLog })
        #expect(log.asked.map(\.count) == [3], "one question for all samples")
    }

    @Test func `an entry that comes late is waited for`() async {
        let log = FakeRequestLog { _, look in look < 3 ? nil : ["r-2"] }
        let result = await window(log, silent)
        #expect(result.healthy && result.identity == "identity by the request log")
        #expect(log.asked.count == 4)
    }

    @Test func `answers of another revision are failures, until the wanted one answers`() async {
        let traces = Mutex<[String]>([])
        let http = FakeHTTP { request, _ in
            traces.withLock { $0.append(String((request.headers["traceparent"] ?? "").dropFirst(3).prefix(32))) }
            return .answer()
        }
        let log = FakeRequestLog { trace, _ in
            (traces.withLock { $0.firstIndex(of: trace) } ?? 0) < 4 ? ["r-1"] : ["r-2"]
        }
        let result = await window(log, http)
        #expect(result.healthy)
        #expect(result.samples[0].problem == "by the request log revision `r-1` answered, wanted `r-2`")
        #expect(result.samples.suffix(3).allSatisfy { $0.revision == "r-2" })
    }

    @Test func `a service that never is the wanted revision is not healthy, in a bounded time`() async {
        let result = await window(FakeRequestLog { _, _ in ["r-1"] }, silent)
        #expect(!result.healthy)
        #expect(result.milliseconds < 30_000)
    }

    @Test func `a log that shows nothing leaves the samples without identity, and it is said`() async {
        let log = FakeRequestLog()
        let result = await window(log, silent)
        #expect(result.healthy)
        #expect(result.identity == "without identity: the request log shows 3 of 3 answers not in time")
        #expect(result.samples.allSatisfy { $0.revision == nil && $0.witness == nil })
    }

    @Test func `a log that may not be read is no reason to wait`() async {
        let result = await window(FakeRequestLog(problem: RequestLogProblem("not permitted")), silent)
        #expect(result.healthy && result.identity == "without identity: not permitted")
        #expect(result.milliseconds < 1000)
    }

    @Test func `nobody is asked about a service that says who it is`() async {
        let log = FakeRequestLog { _, _ in ["r-1"] }
        let http = FakeHTTP { _, _ in .answer(headers: HealthWindowTests.good) }
        let result = await window(log, http, identity: .header("x-revision"))
        #expect(result.healthy && result.identity == nil && log.asked.isEmpty)
        #expect(result.samples.allSatisfy { $0.witness == .response })
    }

    @Test func `an answer that breaks its promise to say who it is needs the log's word`() async {
        let proved = await window(FakeRequestLog { _, _ in ["r-2"] }, silent, identity: .header("x-revision"))
        #expect(proved.healthy)
        let unknown = await window(FakeRequestLog(), silent, identity: .header("x-revision"))
        #expect(!unknown.healthy)
        #expect(unknown.samples.last?.problem == "the answer does not say which revision gave it")
    }

    @Test func `nobody is asked when any revision may answer`() async {
        let log = FakeRequestLog { _, _ in ["r-1"] }
        #expect(await window(log, silent, expected: nil).healthy)
        #expect(log.asked.isEmpty)
    }

    @Test func `checks of a service that does not say are proved by one question`() async throws {
        let log = FakeRequestLog { _, _ in ["r-2"] }
        let run = try await checks(log)
        #expect(run.verdict.result == .pass && run.identity == "identity by the request log")
        #expect(run.results.allSatisfy { $0.evidence.revision == "r-2" && $0.evidence.witness == "request-log" })
        #expect(log.asked.count == 1)
    }

    @Test func `a check that another revision answered has failed`() async throws {
        let run = try await checks(FakeRequestLog { _, _ in ["r-2", "r-1"] })
        #expect(run.verdict.result == .fail)
        #expect(run.results.map(\.status) == [.failed, .failed])
        #expect(run.results[0].summary == "by the request log revision `r-1` answered, wanted `r-2`")
    }

    @Test func `checks that the log does not show stay as they are, and it is said`() async throws {
        let run = try await checks(FakeRequestLog())
        #expect(run.verdict.result == .pass)
        #expect(run.identity == "without identity: the request log shows 2 of 2 answers not in time")
    }

    private func checks(_ log: FakeRequestLog) async throws -> SuiteRun {
        let http = FakeHTTP { _, _ in .answer() }
        let target = SuiteRunTarget(
            url: "http://h", expectedRevision: "r-2", witness: TraceWitness(log: log, clock: ManualClock()))
        let yaml = SuiteRunnerTests.head + "checks: [ { id: a, http: GET /a }, { id: b, http: GET /b } ]"
        return await runner(http).run([try suite(yaml)], against: target, options: SuiteRunOptions(today: today))
    }
}
