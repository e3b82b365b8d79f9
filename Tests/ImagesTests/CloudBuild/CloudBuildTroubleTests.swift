import GoogleCloudStub
import JSON
import Releases
import Testing

@testable import Images

/// Lost answers, cancellation and builds of others.
@Suite(.serialized) struct CloudBuildTroubleTests {
    @Test func `a build whose creation was not answered is found, not begun twice`() async throws {
        try await CloudBuildFixture.with { fixture in
            fixture.stub.fail(.init("POST", "/builds", .loseAnswer))
            _ = try await fixture.build()
            #expect(fixture.stub.builds.count == 1)
            #expect(fixture.stub.count("POST", "/locations/global/builds") == 1)
            #expect(fixture.lines.all.contains("the answer to the new build was lost: looking for it"))
        }
    }

    @Test func `a build that is nowhere after its answer was lost is begun again`() async throws {
        try await CloudBuildFixture.with { fixture in
            fixture.stub.fail(.init("POST", "/builds", .refuse))
            _ = try await fixture.build()
            #expect(fixture.stub.builds.count == 1)
            #expect(fixture.stub.count("POST", "/locations/global/builds") == 2)
        }
    }

    @Test func `a build of the same source that is under way is waited for`() async throws {
        try await CloudBuildFixture.with { fixture in
            fixture.stub.set { $0.statuses = ["WORKING"] }
            let first = Task { try await fixture.build() }
            try await waitUntil { fixture.stub.count("GET", "/builds/") > 0 }
            let second = Task { try await fixture.build() }
            try await waitUntil { fixture.lines.all.contains { $0.contains("is under way already") } }
            fixture.stub.set { $0.statuses = ["SUCCESS"] }
            #expect(try await first.value == second.value)
            #expect(fixture.stub.builds.count == 1)
        }
    }

    @Test func `a cancelled task cancels the build, and says so`() async throws {
        try await CloudBuildFixture.with { fixture in
            fixture.stub.set { $0.statuses = ["WORKING"] }
            let build = Task { try await fixture.build() }
            try await waitUntil { fixture.stub.count("GET", "/builds/") > 0 }
            build.cancel()
            let failure = await #expect(throws: Failure.self) { _ = try await build.value }
            #expect(failure?.category == .interrupted)
            #expect(fixture.stub.cancelled.count == 1)
            #expect(fixture.lines.all.last == "build \(fixture.stub.cancelled.first ?? "") is cancelled")
        }
    }

    @Test func `a build that cannot be cancelled is left with the command that would`() async throws {
        try await CloudBuildFixture.with { fixture in
            fixture.stub.set { $0.statuses = ["WORKING"] }
            fixture.stub.fail(.init("POST", ":cancel", .status(403), times: 10))
            let build = Task { try await fixture.build() }
            try await waitUntil { fixture.stub.count("GET", "/builds/") > 0 }
            build.cancel()
            _ = await #expect(throws: Failure.self) { _ = try await build.value }
            #expect(fixture.lines.all.last?.contains("gcloud builds cancel build-") == true)
        }
    }

    @Test func `a build that waits too long for a worker is given up and cancelled`() async throws {
        try await CloudBuildFixture.with { fixture in
            fixture.stub.set { $0.statuses = ["QUEUED"] }
            // A minute of grace is added to the queue's own time.
            let builder = fixture.builder(queue: .seconds(-60))
            let failure = await #expect(throws: Failure.self) {
                _ = try await builder.build(fixture.request()) { _ in }
            }
            #expect(failure?.category == .deadline)
            #expect(failure?.summary.contains("did not begin in time") == true)
            #expect(fixture.stub.cancelled.count == 1)
        }
    }

    @Test func `looks that fail for a while lose no build`() async throws {
        try await CloudBuildFixture.with { fixture in
            // Each look is repeated by itself four times.
            fixture.stub.fail(.init("GET", "/builds/", .status(503), times: 9))
            _ = try await fixture.build()
            #expect(fixture.stub.builds.count == 1)
        }
    }

    @Test func `a project without rights to build is told so`() async throws {
        try await CloudBuildFixture.with { fixture in
            fixture.stub.forbid("/locations/global/builds")
            let failure = try await fixture.failure()
            #expect(failure.category == .permission)
        }
    }

    private func waitUntil(_ condition: () -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(120)
        while !condition() {
            try #require(ContinuousClock.now < end, "waited for too long")
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}
