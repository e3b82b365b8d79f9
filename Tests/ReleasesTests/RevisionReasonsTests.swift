import Configuration
import JSON
import Testing

@testable import Releases

/// Why a deploy makes a revision, as a dry run tells it.
@Suite struct RevisionReasonsTests {
    private typealias Shape = RevisionComparisonTests

    struct World {
        var service: Service
        var facts: ServiceFacts
        var reasons: RevisionReasons
    }

    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var change: @Sendable (inout World) -> Void
        var texts: [String]
    }

    private static let commit = String(repeating: "c", count: 40)
    private static let same = ImageReference("here/backend@\(Shape.digest)")

    static let cases: [Case] = [
        Case(
            testDescription: "a first deploy", change: { $0.facts = ServiceFacts(observation: nil) },
            texts: ["first deploy"]),
        Case(
            testDescription: "another source",
            change: { $0.facts.built = [ImageReference("here/backend@\(Shape.other)")] },
            texts: ["image: source changed since commit cccccccccccc"]),
        Case(
            testDescription: "a source that was never built", change: { _ in },
            texts: ["image: source changed since commit cccccccccccc"]),
        Case(
            testDescription: "uncommitted changes of then",
            change: { $0.facts.revisions[0].labels[ReleaseLabel.tree] = "dirty" },
            texts: ["image: source changed since commit cccccccccccc with uncommitted changes"]),
        Case(
            testDescription: "the same commit without a build of it", change: { $0.facts.relation = .same },
            texts: ["image: it is built again; what serves is of this commit, but no build of it is known here"]),
        Case(
            testDescription: "settings alone, no value of a variable among them",
            change: {
                $0.service.container.cpu = "2"
                $0.reasons.environment = [
                    ConfiguredVariable(name: "A", value: .literal("s3cret")),
                    ConfiguredVariable(name: "NEW", value: .literal("x")),
                ]
                $0.reasons.overrides = ["NEW"]
                $0.facts.built = [same]
            },
            texts: ["settings changed: env A changed, env B removed, env NEW added by --set-env, cpu 1 to 2"]),
        Case(
            testDescription: "a given image",
            change: { $0.reasons.image = ImageReference("x/backend@\(Shape.other)") },
            texts: ["image: sha256:bbbbbbbbbbbb instead of sha256:aaaaaaaaaaaa"]),
        Case(
            testDescription: "a split",
            change: {
                $0.facts.built = [same]
                $0.facts.observation?.trafficStatuses[0].percent = 90
            }, texts: ["traffic: backend-00001-abc has 90 % of it"]),
        Case(
            testDescription: "what only the release fills in",
            change: {
                $0.facts.built = [same]
                $0.reasons.environment[0].value = .literal("${services.auth.url}")
            }, texts: ["nothing that can be compared differs, but values that are filled in at the release may"]),
    ]

    @Test(arguments: cases)
    func `each is told in the words of the configuration`(_ one: Case) throws {
        let ready = Condition(state: .succeeded)
        let name = "backend-00001-abc"
        let facts = ServiceFacts(
            observation: ServiceObservation(
                identity: ServiceIdentity(project: "p", region: "r", name: "backend"), url: "u", generation: 1,
                observedGeneration: 1, trafficStatuses: [TrafficShare(revision: name, percent: 100)], isPublic: true,
                condition: ready),
            revisions: [
                RevisionObservation(
                    name: name, image: "r/backend@\(Shape.digest)",
                    labels: [ReleaseLabel.commit: Self.commit, ReleaseLabel.tree: "clean"], condition: ready,
                    template: TemplateReading(Shape.revision(), path: "revision"))
            ])
        let service = Shape.service()
        var world = World(
            service: service, facts: facts,
            reasons: RevisionReasons(
                placement: Placement(
                    service: service, identity: ServiceIdentity(project: "p", region: "r", name: "backend"),
                    key: "backend"), facts: facts, environment: service.environment, overrides: [], isClean: true))
        one.change(&world)
        world.reasons.facts = world.facts
        world.reasons.placement.service = world.service
        #expect(world.reasons.all.map(\.text) == one.texts)
        #expect(!world.reasons.all.contains { $0.text.contains("s3cret") })
    }

    @Test func `a plan has them, and its fingerprint does not`() async throws {
        let world = ModelWorld()
        let backend = ModelWorld.service("backend")
        let request = try await world.request(run: "run-aaaaaa", services: [backend], source: "s")
        var plan = try DeployPlanner(digest: fakeDigest).plan(request)
        #expect(plan.services.first?.reasons?.map(\.kind) == [.firstDeploy])
        #expect(try DecodedPlan(decoding: plan.serialized()).plan == plan)
        plan.services[0].reasons = nil
        #expect(plan.isAsFingerprinted(fakeDigest))
    }
}
