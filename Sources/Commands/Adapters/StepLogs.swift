import Releases
import Reporting
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Keeps every line that a step prints in a file of its own, beside what is shown: a terminal folds a long build away,
/// and whoever looks for its cause wants all of it. Losing a log fails no release.
final class StepLogs: ReleaseObserver {
    private let shown: any ReleaseObserver
    private let console: Console
    private let folder: String
    /// Descriptors of the logs of running steps.
    private let files = Mutex<[String: Int32]>([:])

    /// - Parameter folder: made when the first line comes.
    init(folder: String, beside shown: any ReleaseObserver, console: Console) {
        self.folder = folder
        self.shown = shown
        self.console = console
    }

    func started(step: String) { shown.started(step: step) }

    func line(_ text: String, step: String) {
        let bytes = Array((console.redacted(text) + "\n").utf8)
        files.withLock { files in
            let file = files[step] ?? newFile(step)
            files[step] = file
            _ = write(file, bytes, bytes.count)
        }
        shown.line(text, step: step)
    }

    func counted(_ counts: GateCounts, step: String) { shown.counted(counts, step: step) }

    func ended(step: String, outcome: StepOutcome) {
        let file = files.withLock { $0.removeValue(forKey: step) }
        if let file, file >= 0 { close(file) }
        shown.ended(step: step, outcome: outcome)
        guard case .failed(let failure, _, _) = outcome, failure.category != .interrupted, let file, file >= 0 else {
            return
        }
        console.progress("       everything it printed: \(path(of: step))")
    }

    func held(step: String, reason: Failure?) {
        if let file = files.withLock({ $0.removeValue(forKey: step) }), file >= 0 { close(file) }
        shown.held(step: step, reason: reason)
    }

    func undoing(reason: Failure) { shown.undoing(reason: reason) }

    private func path(of step: String) -> String {
        folder + "/" + step.replacing(":", with: "-").replacing("/", with: "-") + ".log"
    }

    /// Below zero when it cannot be made. A resumed run adds to what was there.
    private func newFile(_ step: String) -> Int32 {
        guard (try? Folders.create(folder)) != nil else { return -1 }
        return open(path(of: step), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    }
}
