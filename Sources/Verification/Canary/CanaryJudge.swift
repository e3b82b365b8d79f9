import Configuration

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Decides from pairs whether a candidate is worse than the baseline: one test over the whole release, however many steps
/// its traffic takes. Pure; looking after every pair costs nothing of the guarantee.
package struct CanaryJudge: Sendable {
    package enum Decision: String, Codable, Hashable, Sendable {
        case pass, fail, inconclusive
        /// More pairs may tell.
        case open
    }

    package let rules: CanaryRules
    package private(set) var evidence: CanaryEvidence
    private let worse: CountedBets
    private let fine: CountedBets
    private let slow: CountedBets
    private let failureThreshold: Double
    private let passThreshold: Double

    /// - Parameter evidence: of the steps before, which this goes on with.
    package init(_ rules: CanaryRules, continuing evidence: CanaryEvidence = CanaryEvidence()) {
        self.rules = rules
        self.evidence = evidence
        if rules.hasBaseline {
            worse = .againstNoWorse(allowance: 0)
            fine = .againstWorse(by: rules.profile.difference)
            slow = worse
        } else {
            worse = .againstAtMost(rules.failureShare)
            fine = .againstAtLeast(rules.failureShare + rules.profile.difference)
            slow = .againstAtMost(rules.slowShare)
        }
        failureThreshold = log(Double(rules.metrics.count) / (rules.falseFailures / 2))
        passThreshold = log(1 / rules.falsePasses)
    }

    package mutating func add(_ pair: CanaryPair) {
        evidence.pairs += 1
        if pair.candidate.hasAnswered { evidence.answered += 1 }
        let baseline = pair.baseline
        evidence.errors.add(candidateIsBad: pair.candidate.isBad, baselineIsBad: baseline?.isBad ?? false)
        if let limit = rules.slowMilliseconds {
            // A bad answer counts as an error; it says nothing about how fast good ones are.
            func isSlow(_ side: CanaryPair.Side) -> Bool { !side.isBad && side.milliseconds > limit }
            evidence.tail.add(
                candidateIsBad: isSlow(pair.candidate), baselineIsBad: baseline.map(isSlow) ?? false)
        }
        if let tolerance = rules.latencyTolerance, let baseline, !pair.candidate.isBad, !baseline.isBad {
            evidence.latency.add(
                LatencyScore.of(
                    candidate: pair.candidate.milliseconds, baseline: baseline.milliseconds, tolerance: tolerance))
        }
        look()
    }

    /// A request of the analysis's own went to the candidate; `now` in seconds since 1970.
    package mutating func sent(at now: Int) {
        guard rules.judgesTraffic else { return }
        if evidence.traffic == nil { evidence.traffic = TrafficEvidence(beginningAt: now) }
        evidence.traffic?.sent(at: now)
    }

    package mutating func add(_ reading: TrafficReading) {
        guard rules.judgesTraffic, evidence.traffic != nil else { return }
        for minute in reading.minutes {
            evidence.traffic?.add(start: minute.start, candidate: minute.candidate, baseline: minute.baseline)
            look()
        }
        evidence.traffic?.next = reading.next
    }

    /// Where both thresholds are crossed at the same pair, the failure decides.
    private mutating func look() {
        if evidence.failure == nil, let metric = rules.metrics.first(where: isShownToBeWorse) {
            evidence.failure = .init(metric: metric, test: .sequential, pairs: evidence.pairs)
        }
        if evidence.fineAfter == nil, evidence.failure == nil, fine.reaches(passThreshold, evidence.errors) {
            evidence.fineAfter = evidence.pairs
        }
    }

    private func isShownToBeWorse(_ metric: CanaryMetric) -> Bool {
        switch metric {
        case .errors: worse.reaches(failureThreshold, evidence.errors)
        case .tail: slow.reaches(failureThreshold, evidence.tail)
        case .latency: evidence.latency.reaches(failureThreshold)
        case .traffic: logEvidenceOfWorse(.traffic) >= failureThreshold
        }
    }

    // MARK: - Decision

    /// As far as it is decided by now.
    package var decision: Decision {
        if evidence.failure != nil { return .fail }
        // That nobody answered on either side is no proof that the candidate is as good.
        let isEnough = min(evidence.pairs, evidence.answered) >= rules.minimumPairs
        return evidence.fineAfter != nil && isEnough && knowsTraffic ? .pass : .open
    }

    /// Too little is no pass, as it is with pairs.
    var knowsTraffic: Bool {
        !rules.judgesTraffic || evidence.traffic.map { $0.real >= rules.minimumPairs } ?? false
    }

    package var mayTakeMore: Bool { evidence.pairs < rules.profile.maximumPairs }

    /// The look at the end, for what is still open. It is exact, and the only one: where the pairs were fewer than the
    /// profile's, the error budget of a look at the end is not spent twice.
    package mutating func conclude() -> Decision {
        guard decision == .open else { return decision }
        if !mayTakeMore {
            let limit = rules.falseFailures / (2 * Double(rules.metrics.count))
            // Latency has no final test: its scores are no counts, and the sequential one alone is within its budget. Nor
            // have real requests, of which nobody says how many there will be.
            for metric in rules.metrics where [.errors, .tail].contains(metric) && finalProbability(metric) <= limit {
                evidence.failure = .init(metric: metric, test: .exact, pairs: evidence.pairs)
                return .fail
            }
        }
        return .inconclusive
    }

    private func finalProbability(_ metric: CanaryMetric) -> Double {
        let counts = metric == .errors ? evidence.errors : evidence.tail
        guard !rules.hasBaseline else { return ExactTests.mcNemar(counts) }
        return ExactTests.binomial(counts, rate: metric == .errors ? rules.failureShare : rules.slowShare)
    }

    /// `ln` of the evidence that the candidate is worse in this respect.
    package func logEvidenceOfWorse(_ metric: CanaryMetric) -> Double {
        switch metric {
        case .errors: worse.logEvidence(evidence.errors)
        case .tail: slow.logEvidence(evidence.tail)
        case .latency: evidence.latency.logEvidence
        case .traffic: evidence.traffic?.logEvidence ?? 0
        }
    }

    /// The same without its logarithm, for people; so large a number is as good as any larger one.
    package func evidenceOfWorse(_ metric: CanaryMetric) -> Double { exp(min(700, logEvidenceOfWorse(metric))) }

    /// `ln` of the evidence that it fails more often by less than the profile's difference.
    package var logEvidenceOfFine: Double { fine.logEvidence(evidence.errors) }
}
