import Testing
import Verification

struct EvidenceCorpusTests {
    @Test(arguments: try CorpusCase.load("forged"))
    func `a forged or broken run is found, by the rule that is about it`(_ forged: CorpusCase) {
        let verdict = Verdict.decide(forged.record)
        #expect(verdict.result != .pass)
        #expect(verdict.result == forged.result, "\(verdict.rule)")
        #expect(verdict.decidedBy == forged.rule, "\(verdict.rule)")
        guard let says = forged.says else { return }
        let summaries = forged.record.effectiveResults.compactMap(\.summary)
        #expect(summaries.contains { $0.contains(says) }, "\(summaries)")
    }

    @Test(arguments: try CorpusCase.load("honest"))
    func `an honest run is believed`(_ honest: CorpusCase) {
        let verdict = Verdict.decide(honest.record)
        #expect(verdict.result == honest.result, "\(verdict.rule)")
        #expect(verdict.decidedBy == honest.rule, "\(verdict.rule)")
        // Nothing that passed was taken away, and nobody was called a liar who only failed.
        let before = honest.record.results.filter { $0.status == .passed || $0.status == .flaky }
        let after = honest.record.effectiveResults.filter { $0.status == .passed || $0.status == .flaky }
        #expect(after == before)
    }

    @Test func `two services may have run one suite, and the worse of two verdicts stays`() {
        var merged = RunRecord(results: [VerdictTests.result(.passed), VerdictTests.result(.passed)])
        #expect(Verdict.decide(merged).decidedBy == .duplicateIds)
        merged.isMerged = true
        let whole = Verdict.decide(merged)
        #expect(whole.result == .pass)
        let part = Verdict.decide([VerdictTests.result(.failed)], expecting: [])
        #expect(Verdict.worst(whole, [whole, part]).result == .fail)
        #expect(Verdict.worst(whole, [whole, part]).counts == whole.counts)
        #expect(Verdict.worst(whole, []) == whole)
    }

    @Test func `the corpus is as large as it claims, and no case is there twice`() throws {
        let forged = try CorpusCase.load("forged")
        let honest = try CorpusCase.load("honest")
        #expect(forged.count >= 60)
        #expect(honest.count >= 60)
        #expect(Set((forged + honest).map(\.name)).count == forged.count + honest.count)
        // Every rule that objects has a case of its own.
        #expect(Set((forged + honest).map(\.rule)) == Set(VerdictRule.allCases))
    }
}
