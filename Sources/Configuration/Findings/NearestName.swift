/// The name that was probably meant.
package enum NearestName {
    /// The candidate with the smallest edit distance, if it is near enough to be a slip of the finger.
    package static func of(_ name: String, in candidates: some Sequence<String>) -> String? {
        let name = Array(name.lowercased().unicodeScalars.prefix(64))
        let tolerance = max(1, min(3, name.count / 3))
        var nearest: (name: String, distance: Int)?
        for candidate in candidates {
            let scalars = Array(candidate.lowercased().unicodeScalars.prefix(64))
            guard abs(scalars.count - name.count) <= tolerance else { continue }
            let distance = distance(name, scalars)
            if distance <= tolerance, distance < nearest?.distance ?? .max {
                nearest = (candidate, distance)
            }
        }
        return nearest?.name
    }

    /// ``of(_:in:)`` as a hint; without a near name, the names there are.
    package static func hint(for name: String, in candidates: [String]) -> String? {
        if let nearest = of(name, in: candidates) { return "did you mean `\(nearest)`?" }
        guard !candidates.isEmpty else { return nil }
        let shown = candidates.prefix(20).map { "`\($0)`" }.joined(separator: ", ")
        return "known: \(shown)" + (candidates.count > 20 ? ", …" : "")
    }

    /// Edits with transpositions of neighbours (optimal string alignment).
    private static func distance(_ one: [Unicode.Scalar], _ other: [Unicode.Scalar]) -> Int {
        guard !one.isEmpty, !other.isEmpty else { return max(one.count, other.count) }
        var beforeLast: [Int] = []
        var last = Array(0...other.count)
        for row in 1...one.count {
            var current = [row]
            for column in 1...other.count {
                let same = one[row - 1] == other[column - 1]
                var best = min(
                    last[column] + 1, current[column - 1] + 1, last[column - 1] + (same ? 0 : 1))
                if row > 1, column > 1, one[row - 1] == other[column - 2], one[row - 2] == other[column - 1] {
                    best = min(best, beforeLast[column - 2] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[other.count]
    }
}
