package import Releases
import Synchronization

/// Shows a release while it runs: a list that is drawn again on a terminal, plain lines elsewhere. A build's output is
/// folded under its step; it comes out when the step fails, or with `--verbose`.
package final class ReleaseProgress: ReleaseObserver {
    private struct Row {
        var step: String
        var began: ContinuousClock.Instant
        var last: String
        var kept: [String]
    }

    /// Lines of one step that are kept for the case that it fails.
    private static let keptLines = 40

    private let console: Console
    private let palette: Palette
    private let clock = ContinuousClock()
    private let running = Mutex<[Row]>([])

    package init(console: Console) {
        self.console = console
        self.palette = Palette(isEnabled: console.style.usesColor)
    }

    package func started(step: String) {
        let now = clock.now
        running.withLock { $0.append(Row(step: step, began: now, last: "", kept: [])) }
        if console.style.isLive { redraw() } else { console.progress("  …  \(step)") }
    }

    package func line(_ text: String, step: String) {
        let safe = SafeText.output(text)
        running.withLock { running in
            guard let index = running.firstIndex(where: { $0.step == step }) else { return }
            running[index].last = safe
            running[index].kept = (running[index].kept + [safe]).suffix(Self.keptLines)
        }
        // Nobody waits a quarter of an hour for a database without a word, and a log shows no list that moves.
        if !console.style.isLive, step == InfrastructureStep.id {
            console.progress("       \(safe)")
        } else {
            console.detail("       \(step)  \(safe)")
        }
    }

    package func ended(step: String, outcome: StepOutcome) {
        let row = running.withLock { running in
            defer { running.removeAll { $0.step == step } }
            return running.first { $0.step == step }
        }
        // Gone from the list before it is told, so that it is never in both.
        redraw()
        let lines = ReleaseText.ended(step: step, outcome: outcome, lines: row?.kept ?? [], palette: palette)
        console.progress(lines.joined(separator: "\n"))
    }

    package func held(step: String, reason: Failure?) {
        running.withLock { $0.removeAll { $0.step == step } }
        redraw()
        let why = reason.map { "  " + SafeText.line($0.summary) } ?? "  as asked"
        console.progress("  \(palette.warn("‖"))  \(step)  held\(why)")
    }

    package func undoing(reason: Failure) {
        console.progress(palette.warn("  ↩  going back: \(SafeText.line(reason.summary))"))
    }

    /// Keeps the elapsed times and the last lines of builds moving; ends with its task.
    package func tick() async {
        guard console.style.isLive else { return }
        while !Task.isCancelled {
            do { try await clock.sleep(for: .milliseconds(100)) } catch { break }
            redraw()
        }
        console.show { _ in [] }
    }

    private func redraw() {
        let now = clock.now
        // Looked at while nobody else draws, so that a row that has ended never comes back.
        console.show { columns in
            running.withLock { $0 }.map {
                StepRow.text(
                    step: $0.step, elapsed: ($0.began.duration(to: now)).inSeconds, last: $0.last, columns: columns)
            }
        }
    }
}
