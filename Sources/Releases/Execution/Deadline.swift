/// Runs the work with a deadline. What is late is cancelled and reported as `deadline`, never as a cancellation,
/// so that a slow remote does not look like Ctrl-C.
func withDeadline<Value: Sendable>(
    seconds: Int, _ what: String, clock: any RunClock, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: DeadlineEnd<Value>.self) { group in
        group.addTask { .done(try await work()) }
        group.addTask {
            do { try await clock.sleep(for: .seconds(seconds)) } catch { return .cancelled }
            return .late
        }
        defer { group.cancelAll() }
        while let end = try await group.next() {
            switch end {
            case .done(let value): return value
            // What was cancelled says itself what it leaves.
            case .cancelled: continue
            case .late:
                throw Failure(
                    .deadline, "\(what) took longer than \(seconds) s",
                    hint: "look at `stagectl status`, then try again", mayHaveHappened: true)
            }
        }
        throw CancellationError()
    }
}

private enum DeadlineEnd<Value: Sendable>: Sendable {
    case done(Value)
    case late
    case cancelled
}

/// Finishes the work even when the caller was cancelled: what goes back must not stop half way. Structured all the
/// same, since it is awaited at once.
func uncancelled<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) async -> Value {
    await Task(executorPreference: RunExecutor.current) { await work() }.value
}

/// Where tasks run that do not inherit their creator's place: nowhere special, unless a simulation has a place of its
/// own in which one seed always gives one order.
package enum RunExecutor {
    @TaskLocal package static var current: (any TaskExecutor)?
}
