import Synchronization

/// Bounds how much all repetitions of a process together add to what it asks anyway: when many services fail at the
/// same time, the server that is in trouble does not get several times its load.
package final class RetryBudget: Sendable {
    private let reserve: Double
    private let share: Double
    private let left: Mutex<Double>

    /// - Parameters:
    ///   - reserve: repetitions that are always allowed, so that a process that has asked little may repeat at all.
    ///   - share: repetitions earned by each request that is not one; 0.1 is one in ten.
    package init(reserve: Int = 100, share: Double = 0.1) {
        self.reserve = Double(max(0, reserve))
        self.share = max(0, share)
        left = Mutex(self.reserve)
    }

    /// A request that is no repetition goes out.
    func earn() {
        left.withLock { $0 = min(reserve, $0 + share) }
    }

    /// False when there is nothing left to spend on another repetition.
    func spend() -> Bool {
        left.withLock { left in
            guard left >= 1 else { return false }
            left -= 1
            return true
        }
    }
}
