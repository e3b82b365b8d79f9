/// Monotonic time and waiting, injected so that polls, retries and windows can be tested without waiting.
package protocol VerificationClock: Sendable {
    /// Time since some fixed moment.
    func now() -> Duration
    /// Throws when the task is cancelled.
    func sleep(for duration: Duration) async throws
}

package struct ContinuousVerificationClock: VerificationClock {
    private let origin = ContinuousClock.now

    package init() {}

    package func now() -> Duration {
        origin.duration(to: .now)
    }

    package func sleep(for duration: Duration) async throws {
        try await ContinuousClock().sleep(for: duration)
    }
}

extension Duration {
    /// Fractional milliseconds.
    package var milliseconds: Double {
        Double(components.seconds) * 1000 + Double(components.attoseconds) / 1e15
    }
}
