import Configuration
import Releases
import Testing

@Suite struct ImageReportInReleaseTests {
    private let world = ModelWorld()
    private let backend = ModelWorld.service("backend")

    /// Knows the size of an image by the digest of its source.
    private struct ReportingBuilder: ImageBuilder {
        let name = "model"
        let sizes: [String: Int64]

        func holds(_ image: ImageReference) async throws -> Bool { true }

        func build(
            _ request: BuildRequest, output: @escaping @Sendable (String) -> Void
        ) async throws -> BuiltImage {
            BuiltImage(reference: ImageReference("\(request.repository)@sha256:\(request.sourceDigest)"))
        }

        func push(_ image: BuiltImage, output: @escaping @Sendable (String) -> Void) async throws -> ImageReference {
            image.reference
        }

        func resolve(_ reference: String) async throws -> ImageReference { ImageReference(reference) }

        func report(on image: ImageReference) async -> ImageReport? {
            let source = String(image.value.split(separator: ":").last ?? "")
            return sizes[source].map {
                ImageReport(
                    digest: source, bytes: $0, isCompressed: true,
                    layers: [.init(digest: "base"), .init(digest: source)])
            }
        }
    }

    private func deploy(_ run: String, source: String) async throws -> ReleaseDocument {
        let plan = try await world.plan(run: run, services: [backend], source: source)
        var roles = world.roles
        roles.builders = ["model": ReportingBuilder(sizes: ["s1": 51_000_000, "s2": 11_220_000])]
        return await ReleaseExecutor(plan, roles: roles).run()
    }

    @Test func `a release says how its image differs from the one that serves`() async throws {
        let first = try await deploy("run-aaaaaa", source: "s1")
        let report = try #require(first.services.first?.imageReport)
        #expect(report.change == nil, "nothing served before")
        let serving = try #require(first.services.first?.revision)

        let second = try await deploy("run-bbbbbb", source: "s2")
        #expect(
            second.services.first?.imageReport?.text
                == "11.2 MB in 2 layers, 78 % smaller than \(serving) (1 layer new)")
        #expect(second.steps.first { $0.id == "build:backend" }?.note?.hasPrefix("image 11.2 MB") == true)
    }

    @Test func `a builder that tells nothing fails nothing`() async throws {
        let release = try await deploy("run-aaaaaa", source: "s3")
        #expect(release.outcome == .promoted)
        #expect(release.services.first?.imageReport == nil)
    }

    @Test func `each service has its own builder`() async throws {
        var request = try await world.request(run: "run-aaaaaa", services: [backend], source: "s1")
        request.facts["backend"]?.builder = "buildah"
        request.environment.registry = "r.dev/p"
        let plan = try DeployPlanner(digest: fakeDigest).plan(request)
        guard case .build(_, let builder)? = plan.step("build:backend")?.action else {
            Issue.record("no build step")
            return
        }
        #expect(builder == "buildah")
        #expect(plan.step("push:backend")?.action == .push(builder: "buildah"))
    }
}
