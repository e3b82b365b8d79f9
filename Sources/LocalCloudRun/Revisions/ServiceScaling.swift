import JSON

/// How many instances a revision keeps at least and has at most.
struct ScalingBounds: Hashable, Sendable {
    var minimum: Int
    var maximum: Int

    /// What a service asks for its revisions: counts of the service are divided by the share of traffic, and added to
    /// what each revision says of itself. Only revisions that are bound are named.
    static func bounds(scaling: JSONValue?, shares: [TrafficSplit.Share]) -> [String: Self] {
        guard let scaling else { return [:] }
        var percents: [String: Int] = [:]
        for share in shares { percents[share.revision, default: 0] += share.percent }
        func part(_ count: Int64?, _ percent: Int) -> Int? {
            guard let count, count > 0 else { return nil }
            // Rounded up: a revision with any traffic has an instance.
            return (Int(min(count, 100_000)) * percent + 99) / 100
        }
        var result: [String: Self] = [:]
        for (revision, percent) in percents {
            if scaling["scalingMode"]?.string == "MANUAL" {
                let count = part(scaling["manualInstanceCount"]?.integer, percent) ?? 0
                result[revision] = Self(minimum: count, maximum: count)
            } else {
                result[revision] = Self(
                    minimum: part(scaling["minInstanceCount"]?.integer, percent) ?? 0,
                    maximum: part(scaling["maxInstanceCount"]?.integer, percent).map { max(1, $0) } ?? .max)
            }
        }
        return result
    }

    /// Both hold: the greater minimum, the smaller maximum.
    func combined(with other: Self?) -> Self {
        guard let other else { return self }
        let maximum = min(self.maximum, other.maximum)
        return Self(minimum: min(max(minimum, other.minimum), maximum), maximum: maximum)
    }
}
