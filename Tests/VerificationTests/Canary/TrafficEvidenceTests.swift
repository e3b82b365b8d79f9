import Configuration
import Synchronization
import Testing

@testable import Verification

/// Real requests, which nobody paired: they can fail a candidate, and pass none.
struct TrafficEvidenceTests {
    private static let rules: CanaryRules = {
        var rules = CanaryRules(latencyTolerance: nil)
        rules.judgesTraffic = true
        return rules
    }()

    private static func minute(_ number: Int, _ candidate: (Int, Int), _ baseline: (Int, Int)) -> TrafficReading.Minute
    {
        TrafficReading.Minute(
            start: number * 60, candidate: .init(requests: candidate.0, failed: candidate.1),
            baseline: .init(requests: baseline.0, failed: baseline.1))
    }

    private static func judge(_ minutes: [TrafficReading.Minute], pairs: Int = 0) -> CanaryJudge {
        var judge = CanaryJudge(rules)
        judge.sent(at: 0)
        for _ in 0..<pairs {
            judge.add(
                CanaryPair(
                    candidate: .init(isBad: false, milliseconds: 1), baseline: .init(isBad: false, milliseconds: 1)))
        }
        judge.add(TrafficReading(minutes: minutes, next: minutes.count * 60))
        return judge
    }

    @Test func `the first block tells nothing, and the second what the first foretold`() {
        // By hand: (10.18/100.36, 0.18/900.36) against their mixture, over 5 of 50 and 0 of 450.
        let judge = Self.judge([
            Self.minute(0, (100, 10), (900, 0)), Self.minute(1, (50, 5), (450, 0)),
        ])
        #expect(Self.judge([Self.minute(0, (100, 100), (900, 0))]).logEvidenceOfWorse(.traffic) == 0)
        #expect(abs(judge.logEvidenceOfWorse(.traffic) - 11.658_665) < 1e-5, "\(judge.logEvidenceOfWorse(.traffic))")
        #expect(judge.decision == .fail && judge.evidence.failure?.metric == .traffic)
        #expect(judge.sentence(.fail).hasPrefix("15 of 150 real requests failed, and of the other 0 of 1350"))
    }

    @Test func `a candidate that fares better is no evidence, however much better`() {
        let judge = Self.judge((0..<20).map { Self.minute($0, (100, 0), (900, 300)) }, pairs: 100)
        #expect(judge.logEvidenceOfWorse(.traffic) == 0 && judge.decision == .pass)
    }

    @Test func `without enough of real requests nothing passes, and what is missing counts as nothing`() {
        #expect(Self.judge([], pairs: 100).decision == .open)
        var silent = Self.judge([], pairs: 300)
        #expect(silent.conclude() == .inconclusive)
        #expect(silent.sentence(.inconclusive).contains("of real requests 0 are known, fewer than 30"))
        #expect(Self.judge([Self.minute(0, (29, 0), (500, 0))], pairs: 100).decision == .open)
        #expect(Self.judge([Self.minute(0, (31, 0), (500, 0))], pairs: 100).decision == .pass)
    }

    @Test func `own requests are not real ones`() {
        var judge = CanaryJudge(Self.rules)
        judge.sent(at: 30)
        for second in 60..<100 { judge.sent(at: second) }
        judge.add(TrafficReading(minutes: [Self.minute(1, (60, 0), (70, 0))], next: 120))
        #expect(judge.evidence.traffic?.real == 20)
    }

    /// The budget is one: with real requests each metric has less of it.
    @Test func `a dead candidate needs one pair more where real requests are judged too`() {
        var judge = CanaryJudge(Self.rules)
        while judge.decision == .open {
            judge.add(
                CanaryPair(
                    candidate: .init(isBad: true, milliseconds: 1), baseline: .init(isBad: false, milliseconds: 1)))
        }
        #expect(judge.decision == .fail && judge.evidence.pairs == 8)
    }

    @Test(arguments: [0.0, 0.001, 0.02, 0.3])
    func `a good candidate fails in no more releases than it may`(rate: Double) {
        var random = Lottery(state: 7)
        let releases = 4000
        var failed = 0
        for _ in 0..<releases {
            var evidence = TrafficEvidence(beginningAt: 0)
            var worst = 0.0
            for minute in 0..<15 {
                // The rate moves from minute to minute, for both alike.
                let shared = rate * (1 + Double(minute % 5)) / 3
                let (new, old) = (random.drawn(shared, of: 20), random.drawn(shared, of: 60))
                evidence.add(
                    start: minute * 60, candidate: .init(requests: 20, failed: new),
                    baseline: .init(requests: 60, failed: old))
                worst = max(worst, evidence.logEvidence)
            }
            // ln 40: the half of the budget that is spent while looking, for one metric alone.
            if worst >= 3.689 { failed += 1 }
        }
        #expect(Double(failed) / Double(releases) <= 0.025 + 0.006, "\(failed) of \(releases)")
    }

    @Test func `an analysis reads what was counted once a minute, goes on from there, and stops a bad candidate`()
        async throws
    {
        let clock = ManualClock()
        let http = FakeHTTP { _, _ in .answer() }
        let traffic = ScriptedTraffic(clock: clock)
        let comparison = CanaryComparison(
            Service(name: "backend"), settings: AnalysisSettings(latencyTolerance: nil), run: "r", probe: http,
            clock: clock, traffic: traffic)
        let side = CanaryComparison.Side(url: "http://c.test", revision: nil)
        let judge = try await comparison.run(
            CanaryJudge(Self.rules), candidate: side, baseline: side,
            pace: .init(pairs: 300, pairsPerSecond: 3, pause: .seconds(900), patience: .seconds(3600)))
        #expect(judge.decision == .fail && judge.evidence.failure?.metric == .traffic)
        #expect(judge.evidence.errors.worse == 0)
        #expect(clock.now() < .seconds(600), "as soon as it is known")
        #expect(traffic.asked.withLock { $0 } == traffic.asked.withLock { $0 }.sorted())
    }

    /// Counts that come four minutes late; a tenth of the candidate's requests fails.
    private final class ScriptedTraffic: RealTraffic {
        let clock: ManualClock
        let asked = Mutex<[Int]>([])

        init(clock: ManualClock) { self.clock = clock }

        func now() -> Int { Int(clock.now().components.seconds) }

        func read(from next: Int) async -> TrafficReading {
            asked.withLock { $0.append(next) }
            let settled = (now() - 240) / 60 * 60
            guard settled > next else { return TrafficReading(minutes: [], next: next) }
            return TrafficReading(
                minutes: stride(from: next, to: settled, by: 60).map {
                    TrafficEvidenceTests.minute($0 / 60, (100, 10), (900, 1))
                }, next: settled)
        }
    }

    /// A generator that is the same everywhere (SplitMix64).
    private struct Lottery {
        var state: UInt64

        mutating func drawn(_ rate: Double, of count: Int) -> Int {
            (0..<count).reduce(0) { sum, _ in
                state &+= 0x9E37_79B9_7F4A_7C15
                var mixed = state
                mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
                mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
                mixed ^= mixed >> 31
                return sum + (Double(mixed >> 11) / 9_007_199_254_740_992 < rate ? 1 : 0)
            }
        }
    }
}
