import Synchronization

/// Tells of calls that are repeated for so long that their silence looks like a hang.
package final class PauseNotices: Sendable {
    /// Shorter waits are nobody's concern.
    private static let patience = Duration.seconds(2)

    private let observer = Mutex<(@Sendable (_ failure: String, _ pause: Duration) -> Void)?>(nil)

    package init() {}

    /// `observer` hears why a call is repeated, and how long it pauses before that.
    package func onLongPause(_ observer: @escaping @Sendable (_ failure: String, _ pause: Duration) -> Void) {
        self.observer.withLock { $0 = observer }
    }

    /// - Parameter elapsed: since the call began.
    func pausing(_ pause: Duration, elapsed: Duration, after failure: @autoclosure () -> String) {
        guard elapsed + pause >= Self.patience, let observer = observer.withLock({ $0 }) else { return }
        observer(failure(), pause)
    }
}
