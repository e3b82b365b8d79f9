/// How far a gate is while it runs.
package struct GateProgress: Hashable, Sendable {
    /// What has just been seen, for a log.
    package var line: String
    /// Nil where the line is about something else.
    package var counts: GateCounts?

    package init(_ line: String, counts: GateCounts? = nil) {
        self.line = line
        self.counts = counts
    }
}

/// What a gate has measured so far.
package struct GateCounts: Hashable, Sendable {
    package enum Unit: Hashable, Sendable {
        /// Healthy ones in a row.
        case samples
        case checks
        /// Of a candidate's answer and that of what serves.
        case pairs
    }

    package var unit: Unit
    package var done: Int
    /// As many as are planned: a gate may decide with fewer.
    package var total: Int
    /// Those that speak against the candidate.
    package var bad: Int

    package init(_ unit: Unit, done: Int, total: Int, bad: Int) {
        self.unit = unit
        self.done = done
        self.total = total
        self.bad = bad
    }
}
