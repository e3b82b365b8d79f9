import Configuration
import Releases
import Testing

/// The process is cut off after every single journal write; what is left must end well either way.
@Suite struct RecoveryTests {
    private static let backend = ModelWorld.service("backend")

    /// A world with one verified release, then a second one that is cut after `writes` more entries, before or after
    /// the effect that the last one announces.
    private static func cut(
        after writes: Int, effectHappened: Bool
    ) async throws -> (world: ModelWorld, stored: StoredJournal)? {
        let world = ModelWorld()
        _ = try await world.deploy(run: "run-aaaaaa", services: [backend], source: "s1")
        let plan = try await world.plan(run: "run-bbbbbb", services: [backend], source: "s2")
        let before = await world.state.writes
        await world.state.allow(writes: before + writes, effectAfterwards: effectHappened)
        _ = await ReleaseExecutor(plan, roles: world.roles).run()
        await world.state.allow(writes: .max)
        world.power.isOn = true
        await world.state.dropLocks()
        guard let stored = try await world.state.read(run: "run-bbbbbb"),
            Progress(replaying: stored.entries).ended == nil
        else { return nil }
        return (world, stored)
    }

    @Test(arguments: 0..<30, [true, false])
    func `a run cut after any write is finished without a second revision`(
        writes: Int, effectHappened: Bool
    ) async throws {
        guard let (world, stored) = try await Self.cut(after: writes, effectHappened: effectHappened) else { return }
        let undoing = Progress(replaying: stored.entries).undoing != nil
        let decoded = try DecodedPlan(decoding: stored.plan)
        let release = try await ReleaseExecutor(decoded, resuming: stored.entries, roles: world.roles).resume()
        let made =
            await world.platform.revisionsByService["backend"]?
            .filter { $0.labels[ReleaseLabel.run] == "run-bbbbbb" } ?? []
        #expect(made.count <= 1)
        #expect(undoing || release.outcome == .promoted, "\(String(describing: release.error))")
        let total = await world.shares(of: "backend").values.reduce(0, +)
        #expect(total == 100)
        #expect(try await world.state.unfinishedRuns(environment: "test").isEmpty)
    }

    @Test(arguments: 0..<30, [true, false])
    func `a run cut after any write can be aborted and leaves traffic as it was`(
        writes: Int, effectHappened: Bool
    ) async throws {
        guard let (world, stored) = try await Self.cut(after: writes, effectHappened: effectHappened) else { return }
        let decoded = try DecodedPlan(decoding: stored.plan)
        let release = try await ReleaseExecutor(decoded, resuming: stored.entries, roles: world.roles).abort()
        #expect(release.outcome == .failed || release.outcome == .rolledBack)
        #expect(await world.shares(of: "backend") == ["backend-00001-abc": 100])
        let tags = await world.platform.services["backend"]?.trafficStatuses.compactMap(\.tag) ?? []
        #expect(!tags.contains("c-bbbbbb"))
        #expect(try await world.state.unfinishedRuns(environment: "test").isEmpty)
    }

    @Test func `thirty cuts cover the whole run`() async throws {
        let uncut = try await Self.cut(after: 29, effectHappened: true)
        #expect(uncut == nil, "the last cut must lie behind the end of the run")
    }

    @Test(arguments: 0..<30, [true, false])
    func `a run that a newer release has overtaken is closed, and the newer one stays`(
        writes: Int, effectHappened: Bool
    ) async throws {
        guard let (world, stored) = try await Self.cut(after: writes, effectHappened: effectHappened) else { return }
        let newer = try await world.deploy(run: "run-cccccc", services: [Self.backend], source: "s3")
        #expect(newer.outcome == .promoted)
        let serving = await world.shares(of: "backend")
        let decoded = try DecodedPlan(decoding: stored.plan)
        if Progress(replaying: stored.entries).state(of: "lock:backend").isComplete {
            let executor = ReleaseExecutor(decoded, resuming: stored.entries, roles: world.roles)
            let failure = await #expect(throws: Failure.self) { try await executor.resume() }
            #expect(failure?.category == .conflict)
            #expect(failure?.hint?.contains("stagectl abort run-bbbbbb") == true)
        }
        let closed = try await ReleaseExecutor(decoded, resuming: stored.entries, roles: world.roles).abort()
        #expect(closed.outcome == .failed || closed.outcome == .rolledBack)
        #expect(await world.shares(of: "backend") == serving)
        #expect(try await world.state.unfinishedRuns(environment: "test").isEmpty)
    }

    @Test(arguments: 0..<30)
    func `a run is not promoted when its traffic was taken back and nobody could write that down`(
        writes: Int
    ) async throws {
        guard let (world, stored) = try await Self.cut(after: writes, effectHappened: true) else { return }
        await world.platform.sendBack("backend", to: "backend-00001-abc")
        let decoded = try DecodedPlan(decoding: stored.plan)
        let release = try await ReleaseExecutor(decoded, resuming: stored.entries, roles: world.roles).resume()
        #expect(release.outcome != .promoted, "after \(writes) writes")
        #expect(await world.shares(of: "backend") == ["backend-00001-abc": 100])
    }

    @Test func `a run whose service somebody else has locked since is not touched`() async throws {
        let (world, stored) = try #require(try await Self.cut(after: 12, effectHappened: true))
        _ = try await world.state.acquire(
            service: "backend", environment: "test",
            holder: LockHolder(run: "run-cccccc", who: "other@there", commit: nil, since: ""), lease: .seconds(30))
        let decoded = try DecodedPlan(decoding: stored.plan)
        let writes = await world.platform.writes
        for abort in [true, false] {
            let executor = ReleaseExecutor(decoded, resuming: stored.entries, roles: world.roles)
            let failure = await #expect(throws: Failure.self) {
                _ = abort ? try await executor.abort() : try await executor.resume()
            }
            #expect(failure?.category == .conflict)
        }
        #expect(await world.platform.writes == writes)
        #expect(try await world.state.read(run: "run-bbbbbb")?.entries == stored.entries)
    }

    @Test(arguments: 1..<25)
    func `a disk that fills up leaves traffic as it was and the run open`(writes: Int) async throws {
        let world = ModelWorld()
        _ = try await world.deploy(run: "run-aaaaaa", services: [Self.backend], source: "s1")
        let plan = try await world.plan(run: "run-bbbbbb", services: [Self.backend], source: "s2")
        await world.state.refuse(Failure(.unavailable, "the disk is full"), after: writes)
        let release = await ReleaseExecutor(plan, roles: world.roles).run()
        #expect(release.outcome == .needsAttention)
        #expect(release.error?.summary.contains("the disk is full") == true)
        // Everything was done, only the end could not be written.
        guard await world.shares(of: "backend")["backend-00001-abc"] != nil else {
            #expect(release.steps.allSatisfy { $0.status == .done })
            return
        }
        #expect(await world.shares(of: "backend") == ["backend-00001-abc": 100])

        await world.state.refuse(nil, after: 0)
        let stored = try #require(try await world.state.read(run: "run-bbbbbb"))
        let again = try await ReleaseExecutor(plan, resuming: stored.entries, roles: world.roles).abort()
        #expect(again.outcome == .failed || again.outcome == .rolledBack)
        #expect(try await world.state.unfinishedRuns(environment: "test").isEmpty)
    }

    @Test func `an outcome is believed over the intent before it and doubt keeps the operation`() {
        func entry(_ event: JournalEntry.Event) -> JournalEntry { JournalEntry(time: "", event: event) }
        var progress = Progress(replaying: [
            entry(.intent(step: "a")), entry(.operation(step: "a", name: OperationName("op"))),
            entry(.intent(step: "a")),
        ])
        #expect(progress.state(of: "a") == .inDoubt(operation: OperationName("op")))
        progress.apply(entry(.outcome(step: "a", .done(StepOutput(), seconds: 1))))
        #expect(progress.state(of: "a").isComplete)
        #expect(progress.state(of: "b") == .notStarted)
    }
}
