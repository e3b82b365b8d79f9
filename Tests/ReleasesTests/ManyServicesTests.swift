import Configuration
import Releases
import Testing

/// Releases of several services: who waits for whom, what happens at the same time, and what is said of each.
@Suite struct ManyServicesTests {
    private let world = ModelWorld()
    private let planner = DeployPlanner(digest: fakeDigest)

    @Test func `services that need nothing of each other wait only for the locks`() async throws {
        let services = [ModelWorld.service("auth"), ModelWorld.service("search")]
        let plan = try planner.plan(try await world.request(run: "run-aaaaaa", services: services, source: "s"))
        #expect(plan.step("candidate:auth")?.needs == ["lock:search"])
        #expect(plan.step("candidate:search")?.needs == ["lock:search"])
        let release = await ReleaseExecutor(
            try DecodedPlan(decoding: plan.serialized()), roles: world.roles
        ).run()
        #expect(release.outcome == .promoted)
        let entries = try await world.state.read(run: "run-aaaaaa")?.entries ?? []
        let begun = entries.compactMap { if case .intent(let step) = $0.event { step } else { nil } }
        let second = try #require(begun.firstIndex(of: "candidate:search"))
        #expect(second < begun.firstIndex(of: "assert:auth") ?? 0, "both are under way at once: \(begun)")
    }

    @Test func `order holds through a service that does not change`() async throws {
        let database = ModelWorld.service("database")
        let api = ModelWorld.service("api", dependsOn: ["database"])
        let web = ModelWorld.service("web", dependsOn: ["api"])
        _ = try await world.deploy(run: "run-aaaaaa", services: [database, api, web], source: "s1")
        var request = try await world.request(run: "run-bbbbbb", services: [database, api, web], source: "s2")
        request.facts["api"]?.sourceDigest = "s1"
        let plan = try planner.plan(request)
        #expect(plan.service("api")?.decision == .unchanged)
        #expect(plan.steps.allSatisfy { $0.service != "api" })
        #expect(plan.step("candidate:web")?.needs.contains("assert:database") == true)
    }

    @Test func `each service says what became of it`() async throws {
        let services = [
            ModelWorld.service("auth"), ModelWorld.service("backend", dependsOn: ["auth"]),
            ModelWorld.service("frontend", dependsOn: ["backend"]),
        ]
        _ = try await world.deploy(run: "run-aaaaaa", services: services, source: "s1")
        await world.platform.breakImage("backend@sha256:s2")
        let release = try await world.deploy(run: "run-bbbbbb", services: services, source: "s2")
        #expect(release.outcome == .rolledBack)
        #expect(release.services.map(\.outcome) == [.rolledBack, .failed, .failed])
        #expect(release.steps.first { $0.id == "candidate:frontend" }?.status == .notRun)
    }

    @Test func `a tag of one's own can be used again`() async throws {
        let backend = ModelWorld.service("backend")
        var options = ReleaseOptions()
        options.tag = "mine"
        for (run, source) in [("run-aaaaaa", "s1"), ("run-bbbbbb", "s2"), ("run-cccccc", "s3")] {
            let release = try await world.deploy(run: run, services: [backend], source: source, options: options)
            #expect(release.outcome == .promoted, "\(run): \(String(describing: release.error))")
        }
        let tagged = await world.platform.services["backend"]?.trafficStatuses.filter { $0.tag == "mine" } ?? []
        #expect(tagged.count == 1 && tagged.first?.percent == 100)
    }

    @Test(arguments: ["tag", "traffic", "record"])
    func `a write that somebody else's follows at once is a conflict`(step: String) async throws {
        let backend = ModelWorld.service("backend")
        _ = try await world.deploy(run: "run-aaaaaa", services: [backend], source: "s1")
        let plan = try await world.plan(run: "run-bbbbbb", services: [backend], source: "s2")
        var roles = world.roles
        roles.observer = Racer(platform: world.platform, step: "\(step):backend")
        let release = await ReleaseExecutor(plan, roles: roles).run()
        #expect(release.error?.category == .conflict, "\(String(describing: release.error))")
        #expect(release.outcome != .promoted)
    }

    @Test func `of failures at the same time the worse one decides`() {
        let (checks, conflict) = (Failure(.checks, "smoke"), Failure(.conflict, "changed"))
        #expect(checks.worse(conflict) == conflict)
        #expect(conflict.worse(checks) == conflict)
        #expect(checks.worse(Failure(.interrupted, "interrupted")) == checks)
        #expect(Failure(.interrupted, "Ctrl-C").worse(conflict).category == .interrupted)
    }
}

/// Lets somebody else write right after a step's own write.
private struct Racer: ReleaseObserver {
    let platform: ModelPlatform
    let step: String

    func started(step: String) {
        if step == self.step { platform.race("backend") }
    }

    func line(_ text: String, step: String) {}
    func ended(step: String, outcome: StepOutcome) {}
    func undoing(reason: Failure) {}
}
