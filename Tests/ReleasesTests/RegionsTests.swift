import Configuration
import Releases
import Testing

/// Releases to several regions: one of each service in each, all of them or none.
@Suite struct RegionsTests {
    private let world = ModelWorld()
    private let planner = DeployPlanner(digest: fakeDigest)
    private let regions = ["east", "west"]
    private let services = [ModelWorld.service("auth"), ModelWorld.service("backend", dependsOn: ["auth"])]

    @Test func `one build and one image for all regions, everything else in each`() async throws {
        let backend = ModelWorld.service("backend")
        let plan = try planner.plan(
            try await world.request(run: "run-aaaaaa", services: [backend], source: "s", regions: regions))
        #expect(plan.steps.filter { $0.id.hasPrefix("build:") }.map(\.id) == ["build:backend"])
        #expect(plan.steps.filter { $0.id.hasPrefix("lock:") }.map(\.id) == ["lock:backend@east", "lock:backend@west"])
        #expect(plan.step("candidate:backend@west")?.needs == ["lock:backend@west"])
        let release = try await world.deploy(run: "run-aaaaaa", services: [backend], source: "s", regions: regions)
        #expect(release.outcome == .promoted)
        #expect(release.services.map(\.region) == ["east", "west"])
        #expect(Set(release.services.map(\.image)) == ["backend@sha256:s"])
        #expect(release.services.allSatisfy { $0.witnessedHealthy })
        #expect(await world.builder.builds.count == 1)
        #expect(
            try await world.plan(run: "run-bbbbbb", services: [backend], source: "s", regions: regions).plan.steps == []
        )
    }

    @Test func `order holds within a region, and no traffic moves before all regions have passed`() async throws {
        _ = try await world.deploy(run: "run-aaaaaa", services: services, source: "s1", regions: regions)
        let plan = try planner.plan(
            try await world.request(run: "run-bbbbbb", services: services, source: "s2", regions: regions))
        #expect(plan.step("candidate:backend@east")?.needs == ["lock:backend@west", "assert:auth@east"])
        #expect(plan.step("candidate:backend@west")?.needs == ["lock:backend@west", "assert:auth@west"])
        #expect(plan.step("traffic:auth@east")?.needs == ["smoke:auth@east", "smoke:auth@west"])
        #expect(plan.step("traffic:auth@west")?.needs == ["smoke:auth@west", "smoke:auth@east"])
        var seen: Set<String> = []
        for step in plan.steps {
            #expect(seen.isSuperset(of: step.needs), "\(step.id)")
            #expect(seen.insert(step.id).inserted)
        }
    }

    @Test func `a region that fails keeps the traffic of the others where it was`() async throws {
        let backend = ModelWorld.service("backend")
        _ = try await world.deploy(run: "run-aaaaaa", services: [backend], source: "s1", regions: regions)
        let before = await (world.shares(of: "backend@east"), world.shares(of: "backend@west"))
        await world.verifier.makeUnhealthy("backend@west-00005-abc")
        let release = try await world.deploy(run: "run-bbbbbb", services: [backend], source: "s2", regions: regions)
        #expect(release.services.map(\.candidate) == ["backend@east-00005-abc", "backend@west-00005-abc"])
        #expect(release.outcome == .failed, "\(String(describing: release.error))")
        #expect(release.steps.allSatisfy { !$0.id.hasPrefix("traffic:") || $0.status == .notRun })
        #expect(release.steps.filter { $0.id.hasPrefix("restore:") }.count == 2)
        #expect(await world.shares(of: "backend@east") == before.0)
        #expect(await world.shares(of: "backend@west") == before.1)
    }

    @Test func `a service that fails after another was promoted puts that back everywhere`() async throws {
        _ = try await world.deploy(run: "run-aaaaaa", services: services, source: "s1", regions: regions)
        var before: [[String: Int]] = []
        for place in ["auth@east", "auth@west", "backend@east", "backend@west"] {
            before.append(await world.shares(of: place))
        }
        await world.platform.breakImage("backend@sha256:s2")
        let release = try await world.deploy(run: "run-bbbbbb", services: services, source: "s2", regions: regions)
        #expect(release.outcome == .rolledBack)
        #expect(release.services.map(\.outcome) == [.rolledBack, .rolledBack, .failed, .failed])
        for (place, shares) in zip(["auth@east", "auth@west", "backend@east", "backend@west"], before) {
            #expect(await world.shares(of: place) == shares)
        }
    }

    @Test func `a service in fewer regions waits for the others in those where it is`() async throws {
        var auth = ModelWorld.service("auth")
        auth.regions = ["east"]
        let backend = ModelWorld.service("backend", dependsOn: ["auth"])
        let plan = try planner.plan(
            try await world.request(run: "run-aaaaaa", services: [auth, backend], source: "s", regions: regions))
        #expect(plan.services.map(\.key) == ["auth@east", "backend@east", "backend@west"])
        #expect(plan.step("candidate:backend@west")?.needs.contains("assert:auth@east") == true)
    }

    @Test func `a service finds the one it needs in its own region`() async throws {
        let variable = ConfiguredVariable(name: "AUTH", value: .literal("${services.auth.url}/x"))
        let dependent = ModelWorld.service("backend", dependsOn: ["auth"], variables: [variable])
        let release = try await world.deploy(
            run: "run-aaaaaa", services: [ModelWorld.service("auth"), dependent], source: "s", regions: regions)
        #expect(release.outcome == .promoted)
        for region in regions {
            let urls = await world.platform.services["auth@\(region)"]?.url
            #expect(urls == "http://auth@\(region).test")
        }
        #expect(
            await world.verifier.healthRequests.filter { $0.service.name == "backend" }.allSatisfy { target in
                regions.contains { target.url.contains("backend@\($0)") && target.references["deploy.region"] == $0 }
            })
    }

    @Test func `a rollback takes all regions together, each to its own revision`() async throws {
        let backend = ModelWorld.service("backend")
        for (run, source) in [("run-aaaaaa", "s1"), ("run-bbbbbb", "s2")] {
            _ = try await world.deploy(run: run, services: [backend], source: source, regions: regions)
        }
        let request = try await world.request(run: "run-cccccc", services: [backend], source: "", regions: regions)
        let releases = await world.state.documents
        var targets: [ServiceKey: String] = [:]
        for placement in request.environment.placements(of: backend) {
            let facts = try #require(request.facts[placement.key])
            targets[placement.key] = RollbackPlanner.lastWitnessed(of: placement, releases: releases, facts: facts)
        }
        #expect(targets.count == 2)
        let plan = RollbackPlanner(digest: fakeDigest).plan(request, targets: targets)
        #expect(plan.step("traffic:backend@east")?.needs == ["health:backend@east", "health:backend@west"])
        let release = await ReleaseExecutor(try DecodedPlan(decoding: plan.serialized()), roles: world.roles).run()
        #expect(release.outcome == .rolledBack)
        for (key, revision) in targets { #expect(await world.shares(of: key.description) == [revision: 100]) }
    }

    @Test func `evidence of one region says nothing of another, and old records had only one`() {
        var result = ServiceResult(service: "api", region: "east", outcome: .promoted)
        result.candidate = "api-1"
        result.revision = "api-1"
        result.witnessedHealthy = true
        func release(_ step: String) -> ReleaseDocument {
            ReleaseDocument(
                run: "r", kind: .deploy, environment: "e", started: "", finished: nil, initiator: "",
                outcome: .promoted,
                services: [result], steps: [StepResult(id: step, status: .done, seconds: 1)],
                verdict: VerdictSummary(result: .pass, rule: "", counts: [:]))
        }
        let service = Service(name: "api")
        let environment = ModelWorld.environment([service], regions: regions)
        let (east, west) = (environment.placements(of: service)[0], environment.placements(of: service)[1])
        for step in ["candidate:api", "candidate:api@east"] {
            #expect(RevisionEvidence.of("api-1", of: east, releases: [release(step)]) == .passed)
            #expect(RevisionEvidence.of("api-1", of: west, releases: [release(step)]) != .passed)
        }
        #expect(RevisionEvidence.of("api-1", of: east, releases: [release("candidate:api@west")]) != .passed)
        #expect(RevisionEvidence.isWitnessed("api-1", of: east, releases: [release("assert:api@east")]))
        #expect(!RevisionEvidence.isWitnessed("api-1", of: west, releases: [release("assert:api@east")]))
    }

    @Test(
        arguments: [("backend", "backend", nil), ("backend@europe-west1", "backend", "europe-west1"), ("@", "", "")]
            as [(String, String, String?)])
    func `a key reads as it is written`(text: String, service: String, region: String?) {
        let key = ServiceKey(parsing: text)
        #expect(key == ServiceKey(service, region: region))
        #expect(key.description == text)
        #expect(key.names(service, in: region ?? "anywhere"))
    }
}
