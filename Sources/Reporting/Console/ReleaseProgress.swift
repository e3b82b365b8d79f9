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

    private struct State {
        var running: [Row] = []
        var drawn = 0
    }

    /// Lines of one step that are kept for the case that it fails.
    private static let keptLines = 40

    private let console: Console
    private let palette: Palette
    private let clock = ContinuousClock()
    private let state = Mutex(State())

    package init(console: Console) {
        self.console = console
        self.palette = Palette(isEnabled: console.style.usesColor)
    }

    package func started(step: String) {
        let now = clock.now
        state.withLock { state in
            state.running.append(Row(step: step, began: now, last: "", kept: []))
            redraw(&state)
        }
        if !isLive { console.progress("  …  \(step)") }
    }

    package func line(_ text: String, step: String) {
        let safe = SafeText.line(text)
        state.withLock { state in
            guard let index = state.running.firstIndex(where: { $0.step == step }) else { return }
            state.running[index].last = safe
            state.running[index].kept = (state.running[index].kept + [safe]).suffix(Self.keptLines)
            redraw(&state)
        }
        console.detail("       \(step)  \(safe)")
    }

    package func ended(step: String, outcome: StepOutcome) {
        state.withLock { state in
            let row = state.running.first { $0.step == step }
            state.running.removeAll { $0.step == step }
            erase(&state)
            for line in ReleaseText.ended(step: step, outcome: outcome, lines: row?.kept ?? [], palette: palette) {
                console.progress(line)
            }
            redraw(&state)
        }
    }

    package func undoing(reason: Failure) {
        state.withLock { state in
            erase(&state)
            console.progress(palette.warn("  ↩  going back: \(SafeText.line(reason.summary))"))
            redraw(&state)
        }
    }

    /// Keeps the elapsed times moving; ends with its task.
    package func tick() async {
        guard isLive else { return }
        while !Task.isCancelled {
            do { try await clock.sleep(for: .milliseconds(100)) } catch { break }
            state.withLock { redraw(&$0) }
        }
        state.withLock { erase(&$0) }
    }

    private var isLive: Bool { console.style.isTerminal && !console.style.isQuiet && !console.style.isVerbose }

    private func redraw(_ state: inout State) {
        guard isLive else { return }
        erase(&state)
        let width = max(20, console.columns - 1)
        let now = clock.now
        for row in state.running {
            let elapsed = Seconds.text((now - row.began).inSeconds)
            let text = "  ◌  \(row.step)  \(elapsed)  \(row.last)"
            console.draw(String(text.prefix(width)) + "\n")
        }
        state.drawn = state.running.count
    }

    private func erase(_ state: inout State) {
        guard isLive, state.drawn > 0 else { return }
        console.draw("\u{1B}[\(state.drawn)A\u{1B}[J")
        state.drawn = 0
    }
}
