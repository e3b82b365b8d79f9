import Testing
import Verification

struct VerdictTests {
    static func result(
        _ status: CheckStatus, _ id: String = "c", priority: Priority = .p3, suite: String = "s"
    ) -> CheckResult {
        var evidence = Evidence()
        evidence.status = 200
        return CheckResult(
            id: id, suite: suite, priority: priority, status: status, milliseconds: 1, attempts: 1, evidence: evidence)
    }

    @Test(
        arguments: [
            ([], .incomplete), ([.passed], .pass), ([.passed, .failed], .fail), ([.passed, .error], .fail),
            ([.passed, .xpass], .fail), ([.passed, .blocked], .incomplete), ([.passed, .skipped], .incomplete),
            ([.passed, .notRun], .incomplete), ([.skipped, .skipped], .incomplete), ([.waived], .incomplete),
            ([.passed, .waived], .pass), ([.passed, .xfail], .pass), ([.passed, .quarantined], .pass),
            ([.passed, .flaky], .pass), ([.passed, .flaky, .flaky], .inconclusive), ([.failed, .notRun], .fail),
        ] as [([CheckStatus], Verdict.Result)])
    func `statuses decide`(_ statuses: [CheckStatus], _ expected: Verdict.Result) {
        let verdict = Verdict.decide(statuses.enumerated().map { Self.result($1, "c\($0)") }, expecting: [])
        #expect(verdict.result == expected, "\(verdict.rule)")
    }

    @Test(arguments: [Priority.p1, .p2])
    func `a pass after a retry is no pass where it matters most`(_ priority: Priority) {
        let verdict = Verdict.decide(
            [Self.result(.passed), Self.result(.flaky, "d", priority: priority)], expecting: [])
        #expect(verdict.result == .fail)
    }

    @Test func `a pass without evidence is an error`() {
        let empty = CheckResult(id: "c", suite: "s", priority: .p1, status: .passed, attempts: 1)
        let verdict = Verdict.decide([empty], expecting: [])
        #expect(verdict.result == .fail)
        #expect(verdict.counts[.error] == 1)
        #expect(verdict.counts[.passed] == 0)
    }

    @Test func `an inventory bounds checks and skips`() {
        let results = [Self.result(.passed), Self.result(.skipped, "d")]
        let few = SuiteExpectation(suite: "s", minimumChecks: 3, maximumSkipped: 1)
        let enough = SuiteExpectation(suite: "s", minimumChecks: 2, maximumSkipped: 1)
        let absent = SuiteExpectation(suite: "other")
        #expect(Verdict.decide(results, expecting: [few]).result == .incomplete)
        #expect(Verdict.decide(results, expecting: [enough]).result == .pass)
        #expect(Verdict.decide(results, expecting: [enough, absent]).result == .incomplete)
    }

    @Test func `counts add up and better results never give a worse verdict`() {
        var generator = SystemRandomNumberGenerator()
        func rank(_ result: Verdict.Result) -> Int { Verdict.Result.allCases.firstIndex(of: result) ?? -1 }
        for _ in 0..<2000 {
            let count = Int.random(in: 0...12, using: &generator)
            var results = (0..<count).map { index in
                Self.result(
                    CheckStatus.allCases.randomElement(using: &generator) ?? .passed, "c\(index)",
                    priority: Priority.allCases.randomElement(using: &generator) ?? .p1)
            }
            let expectation = SuiteExpectation(
                suite: "s", minimumChecks: Int.random(in: 1...8, using: &generator),
                maximumSkipped: Int.random(in: 0...2, using: &generator))
            let before = Verdict.decide(results, expecting: [expectation])
            #expect(before.counts.addUp)
            #expect(before.counts.total == count)
            #expect(before.counts.dictionary.count == 12)
            if before.result == .pass {
                #expect(results.allSatisfy { ![.failed, .error, .blocked, .notRun, .xpass].contains($0.status) })
            }
            guard let index = results.indices.randomElement(using: &generator) else { continue }
            results[index].status = .passed
            let after = Verdict.decide(results, expecting: [expectation])
            #expect(rank(after.result) >= rank(before.result), "\(before.rule) then \(after.rule)")
        }
    }

    @Test func `taking a pass away or adding a failure never releases what was held`() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let results = (0..<Int.random(in: 1...120, using: &generator)).map { index in
                // Mostly passes, so that the rules about a few flaky or skipped ones are reached.
                Self.result(
                    Bool.random(using: &generator) || index % 3 > 0
                        ? .passed : CheckStatus.allCases.randomElement(using: &generator) ?? .passed, "c\(index)")
            }
            let expectation = SuiteExpectation(suite: "s", minimumChecks: results.count / 2, maximumSkipped: 2)
            let held = Verdict.decide(results, expecting: [expectation])
            guard held.result != .pass else { continue }
            if let pass = results.firstIndex(where: { $0.status == .passed }) {
                var fewer = results
                fewer.remove(at: pass)
                #expect(Verdict.decide(fewer, expecting: [expectation]).result != .pass, "\(held.rule)")
            }
            let more = results + [Self.result(.failed, "one more")]
            #expect(Verdict.decide(more, expecting: [expectation]).result != .pass, "\(held.rule)")
        }
    }
}
