/// How one check went over the runs that are on record.
package struct CheckTrend: Hashable, Sendable {
    /// BuildPulse and Trunk ask for ten results before they speak of flakiness.
    package static let enough = 10

    package var entry: SuiteIndex.Entry
    /// In which it passed or failed; a run that skipped it says nothing.
    package var runs: Int
    package var passed: Int
    /// How often it came to something else than the time before.
    package var changes: Int
    /// Images on which it both passed and failed: there was nothing else that can have changed its mind.
    package var disagreements: Int
    package var lastPassed: Bool
    /// Runs in a row, to the last one, that came to the same.
    package var streak: Int
    /// When it was seen first and last, in seconds since 1970.
    package var first: Double
    package var last: Double

    package init(
        entry: SuiteIndex.Entry, runs: Int, passed: Int, changes: Int, disagreements: Int, lastPassed: Bool,
        streak: Int,
        first: Double, last: Double
    ) {
        self.entry = entry
        self.runs = runs
        self.passed = passed
        self.changes = changes
        self.disagreements = disagreements
        self.lastPassed = lastPassed
        self.streak = streak
        self.first = first
        self.last = last
    }

    package var failed: Int { runs - passed }
    /// From 0 to 1.
    package var passRate: Double { Double(passed) / Double(runs) }
    /// The share of neighbouring runs that came to different things, from 0 to 1; nil for a single run, which has none.
    package var instability: Double? { runs > 1 ? Double(changes) / Double(runs - 1) : nil }
    /// Whether there are runs enough to say something about it.
    package var isCertain: Bool { runs >= Self.enough }
}

extension [CheckTrend] {
    /// Those that did not always come to the same: first what one image says both of, then what changes most often.
    package var leastStable: [CheckTrend] {
        filter { $0.changes > 0 }.sorted { one, other in
            let left = (one.disagreements, one.instability ?? 0, one.failed)
            let right = (other.disagreements, other.instability ?? 0, other.failed)
            return left == right ? one.entry < other.entry : left > right
        }
    }
}
