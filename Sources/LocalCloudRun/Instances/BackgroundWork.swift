/// Work that outlives the call that asked for it, kept structured: `run` is the parent of all of it, and cancelling
/// `run` cancels every job.
final class BackgroundWork: Sendable {
    typealias Job = @Sendable () async -> Void

    private let jobs: AsyncStream<Job>
    private let intake: AsyncStream<Job>.Continuation

    init() {
        (jobs, intake) = AsyncStream.makeStream(of: Job.self)
    }

    func add(_ job: @escaping Job) {
        intake.yield(job)
    }

    /// Runs jobs as they come until it is cancelled. May be called once.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await job in jobs {
                group.addTask { await job() }
            }
            group.cancelAll()
        }
    }
}

/// Runs cleanup to its end although the calling task was cancelled: instances must be stopped all the same.
func uncancelled<Result: Sendable>(_ cleanup: @escaping @Sendable () async -> Result) async -> Result {
    await Task { await cleanup() }.value
}

/// Polls until the condition gives a value, backing off from 2 ms to 50 ms; nil when the deadline passed or the task
/// was cancelled.
func poll<Value: Sendable>(
    until deadline: ContinuousClock.Instant, _ condition: () async -> Value?
) async -> Value? {
    var pause = Duration.milliseconds(2)
    while true {
        if let value = await condition() { return value }
        if ContinuousClock.now >= deadline || Task.isCancelled { return nil }
        do { try await Task.sleep(for: pause) } catch { return nil }
        pause = min(pause * 2, .milliseconds(50))
    }
}
