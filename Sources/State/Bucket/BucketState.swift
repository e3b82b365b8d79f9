package import Releases
import Synchronization

/// Journal, ledger, image records and locks of a team, in a bucket of Cloud Storage.
///
/// There are no transactions over several objects there, so every promise rests on one conditional write of one object,
/// and what belongs together is written in an order in which every prefix is a state that readers understand:
/// - A lock is an object that is replaced only in the generation that was read (compare and swap).
/// - A journal is a row of objects, each created only where none is. A taken lock is told to its former holder's journal
///   by a fence, before the new holder learns that it has it: so one create proves that nobody took a lock meanwhile.
/// - Every write carries a mark, by which its writer finds it again when the answer was lost; so it may be repeated.
///
/// No clock of this machine is believed: what time it is the server says, and between two answers only durations count.
package final class BucketState: Sendable {
    let bucket: any StateBucket
    let clock: any RunClock
    let isGone: @Sendable (LockProcess) -> Bool
    let signsOfLife: Duration?
    let chance: BucketChance
    let known = Mutex(Known())

    /// A `Date` header is cut to whole seconds and was written a journey ago. By so much a lease is longer than it was
    /// asked to be, so that nobody's ends early.
    package static let slack = Duration.seconds(2)

    /// What this process has seen and written.
    struct Known {
        var time: ServerTime?
        var lastMoment: Int64 = 0
        var control: BucketControl?
        /// Whether the bucket says what it is.
        var isFounded = false
        var journals: [String: KnownJournal] = [:]
        var locks: [String: KnownLock] = [:]
        var turns: [String: Task<Void, Never>] = [:]
        var presences: [String: Task<Void, Never>] = [:]
    }

    /// - Parameters:
    ///   - clock: for durations.
    ///   - signsOfLife: how often a run that this process executes says that it lives; nil for never.
    ///   - isGone: whether a process is known to be dead, so that nobody waits for its lease.
    package init(
        _ bucket: any StateBucket, clock: any RunClock = SystemClock(), chance: BucketChance = .system,
        signsOfLife: Duration? = nil, isGone: @escaping @Sendable (LockProcess) -> Bool = { _ in false }
    ) {
        self.signsOfLife = signsOfLife
        self.bucket = ReachedBucket(bucket: bucket)
        self.clock = clock
        self.chance = chance
        self.isGone = isGone
    }

    package var place: String { bucket.place }

    /// Whether the lock's holder is known to be dead.
    func isGone(_ holder: LockHolder) -> Bool { holder.process.map(isGone) ?? false }

    /// Runs `work` after whatever else this process does under that name. Not interrupted by cancellation: a cancelled
    /// run still journals how it ends.
    func inTurn<Value: Sendable>(
        _ name: String, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let task = known.withLock { known in
            let before = known.turns[name]
            let task = Task(executorPreference: RunExecutor.current) { () async -> Result<Value, any Error> in
                await before?.value
                do { return .success(try await work()) } catch { return .failure(error) }
            }
            known.turns[name] = Task(executorPreference: RunExecutor.current) { _ = await task.value }
            return task
        }
        return try await task.value.get()
    }

    /// Like ``inTurn(_:_:)``, for what may happen beside anything else.
    func uncancelled<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await Task(executorPreference: RunExecutor.current) { try await work() }.value
    }
}

/// Where a state's chances come from; a simulation draws them from its seed.
package struct BucketChance: Sendable {
    /// Unique, also among all machines.
    package var mark: @Sendable () -> String
    /// From 0 to 1.
    package var draw: @Sendable () -> Double

    package init(mark: @escaping @Sendable () -> String, draw: @escaping @Sendable () -> Double) {
        self.mark = mark
        self.draw = draw
    }

    package static let system = BucketChance(
        mark: {
            let number = UInt128.random(in: 0 ... .max)
            return String(number, radix: 16)
        }, draw: { .random(in: 0...1) })
}

/// What time it is where the bucket is.
struct ServerTime {
    /// By the server, at `heard`.
    private var time: Double
    private var heard: Duration

    /// - Parameter time: what an answer said, cut to whole seconds.
    init(_ time: Double, at heard: Duration) {
        self.time = time
        self.heard = heard
    }

    /// Within the second that an answer names, what was known before knows better.
    mutating func hear(_ time: Double, at moment: Duration) {
        self = ServerTime(min(max(now(at: moment), time), time + 1), at: moment)
    }

    func now(at moment: Duration) -> Double { time + (moment - heard).inSeconds }
}
