import Configuration
import Releases
import Testing

@Suite struct BuildDeadlineTests {
    @Test(arguments: [(nil, 1800), (600, 1800), (3600, 4500)])
    func `a build step may take what a build in the cloud is allowed, and its wait`(allowed: Int?, seconds: Int)
        async throws
    {
        let world = ModelWorld()
        var request = try await world.request(run: "run-aaaaaa", services: [ModelWorld.service("backend")], source: "s")
        request.environment.cloudBuild = allowed.map { CloudBuildConfiguration(timeoutSeconds: $0) }
        let plan = try DeployPlanner(digest: fakeDigest).plan(request)
        #expect(plan.steps.first { $0.id == "build:backend" }?.deadlineSeconds == seconds)
    }
}
