import Releases
import Synchronization

/// Counts what a gate measures, while it does.
final class RunningCounts: Sendable {
    private let counts: Mutex<GateCounts>

    init(_ unit: GateCounts.Unit, of total: Int) {
        counts = Mutex(GateCounts(unit, done: 0, total: total, bad: 0))
    }

    /// - Parameter startsAnew: a bad one takes away what was good before it.
    func add(isBad: Bool, startsAnew: Bool = false) -> GateCounts {
        counts.withLock { counts in
            counts.bad += isBad ? 1 : 0
            counts.done = isBad && startsAnew ? 0 : counts.done + 1
            // Tests of a runner are known only once they have run.
            counts.total = max(counts.total, counts.done)
            return counts
        }
    }
}
