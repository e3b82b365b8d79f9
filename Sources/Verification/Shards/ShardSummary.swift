/// Which parts a merged verdict was made of, and which are not as they should be.
package struct ShardSummary: Codable, Hashable, Sendable {
    package struct Foreign: Codable, Hashable, Sendable {
        /// The file's name.
        package var name: String
        /// Why it is not one of the parts.
        package var reason: String
    }

    package var count: Int
    /// The parts whose results are in the verdict.
    package var merged: [Int]
    package var lost: [Int]
    /// Parts of which there were several; the worst one counts.
    package var duplicate: [Int]
    package var foreign: [Foreign]

    /// The first that keeps the verdict from being whole.
    var objection: (VerdictRule, String)? {
        if !lost.isEmpty {
            return (.lostShard, "of \(count) shards, \(Self.numbers(lost)) \(lost.count == 1 ? "is" : "are") missing")
        }
        if !foreign.isEmpty {
            let names = foreign.prefix(3).map { "`\($0.name)` (\($0.reason))" }.joined(separator: ", ")
            return (
                .foreignShard,
                "not of this run: \(names)" + (foreign.count > 3 ? " and \(foreign.count - 3) more" : "")
            )
        }
        if !duplicate.isEmpty {
            return (.duplicateShard, "there are several reports of shard \(Self.numbers(duplicate))")
        }
        return nil
    }

    private static func numbers(_ numbers: [Int]) -> String {
        numbers.map(String.init).joined(separator: ", ")
    }
}
