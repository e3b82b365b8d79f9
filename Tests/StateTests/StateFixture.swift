import Releases
import Synchronization
import Testing

@testable import State

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A folder of its own for one test, gone when the test has ended.
func withStateFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.path + "/stagectl-state-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await body(folder)
}

/// A clock that moves only when the test says so.
final class TestClock: Sendable {
    private let seconds = Mutex(1_000.0)

    var now: @Sendable () -> Double { { self.seconds.withLock { $0 } } }

    func advance(by amount: Double) {
        seconds.withLock { $0 += amount }
    }
}

/// Durations by such a clock. Nobody waits in a test: time passes at once.
struct TestDurations: RunClock {
    let clock: TestClock

    func now() -> Duration { .seconds(clock.now()) }
    func sleep(for duration: Duration) async throws { clock.advance(by: duration.inSeconds) }
}

func holder(_ run: String, who: String = "ada@laptop", process: Int32? = nil) -> LockHolder {
    LockHolder(
        run: run, who: who, commit: String(repeating: "a", count: 40), since: "2026-01-01T00:00:00Z",
        process: process.map { LockProcess(host: "laptop", id: $0) })
}

func entry(_ step: String) -> JournalEntry {
    JournalEntry(time: "2026-01-01T00:00:00Z", event: .intent(step: step))
}

/// The failure that `body` throws.
func failure(_ body: () async throws -> Void) async throws -> Failure {
    try #require(await #expect(throws: Failure.self) { try await body() })
}
