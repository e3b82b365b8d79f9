/// Splits as values.
package enum TrafficPlan {
    /// What is true, written as targets by name. Tags keep their line.
    package static func pinned(_ shares: [TrafficShare]) -> [TrafficTarget] {
        shares.filter { $0.percent > 0 || $0.tag != nil }
            .map { TrafficTarget(revision: $0.revision, percent: $0.percent, tag: $0.tag) }
    }

    /// The candidate at `percent`, the baseline scaled into the rest, all tags kept but those of older releases.
    ///
    /// - Parameter own: the tag that this release gave to what serves, where it is still needed.
    package static func shifted(
        from baseline: [TrafficShare], to candidate: String, percent: Int, tag: String, kept: [TrafficShare],
        own: String? = nil
    ) -> [TrafficTarget] {
        var result = kept.filter { $0.tag != nil && $0.tag != tag && ($0.tag == own || !isCandidateTag($0.tag)) }
            .map { TrafficTarget(revision: $0.revision, percent: 0, tag: $0.tag) }
        let others = baseline.filter { $0.percent > 0 && $0.revision != candidate }
        var rest = 100 - percent
        let total = others.reduce(0) { $0 + $1.percent }
        if total > 0, rest > 0 {
            for (index, share) in others.enumerated() {
                // The last one takes what rounding left, so that the sum is always 100.
                let part = index == others.count - 1 ? rest : share.percent * (100 - percent) / total
                result.append(TrafficTarget(revision: share.revision, percent: part))
                rest -= part
            }
            rest = 0
        }
        result.append(TrafficTarget(revision: candidate, percent: percent + rest, tag: tag))
        return result
    }

    /// The split of `before`, with the tags that somebody else has set since.
    package static func restored(
        _ before: [TrafficShare], own tag: String, now: [TrafficShare]
    ) -> [TrafficShare] {
        let known = Set(before.compactMap(\.tag) + [tag])
        return before
            + now.filter { share in share.tag.map { !known.contains($0) && !isCandidateTag($0) } ?? false }
            .map { TrafficShare(revision: $0.revision, percent: 0, tag: $0.tag, url: $0.url) }
    }

    /// Tags that stagectl gives to candidates, and to what a candidate is compared with.
    package static func isCandidateTag(_ tag: String?) -> Bool {
        guard let tag, tag.hasPrefix("c-") || tag.hasPrefix("b-") else { return false }
        return tag.count == 8
    }

    /// Whether two splits send the same share to the same revisions under the same tags, in whatever order.
    package static func same(_ left: [TrafficShare], _ right: [TrafficShare]) -> Bool {
        shares(left) == shares(right) && tags(left) == tags(right)
    }

    package static func text(_ shares: [TrafficShare]) -> String {
        let lines = shares.filter { $0.percent > 0 }.map { "\($0.revision) \($0.percent) %" }
        return lines.isEmpty ? "nothing" : lines.joined(separator: ", ")
    }

    /// By revision, those with traffic only.
    package static func shares(_ split: [TrafficShare]) -> [String: Int] {
        split.reduce(into: [:]) { if $1.percent > 0 { $0[$1.revision, default: 0] += $1.percent } }
    }

    private static func tags(_ split: [TrafficShare]) -> [String: String] {
        split.reduce(into: [:]) { result, share in
            if let tag = share.tag { result[tag] = share.revision }
        }
    }
}
