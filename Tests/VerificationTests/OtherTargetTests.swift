import Configuration
import Testing
import Verification

/// Checks that ask another service than the one that is tested.
struct OtherTargetTests {
    private static let yaml =
        SuiteLoaderTests.head + """
            targets: { login: { url: "https://login.example.com" } }
            checks:
              - id: login
                target: login
                http: POST /token
                capture: { token: { json: $.token } }
              - { id: own, needs: [login], http: GET /me, headers: { x-token: "${captures.token}" } }

            """

    /// Each answers with a revision of its own; `says` is what the tested one answers with.
    @Test(arguments: [("r-1", CheckStatus.passed), ("r-0", .failed), (nil, .failed)] as [(String?, CheckStatus)])
    func `only the tested service is held to the revision`(_ says: String?, _ status: CheckStatus) async throws {
        let http = FakeHTTP { request, _ in
            let isLogin = request.url.hasPrefix("https://login.example.com")
            let revision = isLogin ? "login-7" : says
            return .answer(
                200, "{\"token\":\"t\"}", headers: revision.map { [HeaderField("x-revision", $0)] } ?? [])
        }
        let target = SuiteRunTarget(
            url: "https://api.example.com", identity: .header("x-revision"), expectedRevision: "r-1")
        let run = await runner(http).run(
            [try suite(Self.yaml)], against: target, options: SuiteRunOptions(today: today))
        #expect(run.results.map(\.status) == [.passed, status])
        #expect(http.requests.last?.headers["x-token"] == "t")
    }
}
