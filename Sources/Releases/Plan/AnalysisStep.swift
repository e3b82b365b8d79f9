/// One step's part of an analysis.
package struct AnalysisStep: Codable, Hashable, Sendable {
    /// The candidate's share of the traffic meanwhile.
    package var percent: Int
    /// At most.
    package var pairs: Int
    package var pauseSeconds: Int
    /// What is still open after it is inconclusive.
    package var isLast: Bool
    /// However slow the answers are, it is over then.
    package var patienceSeconds: Int

    package init(percent: Int, pairs: Int, pauseSeconds: Int, isLast: Bool, pairsPerSecond: Int) {
        self.percent = percent
        self.pairs = pairs
        self.pauseSeconds = pauseSeconds
        self.isLast = isLast
        patienceSeconds = 2 * max(pauseSeconds, pairs / max(1, pairsPerSecond)) + 60
    }
}
