import Releases

/// One thread on which everything of a simulated world runs: which of the jobs that are ready goes next, one seed
/// decides. Time moves only when nothing is ready.
///
/// Unchecked: its state is touched by the thread that calls `run` alone. Nothing in a simulated world waits for
/// anything outside of it, so no other thread ever enqueues.
package final class Scheduler: TaskExecutor, @unchecked Sendable {
    /// Everything that is left waits for something that never comes.
    package struct Stuck: Error {}

    package let clock = VirtualClock()
    private var ready: [UnownedJob] = []
    private var random: SeededRandom
    private(set) var jobs = 0
    /// A history that needs more than this goes in circles.
    private static let mostJobs = 400_000

    package init(seed: UInt64) { random = SeededRandom(seed: seed) }

    package func enqueue(_ job: consuming ExecutorJob) {
        ready.append(UnownedJob(job))
    }

    /// Runs the work, and all that it starts, until the work has ended.
    package func run<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) throws -> Value {
        let result = Confined<Value?>(nil)
        start { result.value = await work() }
        while result.value == nil {
            guard jobs < Self.mostJobs, runNext() || clock.wakeNext() else { throw Stuck() }
        }
        guard let value = result.value else { throw Stuck() }
        return value
    }

    /// Lets everything that is left come to its end. A task that waits for ever keeps its world in memory for ever.
    func close() {
        clock.close()
        while jobs < Self.mostJobs * 2, runNext() {}
    }

    /// Starts a task of its own in this world.
    package func start(_ work: @escaping @Sendable () async -> Void) {
        RunExecutor.$current.withValue(self) {
            _ = Task(executorPreference: self, operation: work)
        }
    }

    private func runNext() -> Bool {
        guard !ready.isEmpty else { return false }
        // The last one takes the chosen one's place: order is chance anyway.
        let index = ready.count == 1 ? 0 : random.below(ready.count)
        ready.swapAt(index, ready.count - 1)
        let job = ready.removeLast()
        jobs += 1
        job.runSynchronously(on: asUnownedTaskExecutor())
        return true
    }
}

/// A value of one scheduler's world. Unchecked for the scheduler's reason: one thread.
package final class Confined<Value>: @unchecked Sendable {
    package var value: Value

    package init(_ value: Value) { self.value = value }
}
