import Configuration
import Testing

@testable import Releases

/// One region after the other, and what stays when a later one fails.
@Suite struct RegionRolloutTests {
    private let world = ModelWorld()
    private let regions = ["east", "west"]
    private let services = [ModelWorld.service("auth"), ModelWorld.service("backend", dependsOn: ["auth"])]

    private func plan(
        run: String, services: [Service], source: String, rollout: RegionRollout?, regions: [String]? = nil,
        options: ReleaseOptions = .init()
    ) async throws -> Plan {
        var request = try await world.request(
            run: run, services: services, source: source, options: options, regions: regions ?? self.regions)
        request.environment.regionRollout = rollout
        return try DeployPlanner(digest: fakeDigest).plan(request)
    }

    private func execute(_ plan: Plan) async throws -> ReleaseDocument {
        await ReleaseExecutor(try DecodedPlan(decoding: plan.serialized()), roles: world.roles).run()
    }

    @Test func `a region is finished before the next one begins`() async throws {
        let plan = try await plan(
            run: "run-aaaaaa", services: services, source: "s", rollout: RegionRollout(order: .sequential))
        #expect(plan.step("candidate:auth@east")?.needs == ["lock:backend@west"])
        #expect(plan.step("candidate:backend@east")?.needs == ["lock:backend@west", "assert:auth@east"])
        #expect(
            plan.step("candidate:auth@west")?.needs == [
                "lock:backend@west", "record:backend@east", "record:auth@east",
            ])
        #expect(
            plan.step("candidate:backend@west")?.needs.contains("assert:auth@west") == true)
        #expect(plan.step("traffic:auth@east")?.needs == ["smoke:auth@east"], "no other region is waited for")
        #expect(isInOrder(plan))
        #expect(plan.keepsFinishedRegions == nil && plan.version == 2)
        #expect(try await execute(plan).outcome == .promoted)
    }

    @Test func `what an earlier region needs from a later one goes first all the same`() async throws {
        var base = ModelWorld.service("base")
        base.regions = ["west"]
        let user = ModelWorld.service("user", dependsOn: ["base"])
        let other = ModelWorld.service("other")
        let plan = try await plan(
            run: "run-aaaaaa", services: [base, user, other], source: "s", rollout: RegionRollout(order: .sequential))
        #expect(plan.step("candidate:user@east")?.needs.contains("assert:base@west") == true)
        #expect(plan.step("candidate:base@west")?.needs.contains("record:other@east") == true)
        #expect(plan.step("candidate:other@west")?.needs.contains("record:user@east") == true)
        #expect(isInOrder(plan))
        #expect(try await execute(plan).outcome == .promoted)
    }

    @Test func `without a key all regions go together, as before`() async throws {
        let first = try await plan(run: "run-aaaaaa", services: services, source: "s", rollout: nil)
        let parallel = try await plan(
            run: "run-aaaaaa", services: services, source: "s", rollout: RegionRollout(order: .parallel))
        #expect(first.fingerprint == parallel.fingerprint)
        #expect(first.step("traffic:auth@east")?.needs == ["smoke:auth@east", "smoke:auth@west"])
    }

    private static let outcomes: [(RegionRollout.Rollback, [ReleaseOutcome])] = [
        (.all, [.rolledBack, .failed]), (.unfinished, [.promoted, .failed]),
    ]

    @Test(arguments: [0, 1])
    func `a later region that fails takes back all, or what is not finished`(index: Int) async throws {
        let (rollback, expected) = Self.outcomes[index]
        let backend = ModelWorld.service("backend")
        let rollout = RegionRollout(order: .sequential, rollback: rollback)
        _ = try await execute(try await plan(run: "run-aaaaaa", services: [backend], source: "s1", rollout: rollout))
        let before = await (world.shares(of: "backend@east"), world.shares(of: "backend@west"))
        await world.verifier.makeUnhealthy("backend@west-00005-abc")
        let second = try await plan(run: "run-bbbbbb", services: [backend], source: "s2", rollout: rollout)
        let release = try await execute(second)
        #expect(release.services.map(\.outcome) == expected, "\(String(describing: release.error))")
        #expect(await world.shares(of: "backend@west") == before.1)
        let isKept = rollback == .unfinished
        #expect(await (world.shares(of: "backend@east") == before.0) != isKept)
        #expect(release.outcome == (isKept ? .failed : .rolledBack))
        #expect(release.services.map(\.witnessedHealthy) == [isKept, false])
        #expect(release.error?.details.contains { $0.label == "finished before, and kept" } == isKept)
        #expect(release.steps.contains { $0.id == "restore:backend@east" } != isKept)
        #expect(second.version == (isKept ? 3 : 2))
        // The next release goes on from there: what is finished is unchanged.
        let third = try await plan(run: "run-cccccc", services: [backend], source: "s2", rollout: rollout)
        #expect(third.services.map { $0.decision == .unchanged } == [isKept, false])
    }

    @Test func `a service that fails takes back its whole region`() async throws {
        let rollout = RegionRollout(order: .sequential, rollback: .unfinished)
        _ = try await execute(try await plan(run: "run-aaaaaa", services: services, source: "s1", rollout: rollout))
        let west = await world.shares(of: "auth@west")
        await world.verifier.makeUnhealthy("backend@west-00005-abc")
        let release = try await execute(
            try await plan(run: "run-bbbbbb", services: services, source: "s2", rollout: rollout))
        let outcomes = Dictionary(
            uniqueKeysWithValues: release.services.map { ("\($0.service)@\($0.region)", $0.outcome) })
        #expect(outcomes["auth@east"] == .promoted && outcomes["backend@east"] == .promoted)
        #expect(outcomes["backend@west"] == .failed && outcomes["auth@west"] == .rolledBack, "\(outcomes)")
        #expect(release.outcome == .rolledBack)
        #expect(await world.shares(of: "auth@west") == west)
    }

    @Test func `finished is what every step of the region was done of, and a promotion goes in turn too`() async throws
    {
        let backend = ModelWorld.service("backend")
        let rollout = RegionRollout(order: .sequential, rollback: .unfinished)
        let plan = try await plan(run: "run-aaaaaa", services: [backend], source: "s1", rollout: rollout)
        func progress(_ steps: some Sequence<Step>) -> Progress {
            Progress(
                replaying: steps.map {
                    JournalEntry(time: "", event: .outcome(step: $0.id, .done(StepOutput(), seconds: 1)))
                })
        }
        let east = plan.steps.filter { $0.service == "backend@east" }
        #expect(plan.finished(in: progress(east)) == ["backend@east"])
        #expect(plan.finished(in: progress(east.dropLast())) == [])
        #expect(plan.finished(in: progress(plan.steps)) == ["backend@east", "backend@west"])
        let all = try await self.plan(
            run: "run-aaaaaa", services: [backend], source: "s1", rollout: RegionRollout(order: .sequential))
        #expect(all.finished(in: progress(all.steps)) == [])

        var request = try await world.request(run: "run-bbbbbb", services: [backend], source: "", regions: regions)
        _ = try await execute(plan)
        request = try await world.request(run: "run-bbbbbb", services: [backend], source: "", regions: regions)
        request.environment.regionRollout = rollout
        var targets: [ServiceKey: String] = [:]
        for placement in request.environment.placements(of: backend) {
            targets[placement.key] = "\(placement.key)-00000-abc"
        }
        let promotion = RollbackPlanner(digest: fakeDigest).plan(request, targets: targets, kind: .deploy)
        #expect(promotion.step("tag:backend@west")?.needs == ["record:backend@east"])
        #expect(promotion.keepsFinishedRegions == true)
        let back = RollbackPlanner(digest: fakeDigest).plan(request, targets: targets)
        #expect(back.step("traffic:backend@east")?.needs == ["health:backend@east", "health:backend@west"])
        #expect(back.keepsFinishedRegions == nil)
    }

    private func isInOrder(_ plan: Plan) -> Bool {
        var seen: Set<String> = []
        return plan.steps.allSatisfy { step in
            let isMet = seen.isSuperset(of: step.needs)
            return seen.insert(step.id).inserted && isMet
        }
    }
}
