import Configuration
import Testing

@testable import Releases

/// A source whose image came another way than by its build is deployed once all the same.
@Suite struct ServedBuildTests {
    private let world = ModelWorld()
    private let planner = DeployPlanner(digest: fakeDigest)
    private let image = ImageReference("staging/backend@sha256:s1")

    private static func service(_ value: String = "1") -> Service {
        ModelWorld.service(
            "backend", variables: [ConfiguredVariable(name: "A", value: .literal(value))])
    }

    /// After a promotion of the image, a deploy of source `s1`.
    private func afterPromotion(
        _ service: Service = service(), built: [ImageReference], change: (inout PlanRequest) -> Void = { _ in }
    ) async throws -> PlannedService {
        var options = ReleaseOptions()
        options.promotions = [
            "backend": PromotionOrigin(environment: "staging", image: image, revision: "r", commit: "c", tree: "clean")
        ]
        let first = try await world.deploy(run: "run-aaaaaa", services: [Self.service("${x}")], source: "s0")
        #expect(first.outcome == .promoted)
        _ = try await world.deploy(run: "run-bbbbbb", services: [service], source: "", options: options)
        var request = try await world.request(run: "run-cccccc", services: [service], source: "s1")
        request.facts["backend"]?.built = built
        change(&request)
        return try #require(try planner.plan(request).services.first)
    }

    @Test func `a source that was built into what serves is unchanged, whatever its image is called`() async throws {
        let planned = try await afterPromotion(built: [ImageReference("here/backend@sha256:s1")])
        #expect(planned.decision == .unchanged && planned.isForeign == nil)
        #expect(planned.image == image && planned.labels[ReleaseLabel.commit] == "c")
    }

    @Test func `a value that is filled in at run time is the same as it was promoted with`() async throws {
        let planned = try await afterPromotion(
            Self.service("${services.backend.url}"), built: [ImageReference("here/backend@sha256:s1")])
        #expect(planned.decision == .unchanged)
    }

    private typealias Change = @Sendable (inout PlanRequest) -> Void
    private static let changes: [(String, [String], Change)] = [
        ("nothing of it was built anywhere", [], { _ in }),
        ("it was built into something else", ["here/backend@sha256:s2"], { _ in }),
        (
            "a setting differs", ["here/backend@sha256:s1"],
            { $0.environment.services[0].environment = [ConfiguredVariable(name: "A", value: .literal("2"))] }
        ),
        (
            "the processor differs", ["here/backend@sha256:s1"],
            { $0.environment.services[0].container.cpu = "2" }
        ),
        (
            "it is set for this release", ["here/backend@sha256:s1"],
            { $0.options.setEnvironment = [(name: "A", value: "2")] }
        ),
    ]

    @Test(arguments: changes.map(\.0))
    func `it is a deploy where`(_ name: String) async throws {
        let (_, built, change) = try #require(Self.changes.first { $0.0 == name })
        let planned = try await afterPromotion(built: built.map { ImageReference($0) }, change: change)
        #expect(planned.decision == .deploy)
    }

    @Test func `a split is put together again`() async throws {
        let planned = try await afterPromotion(built: [ImageReference("here/backend@sha256:s1")]) { request in
            let old = TrafficShare(revision: "backend-00001-abc", percent: 10)
            request.facts["backend"]?.observation?.trafficStatuses[0].percent = 90
            request.facts["backend"]?.observation?.trafficStatuses.append(old)
        }
        #expect(planned.decision == .deploy)
    }

    @Test func `what a push gives another digest is known under both`() async throws {
        let request = try await world.request(run: "run-aaaaaa", services: [Self.service()], source: "s1")
        var plan = try planner.plan(request)
        guard case .build(let build, _) = plan.steps[0].action else {
            Issue.record("the first step is \(plan.steps[0].id)")
            return
        }
        plan.steps.insert(
            Step(
                "push:backend", service: "backend", action: .push(builder: "model"), needs: ["build:backend"],
                deadlineSeconds: 900), at: 1)
        plan.steps[2].needs = ["push:backend"]
        await world.builder.renameOnPush(to: "registry/backend@sha256:pushed")
        let release = await ReleaseExecutor(try DecodedPlan(decoding: plan.serialized()), roles: world.roles).run()
        #expect(release.outcome == .promoted && release.services.first?.image == "registry/backend@sha256:pushed")
        let known = try await world.state.image(
            builder: "model", repository: build.repository, sourceDigest: build.sourceDigest)
        #expect(known?.references.map(\.value) == ["\(build.repository)@sha256:s1", "registry/backend@sha256:pushed"])
    }
}
