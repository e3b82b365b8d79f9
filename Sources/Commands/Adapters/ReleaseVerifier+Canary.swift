import Configuration
import Releases
import Reporting
import Verification

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The analysis of a canary as a release sees it.
extension ReleaseVerifier {
    func analyse(
        _ question: CanaryQuestion, record: @escaping @Sendable (CanaryFindings) async throws -> Void,
        progress: @escaping @Sendable (GateProgress) -> Void
    ) async throws -> CanaryFindings {
        let service = question.candidate.service
        var rules = CanaryRules(
            profile: question.settings.profile,
            latencyTolerance: question.settings.latencyTolerance.map { Double($0) / 100 },
            slowMilliseconds: question.settings.slowMilliseconds.map(Double.init),
            hasBaseline: question.baseline != nil)
        rules.judgesTraffic = question.settings.monitoring == true && question.baseline != nil && question.isServing
        rules.minimumPairs = min(rules.minimumPairs, rules.profile.maximumPairs)
        let comparison = CanaryComparison(
            service, settings: question.settings, run: question.run, probe: http,
            traffic: rules.judgesTraffic ? traffic(of: question) { progress(GateProgress($0)) } : nil)
        let judge = try await comparison.run(
            CanaryJudge(rules, continuing: try Self.evidence(question.findings)),
            candidate: Self.side(question.candidate), baseline: question.baseline.map(Self.side),
            pace: CanaryComparison.Pace(
                pairs: question.pairs, pairsPerSecond: question.settings.pairsPerSecond, pause: question.pause,
                patience: question.patience)
        ) { judge in
            var findings = Self.findings(judge, isLast: false)
            findings.pairsBefore = question.pairsBefore
            try await record(findings)
            let evidence = judge.evidence
            progress(
                GateProgress(
                    "\(Counted.text(evidence.pairs, "pair")): \(Self.counts(judge))",
                    counts: GateCounts(
                        .pairs, done: evidence.pairs - question.pairsBefore, total: question.pairs,
                        bad: evidence.errors.worse)))
        }
        try Task.checkCancellation()
        return Self.findings(judge, isLast: question.isLast)
    }

    private func traffic(
        of question: CanaryQuestion, _ progress: @escaping @Sendable (String) -> Void
    ) -> CountedTraffic? {
        guard let counts, let service = question.candidate.identity, let candidate = question.candidate.revision,
            let baseline = question.baseline?.revision
        else { return nil }
        return CountedTraffic(
            counts: counts, service: service, candidate: candidate, baseline: baseline, progress: progress)
    }

    private static func side(_ target: VerificationTarget) -> CanaryComparison.Side {
        CanaryComparison.Side(url: target.url, revision: target.revision, identityToken: target.identityToken)
    }

    /// Throws `internalError` for a state that no version of this program has written.
    private static func evidence(_ findings: CanaryFindings?) throws -> CanaryEvidence {
        guard let state = findings?.state else { return CanaryEvidence() }
        do {
            return try JSONDecoder().decode(CanaryEvidence.self, from: Data(state.utf8))
        } catch {
            throw Failure(
                .internalError, "the evidence of the steps before cannot be read",
                details: [.init("why", "\(error)")])
        }
    }

    static func findings(_ judge: CanaryJudge, isLast: Bool) -> CanaryFindings {
        var judge = judge
        let decision = isLast ? judge.conclude() : judge.decision
        let evidence = judge.evidence
        let state = try? JSONEncoder().encode(evidence)
        var findings = CanaryFindings(
            decision: CanaryFindings.Decision(decision), pairs: evidence.pairs, answered: evidence.answered,
            metrics: judge.rules.metrics.map { metric in
                let counts: PairCounts? =
                    switch metric {
                    case .errors: evidence.errors
                    case .tail: evidence.tail
                    case .latency, .traffic: nil
                    }
                return CanaryFindings.Metric(
                    name: metric.rawValue, worse: counts?.worse, better: counts?.better, ties: counts?.ties,
                    evidence: judge.evidenceOfWorse(metric))
            }, rule: judge.sentence(decision), state: state.map { String(decoding: $0, as: UTF8.self) })
        findings.realRequests = evidence.traffic.map {
            CanaryFindings.RealRequests(
                candidate: $0.candidate.requests, candidateFailed: $0.candidate.failed,
                baseline: $0.baseline.requests, baselineFailed: $0.baseline.failed)
        }
        return findings
    }

    private static func counts(_ judge: CanaryJudge) -> String {
        let errors = judge.evidence.errors
        return "\(errors.worse) worse, \(errors.better) better, \(errors.ties) the same"
    }
}

extension CanaryFindings.Decision {
    fileprivate init(_ decision: CanaryJudge.Decision) {
        self =
            switch decision {
            case .pass: .pass
            case .fail: .fail
            case .inconclusive: .inconclusive
            case .open: .open
            }
    }
}
