/// The time that calls go by: a process has one, a test brings its own and need not wait.
package struct CallClock: Sendable {
    /// Since a fixed moment; never goes back.
    package var now: @Sendable () -> Duration
    /// Throws `CancellationError` when the task is cancelled meanwhile.
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void) {
        self.now = now
        self.sleep = sleep
    }

    private static let start = ContinuousClock.now

    package static let system = CallClock(
        now: { ContinuousClock.now - start }, sleep: { try await Task.sleep(for: $0) })
}
