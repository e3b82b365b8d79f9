/// A difference in words.
enum DifferenceSentence {
    /// `memory` is 2Gi, and 512Mi in the configuration and in the last release (by ann@example.com).
    static func text(of difference: ServiceDifference) -> String {
        let others = [("in the configuration", difference.configured), ("in the last release", difference.released)]
        var groups: [(words: String, places: [String])] = []
        var same: [String] = []
        for (place, side) in others where side != .unknown {
            if side == difference.live {
                same.append(place)
            } else if let index = groups.firstIndex(where: { $0.words == words(side) }) {
                groups[index].places.append(place)
            } else {
                groups.append((words(side), [place]))
            }
        }
        let whose = difference.revision.map { " of \($0), which does not serve," } ?? ""
        let live = ([words(difference.live)] + same).joined(separator: " as ")
        let rest = groups.map { "\($0.words) \($0.places.joined(separator: " and "))" }
        let who = difference.origin.map { " (by \($0))" } ?? ""
        return "`\(difference.field)`\(whose) is \(live), and \(rest.joined(separator: ", "))\(who)"
    }

    private static func words(_ side: ServiceDifference.Side) -> String {
        side.shown.map { $0.isEmpty ? "empty" : $0 } ?? "not set"
    }
}
