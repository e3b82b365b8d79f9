/// What somebody else has counted of real requests to both sides.
package protocol RealTraffic: Sendable {
    /// Seconds since 1970.
    func now() -> Int

    /// Whole minutes from `next` (seconds since 1970) on, as far as they are settled and both sides are known. Where
    /// nothing can be read, nothing is, and the same is asked again.
    func read(from next: Int) async -> TrafficReading
}

package struct TrafficReading: Hashable, Sendable {
    package struct Minute: Hashable, Sendable {
        /// Seconds since 1970.
        package var start: Int
        package var candidate: TrafficEvidence.Side
        package var baseline: TrafficEvidence.Side

        package init(start: Int, candidate: TrafficEvidence.Side, baseline: TrafficEvidence.Side) {
            self.start = start
            self.candidate = candidate
            self.baseline = baseline
        }
    }

    /// In order.
    package var minutes: [Minute]
    /// From where the next reading goes on.
    package var next: Int

    package init(minutes: [Minute], next: Int) {
        self.minutes = minutes
        self.next = next
    }
}
