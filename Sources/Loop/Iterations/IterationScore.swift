import Verification

/// How good an iteration is, against another one: what passes of the most important first. More failures alone are not
/// worse: whoever mends a critical check lets others run for the first time.
package struct IterationScore: Hashable, Comparable, Sendable {
    private static let priorities = ["P1", "P2", "P3", "P4", "P5", "P6"]

    /// A release that serves is more than a candidate that was refused, and that more than one that never answered.
    private let stage: Int
    private let passed: [Int]

    package init(_ iteration: IterationProgress) {
        // What passes when it is asked again is no worse than what passed at once.
        let again = Dictionary(
            grouping: (iteration.verdict?.failed ?? []).filter { iteration.passedOnRerun.contains($0.name) },
            by: \.priority.rawValue)
        passed = Self.priorities.map { (iteration.verdict?.passed[$0] ?? 0) + (again[$0]?.count ?? 0) }
        // What was said of a candidate was said of the suites of what was deployed alone.
        stage =
            switch iteration.verdict?.source {
            case nil: 0
            case .candidate: 1
            case .serving: 2
            }
    }

    package static func < (left: IterationScore, right: IterationScore) -> Bool {
        if left.stage != right.stage { return left.stage < right.stage }
        return left.passed.lexicographicallyPrecedes(right.passed)
    }
}
