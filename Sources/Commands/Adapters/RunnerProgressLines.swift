import Reporting
import Synchronization
import Verification

/// Says how external runners go, while they run: a line a second at most, and one for each failure.
final class RunnerProgressLines: Sendable {
    private static let pause = Duration.seconds(1)

    private let console: Console
    private let last = Mutex<[String: ContinuousClock.Instant]>([:])

    init(_ console: Console) {
        self.console = console
    }

    func tell(_ check: String, _ progress: RunnerProgress) {
        let now = ContinuousClock.now
        let isDue = last.withLock { last in
            guard progress.isFailure || last[check].map({ now >= $0 + Self.pause }) ?? true else { return false }
            last[check] = now
            return true
        }
        if isDue { console.progress("  running  \(check)  \(SafeText.line(progress.line))") }
    }
}
