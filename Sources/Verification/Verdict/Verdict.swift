import Configuration

/// What a set of results means for a release. Pure: the same record gives the same verdict anywhere.
package struct Verdict: Codable, Hashable, Sendable {
    /// From worst to best; `pass` is the only one that lets a release go on.
    package enum Result: String, Codable, Hashable, Sendable, CaseIterable, Comparable {
        case fail, incomplete, inconclusive, pass

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

        package static func < (left: Result, right: Result) -> Bool { left.rank < right.rank }
    }

    package var result: Result
    /// The rule that decided, in words, with the checks it is about.
    package var rule: String
    /// Which rule that was.
    package var decidedBy: VerdictRule
    package var counts: VerdictCounts

    package init(decidedBy: VerdictRule, rule: String, counts: VerdictCounts) {
        result = decidedBy.result
        self.rule = rule
        self.decidedBy = decidedBy
        self.counts = counts
    }
}

/// What a suite promises to contain.
package struct SuiteExpectation: Codable, Hashable, Sendable {
    package var suite: String
    package var minimumChecks: Int
    package var maximumSkipped: Int

    package init(suite: String, minimumChecks: Int = 1, maximumSkipped: Int = 0) {
        self.suite = suite
        self.minimumChecks = minimumChecks
        self.maximumSkipped = maximumSkipped
    }
}

extension Verdict {
    /// Decides from results and expectations alone.
    package static func decide(_ results: [CheckResult], expecting expectations: [SuiteExpectation]) -> Verdict {
        decide(RunRecord(results: results, expectations: expectations))
    }

    /// Decides. A suite without an expectation is allowed nothing: at least one check, no skip.
    ///
    /// Over records whose ids are distinct and that state no counts, the verdict is monotone: without one of its
    /// passes, or with one failure more, it is never better.
    package static func decide(_ record: RunRecord) -> Verdict {
        let decision = VerdictDecision(record)
        let counts = VerdictCounts(decision.results.map(\.status))
        assert(counts.addUp && counts.total == decision.results.count, "counts must add up to the number of results")
        if let (rule, words) = decision.objection(counts) {
            return Verdict(decidedBy: rule, rule: words, counts: counts)
        }
        return Verdict(
            decidedBy: .allAsWanted,
            rule: (counts.total == 1 ? "the only check" : "all \(counts.total) checks")
                + " ended as wanted, with nothing skipped beyond what is allowed",
            counts: counts)
    }

    /// The worst of several verdicts, as a part decides for the whole.
    package static func worst(_ whole: Verdict, _ parts: [Verdict]) -> Verdict {
        guard let part = parts.min(by: { $0.result < $1.result }), part.result < whole.result else { return whole }
        return Verdict(decidedBy: part.decidedBy, rule: part.rule, counts: whole.counts)
    }
}
