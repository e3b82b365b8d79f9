import Configuration
import Testing
import Verification

struct HealthWindowTests {
    static func question(_ expected: String? = "r-2", identity: RevisionIdentity? = .header("x-revision"))
        -> HealthQuestion
    {
        HealthQuestion(
            url: "http://h/", settings: HealthSettings(samples: 3, intervalMilliseconds: 100, windowSeconds: 2),
            identity: identity, expectedRevision: expected, identityToken: "token-value")
    }
    static let good = [HeaderField("X-Revision", "r-2")]

    @Test func `so many healthy samples in a row are enough`() async {
        let http = FakeHTTP { _, before in before == 1 ? .answer(503, "database") : .answer(headers: Self.good) }
        let result = await HealthWindow(probe: http, clock: ManualClock()).run(Self.question())
        #expect(result.healthy)
        #expect(result.samples.map(\.status) == [200, 503, 200, 200, 200])
        #expect(result.samples[1].problem == "status 503: database")
        #expect(http.requests[0].url == "http://h/health")
        #expect(http.requests[0].headers["x-serverless-authorization"] == "Bearer token-value")
    }

    @Test func `the window ends although the service never got healthy`() async {
        let http = FakeHTTP { _, _ in .failure(ProbeFailure(.connect, "refused")) }
        let result = await HealthWindow(probe: http, clock: ManualClock()).run(Self.question())
        #expect(!result.healthy)
        #expect(result.samples.count == 20)
        #expect(result.milliseconds <= 2000)
    }

    @Test(arguments: [
        (HTTPProbeOutcome.answer(headers: good), true), (.answer(204, headers: good), true), (.answer(), false),
        (.answer(headers: [HeaderField("x-revision", "r-1")]), false), (.answer(302, headers: good), false),
        (.answer(headers: good, milliseconds: 2001), false), (.failure(ProbeFailure(.timeout, "2 s")), false),
    ])
    func `a sample is healthy or says why not`(_ outcome: HTTPProbeOutcome, _ healthy: Bool) {
        #expect((Self.question().judge(outcome).problem == nil) == healthy)
    }

    @Test func `identity is asked for only where it is known`() {
        #expect(Self.question(nil).judge(.answer()).problem == nil)
        #expect(Self.question(identity: nil).judge(.answer()).problem == nil)
        let json = Self.question(identity: .json(path: "$.revision"))
        #expect(json.judge(.answer(200, #"{"revision":"r-2"}"#)).problem == nil)
        #expect(json.judge(.answer(200, #"{"revision":"r-1"}"#)).problem != nil)
        #expect(json.judge(.answer(200, "no json")).problem != nil)
    }

    @Test func `no window is healthy without a sample`() {
        #expect(!HealthDecider(needed: 0).isHealthy)
    }
}
