import Configuration
import Releases

/// One run whose process is gone at one place, in a world where nothing else goes wrong, and how it is taken up.
struct CrashStory: Sendable {
    let flow: CrashPoints.Flow
    let first: SimulatedProcess.Doom
    let recovery: CrashPoints.Recovery
    /// Where the process that takes it up is gone too; whoever comes after that aborts.
    let second: SimulatedProcess.Doom?
    let plans: PlanCache
    var keeping = Keeping.disk

    struct Result: Sendable {
        var violations: [Violation]
        var trace: Trace
        /// Whether the place was reached: a process that ends before it has no such place.
        var firstHappened: Bool
        var secondHappened: Bool
    }

    private static let rollbackRun = "run-back00"
    /// One like any other: it only decides how long calls take.
    private static let seed: UInt64 = 7

    func play() -> Result {
        let world = SimulatedWorld(
            seed: Self.seed, faults: flow.isBroken ? [.candidate(.unhealthyInPublic)] : [], defects: [],
            services: flow.brokenPlace.map { [$0] } ?? flow.shape.places, keeping: keeping)
        flow.shape.furnish(world)
        let happened = Confined((first: false, second: false))
        let isOver: Bool? = try? world.scheduler.run {
            happened.value.first = await begin(in: world).isGone
            if happened.value.first { happened.value.second = await takeUp(in: world) }
            await end(in: world)
            return true
        }
        let isStuck = isOver == nil
        world.invariants.end(unfinished: isStuck ? [] : world.disk.unfinished(), stuck: isStuck, in: world)
        defer { world.close() }
        return Result(
            violations: world.invariants.violations, trace: world.traced, firstHappened: happened.value.first,
            secondHappened: happened.value.second)
    }

    // MARK: - What is cut

    /// The process of which the first place speaks, after it has ended or was ended.
    private func begin(in world: SimulatedWorld) async -> SimulatedProcess {
        let plan = plans.plan(flow.shape, []) { flow.shape.plan(in: world, run: History.mainRun, defects: []) }
        world.invariants.runBegins(History.mainRun, at: world.calls)
        if flow == .heldCanary {
            _ = await ReleaseExecutor(plan, roles: History.roles(of: SimulatedProcess(world, run: History.mainRun)))
                .run()
            await pause(in: world)
            return await act(.resume, on: History.mainRun, in: world, doom: first)
        }
        guard flow == .abort else {
            let process = SimulatedProcess(world, run: History.mainRun, doom: first)
            _ = await ReleaseExecutor(plan, roles: History.roles(of: process)).run()
            return process
        }
        // What is aborted was cut where most is there to be undone: all traffic is moved, nothing is recorded.
        let cut = SimulatedProcess(world, run: History.mainRun)
        world.reached = { event in
            if case .intent(let step) = event, step.hasPrefix("record:") { cut.end() }
        }
        _ = await ReleaseExecutor(plan, roles: History.roles(of: cut)).run()
        world.reached = { _ in }
        await pause(in: world)
        return await act(.abort, on: History.mainRun, in: world, doom: first)
    }

    // MARK: - Who takes it up

    /// Returns whether the second place was reached.
    private func takeUp(in world: SimulatedWorld) async -> Bool {
        await pause(in: world)
        switch recovery {
        case .resume, .abort:
            return await act(recovery, on: History.mainRun, in: world, doom: second).isGone
        case .rollback:
            let plan = flow.shape.plan(in: world, run: Self.rollbackRun, goesBack: true, defects: [])
            world.invariants.runBegins(Self.rollbackRun, at: world.calls)
            let process = SimulatedProcess(world, run: Self.rollbackRun, doom: second)
            _ = await ReleaseExecutor(plan, roles: History.roles(of: process)).run()
            return process.isGone
        }
    }

    /// Whatever is still open is closed, and what has ended stays as it is however often it is taken up.
    private func end(in world: SimulatedWorld) async {
        for _ in 0..<3 {
            for run in world.disk.unfinished() {
                await pause(in: world)
                await act(.abort, on: run, in: world, doom: nil)
            }
        }
        await History.recoverAgain(in: world)
    }

    @discardableResult
    private func act(
        _ recovery: CrashPoints.Recovery, on run: String, in world: SimulatedWorld, doom: SimulatedProcess.Doom?
    ) async -> SimulatedProcess {
        let process = SimulatedProcess(world, run: run, doom: doom)
        guard let journal = world.disk.read(run), world.disk.unfinished().contains(run),
            let decoded = try? DecodedPlan(decoding: journal.plan)
        else { return process }
        let wasGoingBack = Progress(replaying: journal.entries).undoing != nil
        let executor = ReleaseExecutor(decoded, resuming: journal.entries, roles: History.roles(of: process))
        do {
            if recovery != .resume { world.invariants.isTakenBack(run) }
            let release = recovery == .resume ? try await executor.resume() : try await executor.abort()
            guard !process.isGone else { return process }
            // A run of which every region is finished has nothing left that could go back.
            let turns = RegionTurns(decoded.plan, Progress(replaying: journal.entries))
            // A way back goes through all regions at once, and keeps none.
            let isFinished =
                decoded.plan.keepsFinishedRegions == true && turns.finished.count == Shape.twoRegions.count
            let expected: Set<ReleaseOutcome> =
                (recovery == .abort || wasGoingBack || flow.isBroken) && !isFinished
                ? [.failed, .rolledBack] : [flow == .rollback ? .rolledBack : .promoted]
            world.invariants.tookUp(run, release.outcome, expected: expected, in: world)
        } catch {
            if !process.isGone { world.invariants.refused(run, in: world) }
        }
        return process
    }

    /// Longer than a lease.
    private func pause(in world: SimulatedWorld) async {
        try? await world.clock.sleep(for: world.keeping.leaseEnd)
    }
}
