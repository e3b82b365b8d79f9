import Configuration
import Testing

@testable import Releases

/// A prune on the engine: its order, what somebody else's change does to it, and what a kill leaves.
@Suite struct PruneExecutionTests {
    let world = ModelWorld()
    let backend = ModelWorld.service("backend")

    private var placement: Placement {
        Placement(
            service: backend, identity: ServiceIdentity(project: "p", region: "r", name: "backend"), key: "backend")
    }

    private var roles: ReleaseRoles {
        var roles = world.roles
        roles.revisionRemoval = world.platform
        return roles
    }

    /// Three releases; the first two can go but for one to go back to.
    private func release() async throws {
        for (index, run) in ["run-aaaaaa", "run-bbbbbb", "run-cccccc"].enumerated() {
            let release = try await world.deploy(run: run, services: [backend], source: "s\(index)")
            #expect(release.outcome == .promoted)
        }
    }

    private func decision() async throws -> (PruneFacts, PruneDecision) {
        let observation = try #require(try await world.platform.observe(placement.identity))
        var revisions = try await world.platform.revisions(of: placement.identity)
        for index in revisions.indices { revisions[index].created = Double(100 - index) }
        let facts = PruneFacts(
            placement: placement, policy: PrunePolicy(keepRevisions: 0, olderThanSeconds: 0, rollbackTargets: 1),
            observation: observation, revisions: revisions,
            releases: try await world.state.releases(environment: "test", service: "backend", limit: 10))
        return (facts, PruneDecision(facts, now: 1000))
    }

    private func plan(_ run: String = "run-pppppp") async throws -> DecodedPlan {
        let (facts, decision) = try await decision()
        let plan = PrunePlanner(digest: fakeDigest).plan(
            .init(
                run: run, created: "2026-01-01T00:00:00Z", initiator: "me@here", environment: "test", facts: [facts],
                decisions: [decision], images: [:]))
        return try DecodedPlan(decoding: plan.serialized())
    }

    private func names() async throws -> [String] {
        try await world.platform.revisions(of: placement.identity).map(\.name)
    }

    @Test func `what nothing needs is gone, what serves serves, and a rollback still works`() async throws {
        try await release()
        let before = await world.shares(of: "backend")
        let documents = await world.state.documents.count
        let all = try await names()
        let document = await ReleaseExecutor(try await plan(), roles: roles).run()
        #expect(document.outcome == .promoted && document.error == nil)
        #expect(try await names() == Array(all.prefix(2)))
        #expect(await world.shares(of: "backend") == before)
        let tags = await world.platform.services["backend"]?.trafficStatuses.compactMap(\.tag) ?? []
        #expect(tags.count == 1, "that of what serves")
        #expect(await world.state.documents.count == documents, "no release")
        #expect(try await world.state.unfinishedRuns(environment: "test") == [])
        #expect(try await !decision().1.changes, "a second one finds nothing")
        #expect(
            RollbackPlanner.lastWitnessed(
                of: placement, releases: await world.state.documents.reversed(),
                facts: ServiceFacts(
                    observation: try await world.platform.observe(placement.identity),
                    revisions: try await world.platform.revisions(of: placement.identity))) == all[1])
    }

    @Test func `somebody's change since the look is a conflict, and nothing goes`() async throws {
        try await release()
        let plan = try await plan()
        let all = try await names()
        await world.platform.changeGeneration(of: "backend")
        let document = await ReleaseExecutor(plan, roles: roles).run()
        #expect(document.error?.category == .conflict)
        #expect(try await names() == all)
        #expect(try await world.state.unfinishedRuns(environment: "test") == [])
    }

    @Test func `a deploy that holds the lock keeps a prune out`() async throws {
        try await release()
        let plan = try await plan()
        _ = try await world.state.acquire(
            service: "backend", environment: "test",
            holder: LockHolder(run: "run-dddddd", who: "you@there", commit: nil, since: ""), lease: .seconds(30))
        let document = await ReleaseExecutor(plan, roles: roles).run()
        #expect(document.error?.category == .conflict)
        #expect(try await names().count == 3)
    }

    @Test func `a kill at any write leaves what a second prune finishes, and resume too`() async throws {
        for resumes in [true, false] {
            for writes in 1...9 {
                let test = PruneExecutionTests()
                try await test.cutAndFinish(after: writes, byResuming: resumes)
            }
        }
    }

    private func cutAndFinish(after writes: Int, byResuming resumes: Bool) async throws {
        try await release()
        let all = try await names()
        let shares = await world.shares(of: "backend")
        let plan = try await plan()
        await world.state.allow(writes: await world.state.writes + writes)
        _ = await ReleaseExecutor(plan, roles: roles).run()
        world.power.isOn = true
        await world.state.allow(writes: .max)
        await world.state.dropLocks()
        let open = try await world.state.unfinishedRuns(environment: "test")
        if resumes, let run = open.first {
            let stored = try #require(try await world.state.read(run: run))
            let document = try await ReleaseExecutor(
                try DecodedPlan(decoding: stored.plan), resuming: stored.entries, roles: roles
            ).resume()
            #expect(document.error == nil, "\(writes): \(String(describing: document.error))")
        } else if try await decision().1.changes {
            let again = await ReleaseExecutor(try await self.plan("run-qqqqqq"), roles: roles).run()
            #expect(again.error == nil, "\(writes): \(String(describing: again.error))")
        }
        #expect(try await names() == Array(all.prefix(2)), "\(writes)")
        #expect(await world.shares(of: "backend") == shares, "\(writes)")
    }
}
