import Testing
import Verification

struct EvidenceCorpusTests {
    @Test(arguments: try CorpusCase.load("forged"))
    func `a forged or broken run is found, by the rule that is about it`(_ forged: CorpusCase) throws {
        let (verdict, checks) = try forged.decided()
        #expect(verdict.result != .pass)
        #expect(verdict.result == forged.result, "\(verdict.rule)")
        #expect(verdict.decidedBy == forged.rule, "\(verdict.rule)")
        guard let says = forged.says else { return }
        let words = checks.compactMap(\.summary) + (forged.parts == nil ? [] : [verdict.rule])
        #expect(words.contains { $0.contains(says) }, "\(words)")
    }

    @Test(arguments: try CorpusCase.load("honest"))
    func `an honest run is believed`(_ honest: CorpusCase) throws {
        let (verdict, checks) = try honest.decided()
        #expect(verdict.result == honest.result, "\(verdict.rule)")
        #expect(verdict.decidedBy == honest.rule, "\(verdict.rule)")
        // Nothing that passed was taken away, and nobody was called a liar who only failed.
        let reported = honest.parts?.flatMap(\.document.checks) ?? honest.record.results
        let before = Set(reported.filter { $0.status == .passed || $0.status == .flaky })
        #expect(Set(checks.filter { $0.status == .passed || $0.status == .flaky }) == before)
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
