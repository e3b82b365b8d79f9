import Releases

/// A clock that jumps to the next sleeper when everybody sleeps. Hours of leases and deadlines pass in no time.
///
/// Unchecked for the scheduler's reason: one thread.
package final class VirtualClock: RunClock, @unchecked Sendable {
    private struct Sleeper {
        var wakes: Duration
        /// Whoever lay down first wakes first.
        var number: Int
        var continuation: UnsafeContinuation<Void, any Error>
    }

    private var time = Duration.zero
    private var sleepers: [Sleeper] = []
    private var numbers = 0
    private var isClosed = false

    package func now() -> Duration { time }

    /// Seconds since the world began.
    package var seconds: Double { time.inSeconds }

    package func sleep(for duration: Duration) async throws {
        numbers += 1
        let number = numbers
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Void, any Error>) in
                if Task.isCancelled || isClosed {
                    continuation.resume(throwing: CancellationError())
                } else {
                    sleepers.append(
                        Sleeper(wakes: time + max(duration, .zero), number: number, continuation: continuation))
                }
            }
        } onCancel: {
            guard let index = sleepers.firstIndex(where: { $0.number == number }) else { return }
            sleepers.remove(at: index).continuation.resume(throwing: CancellationError())
        }
    }

    /// Nobody sleeps any more, and whoever sleeps is woken with a cancellation.
    func close() {
        isClosed = true
        let last = sleepers
        sleepers = []
        for sleeper in last { sleeper.continuation.resume(throwing: CancellationError()) }
    }

    /// Moves to the next moment at which somebody wakes; false when nobody sleeps.
    func wakeNext() -> Bool {
        guard
            let index = sleepers.indices.min(by: {
                (sleepers[$0].wakes, sleepers[$0].number) < (sleepers[$1].wakes, sleepers[$1].number)
            })
        else { return false }
        let sleeper = sleepers.remove(at: index)
        time = max(time, sleeper.wakes)
        sleeper.continuation.resume()
        return true
    }
}
