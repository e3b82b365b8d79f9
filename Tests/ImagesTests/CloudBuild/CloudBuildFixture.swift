import Configuration
import GoogleCloud
import GoogleCloudStub
import Releases
import Testing

@testable import Images

struct StubToken: AccessTokens {
    func token() async throws -> String? { "stub-token" }
}

/// A builder whose Google is a stub on loopback, and a small context.
struct CloudBuildFixture {
    let stub: GoogleStub
    let folder: Folder
    let lines = Lines()

    init() throws {
        stub = try GoogleStub()
        folder = try Folder()
        try folder.write("Dockerfile", "FROM scratch\nCOPY app /app\n")
        try folder.write("app", "app\n")
    }

    /// Ends the stub, and says what of its requests was not as Google's documents have it.
    static func with(_ body: (CloudBuildFixture) async throws -> Void) async throws {
        let fixture = try CloudBuildFixture()
        defer { fixture.stub.stop() }
        try await body(fixture)
        #expect(fixture.stub.problems.isEmpty)
    }

    var builder: CloudBuildBuilder { builder() }

    func builder(region: String = "global", bucket: String? = nil, queue: Duration = .seconds(600)) -> CloudBuildBuilder
    {
        let endpoints = GoogleEndpoints(all: stub.base)
        let retry = RetryPolicy(firstDelay: .milliseconds(1), longestDelay: .milliseconds(4))
        var pace = CloudBuildPace(
            shortestPause: .milliseconds(1), longestPause: .milliseconds(5),
            looks: [.milliseconds(1), .milliseconds(2), .milliseconds(5)], cancelling: .seconds(60))
        pace.queue = queue
        let settings = CloudBuildSettings(
            builds: CloudBuildClient(
                project: "p", region: region, endpoints: endpoints, tokens: StubToken(), retry: retry),
            storage: StorageClient(endpoints: endpoints, tokens: StubToken(), retry: retry), bucket: bucket,
            timeoutSeconds: 900, pace: pace)
        return CloudBuildBuilder(
            settings: { settings }, preparation: Preparation(), registry: RegistryAccess())
    }

    func request(arguments: [String: String] = [:], target: String? = nil) -> BuildRequest {
        BuildRequest(
            service: "backend",
            source: SourceSettings(paths: ["."], arguments: arguments, target: target),
            repository: "127.0.0.1:\(stub.port)/services/backend", root: folder.path,
            sourceDigest: "0123456789abcdef", pushes: true)
    }

    func build(arguments: [String: String] = [:]) async throws -> BuiltImage {
        let lines = lines
        return try await builder.build(request(arguments: arguments)) { lines.append($0) }
    }

    /// The failure of a build.
    func failure() async throws -> Failure {
        try #require(await #expect(throws: Failure.self) { _ = try await build() })
    }
}
