import JSON
import Loop
import Releases
import Reporting
import Synchronization

/// The loop of this invocation, as far as its journal goes: what a second Ctrl-C tells of.
final class LoopUnderWay: Sendable {
    private let known: Mutex<LoopProgress>

    init(_ progress: LoopProgress) {
        known = Mutex(progress)
    }

    func take(_ progress: LoopProgress) {
        known.withLock { $0 = progress }
    }

    /// What is said of it when the process ends at once: nothing was undone, and it goes on from its journal.
    func stopped(by category: Failure.Category, _ status: ExitStatus) -> CommandResult {
        let progress = known.withLock { $0 }
        let run = progress.order?.run ?? ""
        let failure = Failure(
            category, "stopped at once, loop `\(run)` is left as it is",
            details: [.init("to end it", "stagectl abort \(run)")], hint: "stagectl resume \(run)")
        let document = LoopDocument(
            progress, outcome: progress.stopped ?? StopRecord(.interrupted, "it was stopped at once", failure: failure))
        return CommandResult(ReleaseJSON.encoded(document), text: "", status: status, failure: failure)
    }
}
