package import Releases
import Synchronization

/// Shows a release while it runs: services by steps on a terminal, plain lines elsewhere, groups in the log of GitHub
/// Actions. What has ended stays as a line above. A build's output is folded under its step; it comes out when the step
/// fails, or with `--verbose`.
package final class ReleaseProgress: ReleaseObserver {
    /// Lines of one step that are kept for the case that it fails.
    private static let keptLines = 40
    /// And for a group, which is folded until somebody opens it.
    private static let groupedLines = 2000

    private let console: Console
    private let palette: Palette
    private let clock = ContinuousClock()
    private let origin: ContinuousClock.Instant
    private let view: Mutex<ReleaseView>
    private let kept = Mutex<[String: [String]]>([:])

    /// - Parameter progress: of the run so far, when it was begun before.
    package convenience init(console: Console, plan: Plan, resuming progress: Progress = Progress()) {
        self.init(console: console, view: ReleaseView(plan, resuming: progress))
    }

    init(console: Console, view: ReleaseView) {
        self.console = console
        palette = Palette(isEnabled: console.style.usesColor)
        origin = clock.now
        self.view = Mutex(view)
    }

    private var now: Double { (origin.duration(to: clock.now)).inSeconds }

    package func started(step: String) {
        let now = now
        view.withLock { $0.started(step: step, at: now) }
        kept.withLock { $0[step] = [] }
        if !console.style.isLive { console.progress("  …  \(SafeText.line(step))") }
    }

    package func line(_ text: String, step: String) {
        // Before it is cut to a width: part of a secret is not known as one.
        let safe = SafeText.output(console.redacted(text))
        view.withLock { $0.said(safe, step: step) }
        let most = console.style.hasWorkflowCommands ? Self.groupedLines : Self.keptLines
        kept.withLock { kept in
            kept[step, default: []].append(safe)
            // Not one by one, which would move all of them for each line.
            if let count = kept[step]?.count, count > 2 * most { kept[step]?.removeFirst(count - most) }
        }
        // Nobody waits a quarter of an hour for a database without a word, and a log shows no list that moves.
        if !console.style.isLive, step == InfrastructureStep.id {
            console.progress("       \(safe)")
        } else {
            console.detail("       \(SafeText.line(step))  \(safe)")
        }
    }

    package func counted(_ counts: GateCounts, step: String) {
        view.withLock { $0.counted(counts, step: step) }
    }

    package func ended(step: String, outcome: StepOutcome) {
        view.withLock { $0.ended(step: step, outcome: outcome) }
        let lines = kept.withLock { $0.removeValue(forKey: step) ?? [] }
        if console.style.hasWorkflowCommands, !console.style.isVerbose, !lines.isEmpty {
            console.group(SafeText.line(step), lines.suffix(Self.groupedLines).map { "  " + $0 })
        }
        // What stands in a group need not be said again below.
        let shown = console.style.hasWorkflowCommands ? [] : Array(lines.suffix(Self.keptLines))
        console.progress(
            ReleaseText.ended(step: step, outcome: outcome, lines: shown, palette: palette).joined(separator: "\n"))
    }

    package func held(step: String, reason: Failure?) {
        view.withLock { $0.held(step: step) }
        let why = reason.map { "  " + SafeText.line($0.summary) } ?? "  as asked"
        console.progress("  \(palette.warn("‖"))  \(SafeText.line(step))  held\(why)")
    }

    package func undoing(reason: Failure) {
        // A step that failed has just said why; who was interrupted has not.
        let isSaid = reason.category != .interrupted && reason.category != .terminated
        console.progress(palette.warn("  ↩  going back" + (isSaid ? "" : ": \(SafeText.line(reason.summary))")))
    }

    /// Keeps what is shown up to date, ten times a second and no more often, whatever happens; ends with its task.
    package func tick() async {
        guard console.style.isLive else { return }
        while !Task.isCancelled {
            draw()
            do { try await clock.sleep(for: .milliseconds(100)) } catch { break }
        }
        console.show { _ in [] }
    }

    func draw() {
        let now = now
        console.show { size in
            ReleaseScreen.rows(view.withLock { $0 }, now: now, size: size, palette: palette)
        }
    }
}
