import Releases
import Synchronization
package import Verification

/// Shows suites while they run: bars on a terminal, a line for each check elsewhere, a group for each suite in the log of
/// GitHub Actions. Why something failed is told at the end, once.
package final class SuiteProgress: Sendable {
    private let console: Console
    private let palette: Palette
    /// Whether each check is told; else what is not as wanted, and each suite.
    private let tellsAll: Bool
    private let clock = ContinuousClock()
    private let origin: ContinuousClock.Instant
    private let view = Mutex(SuiteView())
    private let group = Mutex<[String]>([])

    package init(console: Console, tellsAll: Bool = true) {
        self.console = console
        self.tellsAll = tellsAll
        palette = Palette(isEnabled: console.style.usesColor)
        origin = clock.now
    }

    private var now: Double { (origin.duration(to: clock.now)).inSeconds }

    package func begin(_ suites: [Suite]) {
        let now = now
        let ordered = suites.enumerated().sorted { ($0.element.priority, $0.offset) < ($1.element.priority, $1.offset) }
        view.withLock { $0.add(ordered.map { ($0.element.name, $0.element.checks.count) }, at: now) }
    }

    package func take(_ result: CheckResult) {
        let now = now
        let ended = view.withLock { $0.take(suite: result.suite, result.status, at: now) }
        let name = "\(SafeText.line(result.suite))/\(SafeText.line(result.id))"
        let line = "  \(result.status.rawValue)  \(name)  \(Seconds.milliseconds(result.milliseconds))"
        if console.style.isLive {
            if let ended { console.progress(SuiteView.ended(ended, palette: palette)) }
        } else if console.style.hasWorkflowCommands {
            let lines = group.withLock { group in
                group.append(line)
                defer { if ended != nil { group = [] } }
                return group
            }
            guard let ended else { return }
            console.group(SafeText.line(ended.name), lines)
            console.progress(SuiteView.ended(ended, palette: palette))
        } else {
            if tellsAll || !result.status.isGood { console.progress(line) }
            if !tellsAll, let ended { console.progress(SuiteView.ended(ended, palette: palette)) }
        }
    }

    /// Shows how far they are while the work lasts.
    package func during<Value>(_ work: () async throws -> Value) async throws -> Value {
        let ticking = Task { await tick() }
        let result: Result<Value, any Error>
        do { result = .success(try await work()) } catch { result = .failure(error) }
        ticking.cancel()
        await ticking.value
        // Of a suite that was cut the lines are still there.
        let rest = group.withLock { group in
            defer { group = [] }
            return group
        }
        if !rest.isEmpty { console.group("not finished", rest) }
        return try result.get()
    }

    private func tick() async {
        guard console.style.isLive else { return }
        while !Task.isCancelled {
            let now = now
            console.show { size in view.withLock { $0 }.rows(now: now, size: size, palette: palette) }
            do { try await clock.sleep(for: .milliseconds(100)) } catch { break }
        }
        console.show { _ in [] }
    }
}
