import Configuration
import Releases
import Reporting
import State

/// The runs without an end, by what their plans say; a plan of another version that cannot be read is said, and is no
/// reason to say nothing of the rest.
struct UnfinishedRuns {
    /// Oldest first.
    private(set) var names: [String] = []
    private(set) var unreadable: [(run: String, why: Failure)] = []
    private var services: [(run: String, identities: Set<ServiceIdentity>)] = []
    private var executors: [String: LockProcess] = [:]

    /// - Parameter executor: the process that is executing the run right now, where it is known to live.
    mutating func add(_ run: String, plan: String, executor: LockProcess? = nil) {
        names.append(run)
        executors[run] = executor
        do {
            let plan = try DecodedPlan(decoding: plan).plan
            services.append((run, Set(plan.services.map(\.identity))))
        } catch {
            unreadable.append((run, error))
        }
    }

    /// The youngest one that touches the service.
    func run(of service: ServiceIdentity) -> String? {
        services.last { $0.identities.contains(service) }?.run
    }

    func executor(of run: String) -> LockProcess? { executors[run] }

    /// What to do about each.
    var notes: [String] {
        names.map { run in
            if let executor = executors[run] {
                return "run \(run) is being executed, by process \(executor.id) on \(executor.host)"
            }
            guard let why = unreadable.first(where: { $0.run == run })?.why else {
                return "run \(run) has not ended: stagectl resume \(run), or stagectl abort \(run)"
            }
            return "run \(run) has not ended, and \(why.summary): resume or abort it with the version that began it"
        }
    }
}

extension Session {
    func unfinishedRuns() async throws -> UnfinishedRuns {
        let state = try state()
        var unfinished = UnfinishedRuns()
        for run in try await state.unfinishedRuns(environment: environmentName) {
            guard let journal = try await state.read(run: run) else { continue }
            unfinished.add(run, plan: journal.plan, executor: try await executor(of: run, journal.process))
        }
        return unfinished
    }

    /// The process that executes the run, where it is known to live: by this machine, or by its last sign of life.
    ///
    /// - Parameter process: who the journal says executes it, or did so last.
    func executor(of run: String, _ process: LockProcess?) async throws -> LockProcess? {
        if let process, ProcessLife.isHere(process) { return ProcessLife.isAlive(process.id) ? process : nil }
        return try await (state() as? BucketState)?.executor(of: run)
    }

    /// Says before a release that an earlier one of the same services was cut: once this one has changed them, that one
    /// can only be closed.
    func tellUnfinishedRuns(of placements: [Placement]) async throws {
        let unfinished = try await unfinishedRuns()
        for run in Set(placements.compactMap { unfinished.run(of: $0.identity) }).sorted() {
            if let executor = unfinished.executor(of: run) {
                console.progress(
                    "  ! run \(run) of these services is being executed, by process \(executor.id) "
                        + (ProcessLife.isHere(executor) ? "here" : "on \(executor.host)"))
                continue
            }
            console.progress(
                "  ! run \(run) of these services has not ended: resume or abort it first; this one goes on without it")
        }
    }
}
