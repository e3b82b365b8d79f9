/// Time as a run measures it: only ever forward, and not the calendar's. A role, so that a simulation can run hours of
/// deadlines and leases in no time.
package protocol RunClock: Sendable {
    /// Since some moment in the past.
    func now() -> Duration

    /// Throws `CancellationError` when the task is cancelled.
    func sleep(for duration: Duration) async throws
}

/// The machine's own.
package struct SystemClock: RunClock {
    private static let start = ContinuousClock.now

    package init() {}

    package func now() -> Duration { ContinuousClock.now - Self.start }

    package func sleep(for duration: Duration) async throws {
        try await ContinuousClock().sleep(for: duration)
    }
}
