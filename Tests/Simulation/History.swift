import Configuration
import Foundation
import Releases

/// One seed's story: a release among services that run already, what goes wrong, and how it is taken up again until it
/// has ended. Planner, executor, journal and lock rules are the product's own.
package struct History: Sendable {
    /// What a story came to.
    package struct Result: Sendable {
        package var seed: UInt64
        package var faults: [Fault]
        package var outcomes: [String]
        package var violations: [Violation]
        package var trace: Trace
    }

    static let mainRun = "run-main00"
    static let earlierRun = "run-early0"
    static let contendingRun = "run-contnd"

    package let seed: UInt64
    package let faults: [Fault]
    private let defects: Set<Defect>
    private let shape: Shape
    private let plans: PlanCache
    private let keeping: Keeping

    /// - Parameter plans: of earlier histories of the same thread; equal worlds have equal plans.
    package init(
        seed: UInt64, defects: Set<Defect> = [], plans: PlanCache, keeping: Keeping = .disk
    ) {
        self.keeping = keeping
        var random = SeededRandom(seed: seed)
        self.seed = seed
        self.defects = defects
        self.plans = plans
        var shape = Shape(drawnFrom: &random)
        // Up to six, as often none as any other number.
        faults = (0..<random.below(7)).map { _ in Fault.drawn(from: &random) }
        // Three services in two regions would be six: too long a history for what it adds.
        if shape.services < 3, random.chance(20) { shape.regions = Shape.twoRegions }
        // Of its own chance, so that everything else of a seed stays what it was.
        var chance = SeededRandom(seed: seed ^ 0x5A5A_A5A5)
        if chance.chance(20) { shape.migration = MigrationSettings(isIrreversible: chance.chance(50)) }
        var turns = SeededRandom(seed: seed ^ 0x3C3C_C3C3)
        if shape.regions.count > 1, turns.chance(50) {
            shape.rollout = RegionRollout(order: .sequential, rollback: turns.chance(50) ? .unfinished : .all)
        }
        self.shape = shape
    }

    package func play() -> Result {
        let world = SimulatedWorld(
            seed: seed, faults: faults, defects: defects, services: shape.places,
            keeping: keeping)
        shape.furnish(world)
        let outcomes = try? world.scheduler.run { await live(in: world) }
        // Reading all that was kept costs more than the history itself.
        if seed.isMultiple(of: 50) || defects.contains(.leakyJournal) { readWhatIsKept(in: world) }
        world.invariants.end(
            unfinished: outcomes == nil ? [] : world.disk.unfinished(), stuck: outcomes == nil, in: world)
        defer { world.close() }
        return Result(
            seed: seed, faults: faults, outcomes: outcomes ?? [], violations: world.invariants.violations,
            trace: world.traced)
    }

    private func live(in world: SimulatedWorld) async -> [String] {
        let outcomes = Confined<[String]>([])
        let contenders = Confined<[Task<Void, Never>]>([])
        world.contend = { delay in
            guard contenders.value.isEmpty else { return }
            contenders.value.append(
                Task(executorPreference: world.scheduler) {
                    try? await world.clock.sleep(for: delay)
                    outcomes.value.append(await contend(in: world))
                })
        }
        let plan = plans.plan(shape, defects) { shape.plan(in: world, run: Self.mainRun, defects: defects) }
        let process = SimulatedProcess(world, run: Self.mainRun)
        world.invariants.runBegins(Self.mainRun, at: world.calls)
        let main = Task(executorPreference: world.scheduler) {
            await ReleaseExecutor(plan, roles: Self.roles(of: process)).run()
        }
        process.interrupt = { main.cancel() }
        outcomes.value.append(await main.value.outcome.rawValue)
        await recover(in: world, outcomes) {
            for task in contenders.value { await task.value }
        }
        await Self.recoverAgain(in: world)
        return outcomes.value
    }

    private func readWhatIsKept(in world: SimulatedWorld) {
        for run in world.disk.order {
            guard let journal = world.disk.read(run) else { continue }
            world.invariants.kept(journal.plan, as: "the plan of \(run)", in: world)
            world.invariants.kept(journal.entries.asText, as: "the journal of \(run)", in: world)
            world.invariants.kept(world.disk.ledger[run].asText, as: "the record of \(run)", in: world)
        }
    }

    /// Another release of the same services, by somebody else.
    private func contend(in world: SimulatedWorld) async -> String {
        let process = SimulatedProcess(world, run: Self.contendingRun)
        world.invariants.runBegins(Self.contendingRun, at: world.calls)
        let plan = shape.plan(in: world, run: Self.contendingRun, defects: defects)
        return await ReleaseExecutor(plan, roles: Self.roles(of: process)).run().outcome.rawValue
    }

    /// What a person does with runs that have no end: resume or abort, until they have one.
    ///
    /// - Parameter others: ends when no other release is under way; who takes a run up waits for that.
    private func recover(
        in world: SimulatedWorld, _ outcomes: Confined<[String]>, after others: () async -> Void
    ) async {
        for attempt in 0..<8 {
            // In the end the world calms down: whatever is left must come to an end then.
            if attempt >= 3 { world.isCalm = true }
            await others()
            try? await world.clock.sleep(for: world.keeping.leaseEnd)
            guard let run = world.disk.unfinished().first, let journal = world.disk.readToResume(run),
                let decoded = try? DecodedPlan(decoding: journal.plan)
            else { return }
            let process = SimulatedProcess(world, run: run)
            let executor = ReleaseExecutor(
                decoded, resuming: journal.entries, roles: Self.roles(of: process))
            do {
                let isAborted = attempt >= 3 || world.chance(40)
                if isAborted { world.invariants.isTakenBack(run) }
                let release = isAborted ? try await executor.abort() : try await executor.resume()
                outcomes.value.append(release.outcome.rawValue)
            } catch {
                outcomes.value.append("refused")
            }
        }
    }

    /// Takes every run up once more that has ended. Its command would refuse; the engine must not rely on that.
    static func recoverAgain(in world: SimulatedWorld) async {
        world.isCalm = true
        for run in world.disk.order {
            guard let journal = world.disk.read(run), !world.disk.unfinished().contains(run),
                let decoded = try? DecodedPlan(decoding: journal.plan)
            else { continue }
            let before = world.cloud.truth()
            let process = SimulatedProcess(world, run: run)
            _ = try? await ReleaseExecutor(decoded, resuming: journal.entries, roles: roles(of: process)).resume()
            let after = world.cloud.truth()
            let changed = after.filter { before[$0.key] != $0.value }.keys.sorted()
            world.invariants.tookUpAgain(run, changed: changed, in: world)
        }
    }

    static func roles(of process: SimulatedProcess) -> ReleaseRoles {
        let state: any JournalStore & Ledger & ImageRecords & ServiceLock =
            if let disk = process.world.disk as? SimulatedDisk {
                ProcessState(process: process, disk: disk)
            } else {
                ProcessTeamState(process: process)
            }
        return ReleaseRoles(
            platform: ProcessPlatform(process: process), builders: ["simulated": ProcessBuilder(process: process)],
            verifier: ProcessVerifier(process: process), journal: state, ledger: state, images: state, lock: state,
            observer: ProcessObserver(), jobs: ProcessJobs(process: process), clock: ProcessClock(process: process),
            now: { "" })
    }
}

extension Encodable {
    /// As a store would keep it.
    fileprivate var asText: String {
        (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
