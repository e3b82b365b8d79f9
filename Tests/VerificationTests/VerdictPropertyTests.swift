import Configuration
import Testing
import Verification

/// SplitMix64: the same seed gives the same sets on every machine.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Over random records with distinct ids and an expectation of each suite, as a runner makes them.
struct VerdictPropertyTests {
    static let sets = 12_000

    static func record(_ seed: UInt64) -> RunRecord {
        var generator = SeededGenerator(seed: seed)
        func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
        let suites = ["s", "t", "u"].prefix(number(1...3))
        let passesOf10 = number(0...10)
        let results = (0..<number(0...16)).map { index in
            var result = VerdictTests.result(
                number(0...9) < passesOf10 ? .passed : CheckStatus.allCases[number(0...10)], "c\(index)",
                priority: Priority.allCases[number(0...5)], suite: suites[number(0...suites.count - 1)])
            result.evidence.url = number(0...9) == 0 ? "http://other/x" : "http://h/x"
            result.evidence.revision = [nil, "r-2", "r-2", "r-2", "r-2", "r-2", "r-2", "r-1"][number(0...7)]
            if number(0...30) == 0 { result.milliseconds = 0 }
            return result
        }
        let listed = (0..<number(0...16)).map { SuiteIndex.Entry(suite: suites[$0 % suites.count], id: "c\($0)") }
        return RunRecord(
            results: results,
            expectations: suites.map {
                SuiteExpectation(suite: $0, minimumChecks: number(1...6), maximumSkipped: number(0...3))
            },
            gates: Gates(
                indexCoverage: number(0...100), maximumFlaky: [nil, 0, 10][number(0...2)],
                maximumExcused: [nil, 0, 5][number(0...2)], skipsMayGrow: number(0...1) == 0),
            target: [
                nil, MeasuredTarget(authorities: ["h"], revision: "r-2"), MeasuredTarget(authorities: ["h"]),
            ][number(0...2)],
            controls: number(0...9) == 0 ? [ControlResult(suite: "s", id: "k", outcome: .unknown)] : [],
            index: number(0...1) == 0 ? nil : SuiteIndex(entries: listed), acceptedSkips: ["s": number(0...3)])
    }

    @Test func `counts add up to the total`() {
        for seed in 0..<UInt64(Self.sets) {
            let record = Self.record(seed)
            let counts = Verdict.decide(record).counts
            #expect(counts.addUp, "seed \(seed)")
            #expect(counts.dictionary.filter { $0.key != "total" }.values.reduce(0, +) == counts.total, "seed \(seed)")
            #expect(counts.total == record.effectiveResults.count, "seed \(seed)")
        }
    }

    @Test func `without one of its passes a run never has a better verdict`() {
        var seen: Set<VerdictRule> = []
        for seed in 0..<UInt64(Self.sets) {
            let record = Self.record(seed)
            let before = Verdict.decide(record)
            seen.insert(before.decidedBy)
            let effective = record.effectiveResults
            let passes = record.results.indices.filter { effective[$0].status == .passed }
            guard !passes.isEmpty else { continue }
            var fewer = record
            fewer.results.remove(at: passes[Int(seed) % passes.count])
            let after = Verdict.decide(fewer)
            #expect(after.result <= before.result, "seed \(seed): \(before.rule), then \(after.rule)")
        }
        // The sets reach the rules: most are too good or too bad to say anything otherwise.
        #expect(seen.count >= 12, "\(seen)")
    }

    @Test(arguments: [CheckStatus.failed, .error, .xpass])
    func `with one failure more a run never has a better verdict`(_ status: CheckStatus) {
        for seed in 0..<UInt64(Self.sets) {
            let record = Self.record(seed)
            var more = record
            more.results.append(VerdictTests.result(status, "one more"))
            let verdict = Verdict.decide(more)
            #expect(verdict.result == .fail, "seed \(seed): \(verdict.rule)")
        }
    }

    @Test func `what fails instead of passing never improves the verdict`() {
        let worseStatuses: [CheckStatus] = [.failed, .blocked, .notRun, .skipped, .waived, .xfail, .quarantined]
        for seed in 0..<UInt64(Self.sets) {
            let record = Self.record(seed)
            let before = Verdict.decide(record)
            let effective = record.effectiveResults
            let passes = record.results.indices.filter { effective[$0].status == .passed }
            guard !passes.isEmpty else { continue }
            var worse = record
            worse.results[passes[Int(seed / 7) % passes.count]].status = worseStatuses[Int(seed % 7)]
            let after = Verdict.decide(worse)
            #expect(after.result <= before.result, "seed \(seed): \(before.rule), then \(after.rule)")
        }
    }

    @Test func `a pass always has its rule, and nothing that objects among its results`() {
        for seed in 0..<UInt64(Self.sets) {
            let record = Self.record(seed)
            let verdict = Verdict.decide(record)
            #expect(verdict.result == verdict.decidedBy.result, "seed \(seed)")
            guard verdict.result == .pass else { continue }
            let bad: Set<CheckStatus> = [.failed, .error, .xpass, .blocked]
            #expect(!record.effectiveResults.contains { bad.contains($0.status) }, "seed \(seed)")
            #expect(verdict.counts[.passed] + verdict.counts[.flaky] > 0, "seed \(seed)")
        }
    }
}
