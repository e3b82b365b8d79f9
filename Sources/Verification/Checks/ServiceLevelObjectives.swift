/// Limits for the percentiles of many answers, and for how many may fail.
package struct ServiceLevelObjectives: Hashable, Sendable {
    package struct Percentile: Hashable, Sendable {
        /// Between 0 and 1.
        package var quantile: Double
        package var limitMilliseconds: Int

        package init(_ quantile: Double, _ limitMilliseconds: Int) {
            self.quantile = quantile
            self.limitMilliseconds = limitMilliseconds
        }

        /// `p95`, `p99.9`.
        package var name: String { "p\(ServiceLevelObjectives.number(quantile * 100))" }
    }

    /// What the samples say about one limit.
    package struct Verdict: Hashable, Sendable {
        package var holds: Bool
        /// The bound that decides is on the same side as the percentile itself.
        package var isCertain: Bool
        package var sentence: String
        package var evidence: SampleEvidence.Percentile
    }

    package var percentiles: [Percentile]
    /// Between 0 and 1.
    package var errorRate: Double
    package var confidence: Double

    package init(percentiles: [Percentile] = [], errorRate: Double = 0, confidence: Double = 0.95) {
        self.percentiles = percentiles
        self.errorRate = errorRate
        self.confidence = confidence
    }

    /// Pure; `times` in milliseconds, infinity for what never came.
    package func judge(_ times: [Double]) -> [Verdict] {
        let sorted = times.sorted()
        return percentiles.map { judge($0, sorted) }
    }

    private func judge(_ percentile: Percentile, _ sorted: [Double]) -> Verdict {
        let quantile = percentile.quantile
        guard !sorted.isEmpty else {
            return Verdict(
                holds: false, isCertain: false, sentence: "\(percentile.name) of no answers",
                evidence: .init(percent: quantile * 100, limit: Double(percentile.limitMilliseconds)))
        }
        let point = sorted[OrderStatistics.nearestRank(quantile, of: sorted.count) - 1]
        func sample(_ rank: Int?) -> Double? { rank.map { sorted[$0 - 1] } }
        let upper = sample(OrderStatistics.upperRank(quantile, of: sorted.count, confidence: confidence))
        let lower = sample(OrderStatistics.lowerRank(quantile, of: sorted.count, confidence: confidence))
        let limit = Double(percentile.limitMilliseconds)
        let holds = point <= limit
        let isCertain = holds ? (upper.map { $0 <= limit } ?? false) : (lower.map { $0 > limit } ?? false)
        var sentence = "\(percentile.name) is \(Self.words(point)), \(holds ? "within" : "wanted at most") "
        sentence += "\(percentile.limitMilliseconds) ms"
        if !isCertain {
            let needed = OrderStatistics.smallestCount(quantile, confidence: confidence)
            sentence +=
                sorted.count < needed
                ? " (insufficient: \(sorted.count) answers, a bound needs \(needed))"
                : " (a point estimate only: with \(Self.percent(confidence)) confidence it is "
                    + "\(lower.map(Self.words) ?? "0 ms") to \(upper.map(Self.words) ?? "anything"))"
        }
        return Verdict(
            holds: holds, isCertain: isCertain, sentence: sentence,
            evidence: .init(
                percent: quantile * 100, milliseconds: Self.finite(point), lower: lower.flatMap(Self.finite),
                upper: upper.flatMap(Self.finite), limit: limit))
    }

    /// JSON has no word for infinity.
    private static func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }

    private static func words(_ milliseconds: Double) -> String {
        milliseconds.isFinite ? "\(number((milliseconds * 10).rounded() / 10)) ms" : "an answer that never came"
    }

    static func percent(_ share: Double) -> String {
        "\(number((share * 1e4).rounded() / 100)) %"
    }

    static func number(_ value: Double) -> String {
        let rounded = (value * 1e4).rounded() / 1e4
        return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
    }
}
