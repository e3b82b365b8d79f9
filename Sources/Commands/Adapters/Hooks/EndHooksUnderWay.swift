import Releases
import Synchronization

/// What the end of a release called for, while it lasts. It can be left: whoever stops at once waits for no command's
/// last process to be gone.
final class EndHooksUnderWay: Sendable {
    private struct State {
        var task: Task<Void, Never>?
        var waiting: CheckedContinuation<[String], Never>?
        var left: [String] = []
    }

    private let state = Mutex(State())

    /// One line for each that failed, or that was left.
    func run(_ hooks: EndHooks, _ calls: [HookCall]) async -> [String] {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                state.waiting = continuation
                state.left = calls.map { "hook \(EndHooks.step(of: $0)): its end was not waited for" }
                state.task = Task {
                    let warnings = await hooks.run(calls)
                    self.end(with: warnings)
                }
            }
        }
    }

    func leave() {
        state.withLock { $0.task }?.cancel()
        end(with: nil)
    }

    private func end(with warnings: [String]?) {
        let (waiting, left) = state.withLock { state in
            defer { state.waiting = nil }
            return (state.waiting, state.left)
        }
        waiting?.resume(returning: warnings ?? left)
    }
}
