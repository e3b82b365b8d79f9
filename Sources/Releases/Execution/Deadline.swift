/// Runs the work with a deadline. What is late is cancelled and reported as `deadline`, never as a cancellation,
/// so that a slow remote does not look like Ctrl-C.
func withDeadline<Value: Sendable>(
    seconds: Int, _ what: String, clock: any RunClock, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await clock.sleep(for: .seconds(seconds))
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let value = first else {
            throw Failure(
                .deadline, "\(what) took longer than \(seconds) s", hint: "look at `stagectl status`, then try again",
                mayHaveHappened: true)
        }
        return value
    }
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
