/// What the calls of a process share: the time they go by, and the bounds on how much they ask for together.
package struct CallLimits: Sendable {
    package var clock: CallClock
    /// A number from 0 to 1, for the jitter of pauses.
    package var draw: @Sendable () -> Double
    package var budget: RetryBudget
    package var writes: WriteLimiter
    package var notices = PauseNotices()

    package init(
        clock: CallClock = .system, draw: @escaping @Sendable () -> Double = { .random(in: 0...1) },
        budget: RetryBudget = RetryBudget()
    ) {
        self.clock = clock
        self.draw = draw
        self.budget = budget
        writes = WriteLimiter(clock: clock)
    }

    /// Every client that a command makes uses these.
    package static let process = CallLimits()
}
