import Configuration
import Releases
import Testing

@Suite struct PlannerTests {
    let world = ModelWorld()
    let planner = DeployPlanner(digest: fakeDigest)
    let backend = ModelWorld.service("backend")
    private let placement = Placement(
        service: ModelWorld.service("backend"),
        identity: ServiceIdentity(project: "p", region: "r", name: "backend"), key: "backend")

    @Test func `a plan survives being written down and has the same fingerprint for another run`() async throws {
        let one = try planner.plan(try await world.request(run: "run-aaaaaa", services: [backend], source: "s"))
        let two = try planner.plan(try await world.request(run: "run-bbbbbb", services: [backend], source: "s"))
        let other = try planner.plan(try await world.request(run: "run-aaaaaa", services: [backend], source: "t"))
        #expect(try DecodedPlan(decoding: one.serialized()).plan == one)
        #expect(one.fingerprint == two.fingerprint)
        #expect(one.fingerprint != other.fingerprint)
    }

    @Test func `the first deploy has its steps in this order`() async throws {
        let plan = try planner.plan(try await world.request(run: "run-aaaaaa", services: [backend], source: "s"))
        #expect(
            plan.steps.map(\.id) == [
                "build:backend", "lock:backend", "candidate:backend", "ready:backend", "tag:backend",
                "health:backend", "smoke:backend", "traffic:backend", "open:backend", "assert:backend",
                "record:backend",
            ])
    }

    @Test func `every step needs only steps that come before it`() async throws {
        let services = [
            ModelWorld.service("frontend", dependsOn: ["backend"]), ModelWorld.service("backend", dependsOn: ["auth"]),
            ModelWorld.service("auth"),
        ]
        let plan = try planner.plan(try await world.request(run: "run-aaaaaa", services: services, source: "s"))
        #expect(plan.services.map(\.identity.name) == ["auth", "backend", "frontend"])
        var seen: Set<String> = []
        for step in plan.steps {
            #expect(seen.isSuperset(of: step.needs), "\(step.id)")
            #expect(seen.insert(step.id).inserted)
        }
    }

    @Test func `an older commit over a newer one is refused unless that is allowed`() async throws {
        _ = try await world.deploy(run: "run-aaaaaa", services: [backend], source: "s1")
        var request = try await world.request(run: "run-bbbbbb", services: [backend], source: "s0", relation: .ancestor)
        #expect(throws: Failure.self) { try planner.plan(request) }
        request.options.allowOlder = true
        #expect(try planner.plan(request).changes)
    }

    @Test func `a tag that makes the host name too long is refused before anything is built`() async throws {
        var options = ReleaseOptions()
        options.tag = String(repeating: "t", count: 40)
        let request = try await world.request(run: "run-aaaaaa", services: [backend], source: "s", options: options)
        #expect(throws: Failure.self) { try planner.plan(request) }
    }

    @Test func `a rollback goes to the newest witnessed revision that still exists and does not serve`() async throws {
        for (index, run) in ["run-aaaaaa", "run-bbbbbb", "run-cccccc"].enumerated() {
            _ = try await world.deploy(run: run, services: [backend], source: "s\(index)")
        }
        let request = try await world.request(run: "run-dddddd", services: [backend], source: "")
        let facts = try #require(request.facts["backend"])
        let releases = await world.state.documents
        let target = RollbackPlanner.lastWitnessed(of: placement, releases: releases, facts: facts)
        let expected = releases.first { $0.run == "run-bbbbbb" }?.services.first?.revision
        #expect(target == expected)
        #expect(target != facts.observation?.servingRevision)

        let plan = RollbackPlanner(digest: fakeDigest).plan(request, targets: ["backend": try #require(target)])
        let decoded = try DecodedPlan(decoding: plan.serialized())
        let release = await ReleaseExecutor(decoded, roles: world.roles).run()
        #expect(release.outcome == .rolledBack)
        #expect(release.error == nil)
        #expect(await world.shares(of: "backend") == [target: 100])
    }

    @Test func `a second rollback goes on back, not forth`() async throws {
        for (run, source) in [("run-aaaaaa", "s1"), ("run-bbbbbb", "s2"), ("run-cccccc", "s3")] {
            _ = try await world.deploy(run: run, services: [backend], source: source)
        }
        for (run, expected) in [("run-dddddd", "run-bbbbbb"), ("run-eeeeee", "run-aaaaaa")] {
            let request = try await world.request(run: run, services: [backend], source: "")
            let releases = await world.state.documents
            let facts = try #require(request.facts["backend"])
            let found = RollbackPlanner.lastWitnessed(of: placement, releases: releases, facts: facts)
            let target = try #require(found)
            #expect(target == releases.last { $0.run == expected }?.services.first?.revision)
            let plan = RollbackPlanner(digest: fakeDigest).plan(request, targets: ["backend": target])
            let release = await ReleaseExecutor(try DecodedPlan(decoding: plan.serialized()), roles: world.roles).run()
            #expect(release.outcome == .rolledBack)
        }
    }

    @Test func `a way back looks at nothing between its probe and its write`() async throws {
        for (run, source) in [("run-aaaaaa", "s1"), ("run-bbbbbb", "s2")] {
            _ = try await world.deploy(run: run, services: [backend], source: source)
        }
        let before = await world.platform.reads
        _ = try await world.deploy(run: "run-cccccc", services: [backend], source: "s3")
        let deployed = await world.platform.reads
        // For the plan, under the lock, before traffic moves, and at the end.
        #expect(deployed - before == 4)

        let request = try await world.request(run: "run-dddddd", services: [backend], source: "")
        let facts = try #require(request.facts["backend"])
        let found = RollbackPlanner.lastWitnessed(of: placement, releases: await world.state.documents, facts: facts)
        let target = try #require(found)
        let plan = RollbackPlanner(digest: fakeDigest).plan(request, targets: ["backend": target])
        let planned = await world.platform.reads
        let release = await ReleaseExecutor(try DecodedPlan(decoding: plan.serialized()), roles: world.roles).run()
        #expect(release.outcome == .rolledBack)
        // Under the lock and at the end: none of them before traffic moves.
        #expect(await world.platform.reads - planned == 2)
    }

    @Test func `what exists already keeps its own commit, and a plan does not wait for a lock`() async throws {
        _ = try await world.deploy(run: "run-aaaaaa", services: [backend], source: "s1")
        var request = try await world.request(run: "run-bbbbbb", services: [backend], source: "s1")
        let commit = request.facts["backend"]?.revisions.first?.labels[ReleaseLabel.commit]
        request.source?.commit = String(repeating: "f", count: 40)
        let unchanged = try DeployPlanner(digest: fakeDigest).plan(request)
        #expect(unchanged.services.first?.decision == .unchanged)
        #expect(unchanged.services.first?.labels[ReleaseLabel.commit] == commit)
        #expect(unchanged.services.first?.image?.value == request.facts["backend"]?.revisions.first?.image)
        request.facts["backend"]?.sourceDigest = "s2"
        let lock = try DeployPlanner(digest: fakeDigest).plan(request).steps.first { $0.id == "lock:backend" }
        #expect(lock?.deadlineSeconds == 60)
    }

    @Test func `what another runtime built is built again, as this one cannot start it`() async throws {
        _ = try await world.deploy(run: "run-aaaaaa", services: [backend], source: "s1")
        var request = try await world.request(run: "run-bbbbbb", services: [backend], source: "s1")
        #expect(try planner.plan(request).services.first?.decision == .unchanged)
        request.builder = "another"
        #expect(try planner.plan(request).services.first?.decision == .deploy)
    }

    @Test func `a deploy after a rollback takes the identical revision again`() async throws {
        _ = try await world.deploy(run: "run-aaaaaa", services: [backend], source: "s1")
        _ = try await world.deploy(run: "run-bbbbbb", services: [backend], source: "s2")
        let newest = try #require(await world.platform.services["backend"]?.servingRevision)
        let request = try await world.request(run: "run-cccccc", services: [backend], source: "")
        let plan = RollbackPlanner(digest: fakeDigest).plan(request, targets: ["backend": "backend-00001-abc"])
        _ = await ReleaseExecutor(try DecodedPlan(decoding: plan.serialized()), roles: world.roles).run()
        let again = try await world.deploy(run: "run-dddddd", services: [backend], source: "s2")
        #expect(again.outcome == .promoted)
        #expect(await world.shares(of: "backend") == [newest: 100])
        #expect(await world.builder.builds.count == 2)
    }

    @Test(arguments: [
        ([TrafficShare(revision: "a", percent: 100)], 10, ["a": 90, "n": 10]),
        (
            [TrafficShare(revision: "a", percent: 50), TrafficShare(revision: "b", percent: 50)], 33,
            ["a": 33, "b": 34, "n": 33]
        ),
        ([TrafficShare(revision: "a", percent: 100)], 100, ["n": 100]),
        ([], 100, ["n": 100]),
    ])
    func `shifted splits add up to a hundred`(baseline: [TrafficShare], percent: Int, expected: [String: Int]) {
        let targets = TrafficPlan.shifted(from: baseline, to: "n", percent: percent, tag: "c-aaaaaa", kept: baseline)
        #expect(targets.reduce(0) { $0 + $1.percent } == 100)
        let shares = targets.reduce(into: [String: Int]()) {
            if $1.percent > 0 { $0[$1.revision ?? "", default: 0] += $1.percent }
        }
        #expect(shares == expected)
    }
}
