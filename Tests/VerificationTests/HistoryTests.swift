import Testing
import Verification

struct HistoryTests {
    static let entry = SuiteIndex.Entry(suite: "s", id: "a")

    static func run(
        _ passed: Bool?, digest: String? = "sha256:1", result: Verdict.Result = .pass, isNarrowed: Bool = false,
        skips: [String: Int] = ["s": 0]
    ) -> RecordedRun {
        RecordedRun(
            startedAt: 0, result: result, isNarrowed: isNarrowed, digest: digest, skips: skips,
            outcomes: passed.map { [.init(entry: entry, passed: $0)] } ?? [])
    }

    @Test func `skips are those of the last whole run that passed`() {
        let history = VerificationHistory(runs: [
            Self.run(true, skips: ["s": 1, "t": 4]), Self.run(true, skips: ["s": 2]),
            Self.run(false, result: .fail, skips: ["s": 9]), Self.run(true, isNarrowed: true, skips: ["s": 8]),
        ])
        #expect(history.acceptedSkips == ["s": 2, "t": 4])
    }

    @Test func `five failures in a row are no flakiness`() {
        let failures = Array(repeating: Self.run(false, result: .fail), count: 5)
        #expect(VerificationHistory(runs: failures).isBroken(Self.entry))
        #expect(!VerificationHistory(runs: Array(failures.dropLast())).isBroken(Self.entry))
        #expect(!VerificationHistory(runs: failures + [Self.run(true)]).isBroken(Self.entry))
        #expect(VerificationHistory(runs: [Self.run(true)] + failures).isBroken(Self.entry))
        #expect(VerificationHistory(runs: failures + [Self.run(nil)]).isBroken(Self.entry))
    }

    @Test func `flaky is what passed and failed on one image`() {
        let both = VerificationHistory(runs: [Self.run(true), Self.run(false)])
        #expect(both.flaky(on: "sha256:1") == [Self.entry])
        let results = [VerdictTests.result(.passed, "a")]
        #expect(both.flakiness(on: "sha256:1", among: results) == "passed and failed before on this very image: s/a")
        #expect(both.flakiness(on: "sha256:2", among: results) == nil)
        #expect(both.flakiness(on: nil, among: results) == nil)
        #expect(both.flakiness(on: "sha256:1", among: []) == nil)
        let apart = VerificationHistory(runs: [Self.run(true), Self.run(false, digest: "sha256:2")])
        #expect(apart.flaky(on: "sha256:1").isEmpty)
    }

    @Test func `a quarantined check that never passes gates again`() async throws {
        let http = FakeHTTP { request, _ in
            .answer(request.url.hasSuffix("ok") ? 200 : 500, headers: SuiteRunnerTests.good)
        }
        let soon = CalendarDay(secondsSince1970: 1_790_000_000 + 5 * 86_400)
        let yaml =
            SuiteRunnerTests.head + """
                checks: [ { id: ok, http: GET /ok }, { id: a, http: GET /x } ]
                policies: [ { match: a, quarantine: true, owner: o, issue: I-1, reason: r, expires: \(soon) } ]
                """
        let tolerated = try await SuiteRunnerTests.run(yaml, http)
        #expect(tolerated.results.map(\.status) == [.passed, .quarantined])
        #expect(tolerated.verdict.result == .pass)
        let history = VerificationHistory(runs: Array(repeating: Self.run(false, result: .fail), count: 5))
        let broken = try await SuiteRunnerTests.run(
            yaml, http, options: SuiteRunOptions(today: today, history: history))
        #expect(broken.results.map(\.status) == [.passed, .failed])
        #expect(broken.notes.contains { $0.contains("it is broken") })
    }

    @Test func `what a run came to is remembered, whatever a policy made of it`() {
        let statuses: [CheckStatus] = [.passed, .xfail, .waived, .skipped, .error, .flaky]
        let results = statuses.map { VerdictTests.result($0, $0.rawValue) }
        let recorded = RecordedRun(
            SuiteRun(verdict: .decide(results, expecting: []), results: results), startedAt: 1, isNarrowed: false,
            digest: nil)
        #expect(recorded.outcomes.map(\.passed) == [true, false, false, true])
        #expect(recorded.skips == ["s": 1])
    }
}
