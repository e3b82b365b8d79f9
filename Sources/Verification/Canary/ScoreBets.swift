/// The same twelve gamblers for a score of any value between -1 and 1, where counts are not enough: against E[X] ≤ 0.
package struct ScoreBets: Hashable, Sendable {
    private var logWealth = BettingGrid.logWeights
    package private(set) var count = 0

    package init() {}

    /// - Parameter score: taken as -1 or 1 where it is outside; a value that is no number as 0.
    package mutating func add(_ score: Double) {
        count += 1
        guard !score.isNaN else { return }
        logWealth += BettingGrid.log1p(BettingGrid.fractions * min(1, max(-1, score)))
    }

    package var logEvidence: Double { BettingGrid.logSum(logWealth) }

    func reaches(_ threshold: Double) -> Bool { BettingGrid.reaches(threshold, logWealth) }
}

extension ScoreBets: Codable {
    private enum CodingKeys: CodingKey { case logWealth, count }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let values = try container.decode([Double].self, forKey: .logWealth)
        guard values.count == BettingGrid.count, values.allSatisfy(\.isFinite) else {
            throw DecodingError.dataCorruptedError(
                forKey: .logWealth, in: container, debugDescription: "not \(BettingGrid.count) numbers")
        }
        logWealth = BettingGrid.lanes(values, rest: -.infinity)
        count = try container.decode(Int.self, forKey: .count)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode((0..<BettingGrid.count).map { logWealth[$0] }, forKey: .logWealth)
        try container.encode(count, forKey: .count)
    }
}
