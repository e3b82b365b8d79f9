import Configuration

/// Why an analysis came to what it came to, in one sentence.
extension CanaryJudge {
    package func sentence(_ decision: Decision) -> String {
        let points = "\(Int((rules.profile.difference * 100).rounded())) points"
        let pairs = "\(evidence.pairs) \(rules.hasBaseline ? "pairs" : "answers")"
        switch decision {
        case .fail:
            guard let failure = evidence.failure else { return "worse after \(pairs)" }
            let end = failure.test == .sequential ? "after" : "at the end of"
            return "\(words(failure.metric)) (\(end) \(failure.pairs) \(rules.hasBaseline ? "pairs" : "answers"))"
        case .pass:
            return rules.hasBaseline
                ? "fails more often by less than \(points), with 95 % confidence, after \(pairs)"
                : "fails in less than \(percent(rules.failureShare + rules.profile.difference)) of its answers, with 95 % "
                    + "confidence, after \(pairs)"
        case .open: return "not worse so far, after \(pairs)"
        case .inconclusive:
            if evidence.pairs == 0 { return "nothing was measured" }
            if evidence.answered < rules.minimumPairs {
                return "the candidate answered in \(evidence.answered) of \(pairs), fewer than \(rules.minimumPairs)"
            }
            if evidence.pairs < rules.minimumPairs { return "\(pairs) are fewer than \(rules.minimumPairs)" }
            if evidence.fineAfter != nil, !knowsTraffic {
                return "the pairs are fine, and of real requests \(evidence.traffic?.real ?? 0) are known, fewer than "
                    + "\(rules.minimumPairs): what is missing is no pass"
            }
            return "\(pairs) do not tell whether it fails more often by \(points)"
        }
    }

    private func words(_ metric: CanaryMetric) -> String {
        let (errors, tail) = (evidence.errors, evidence.tail)
        switch metric {
        case .errors where rules.hasBaseline:
            return "it failed \(errors.worse) times where the other did not, and the other \(errors.better) times"
        case .errors: return "it failed \(errors.worse) times, above \(percent(rules.failureShare)) of its answers"
        case .tail where rules.hasBaseline:
            return "it was slow \(tail.worse) times where the other was not, and the other \(tail.better) times"
        case .tail: return "it was slow \(tail.worse) times, above \(percent(rules.slowShare)) of its answers"
        case .traffic:
            guard let traffic = evidence.traffic else { return "real requests fail more often" }
            return
                "\(traffic.candidate.failed) of \(Counted.text(traffic.candidate.requests, "real request")) failed, and of the other "
                + "\(traffic.baseline.failed) of \(traffic.baseline.requests)"
        case .latency: return "it is slower by more than \(percent(rules.latencyTolerance ?? 0)) in the middle"
        }
    }

    private func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
}
