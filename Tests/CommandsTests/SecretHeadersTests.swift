import Configuration
import Testing
import Transport
import Verification

@testable import Commands

/// What checks and health looks send, and where it may be read on the way.
@Suite struct SecretHeadersTests {
    private static let secret = [HeaderField("traceparent", "00-1-1-01"), HeaderField("Authorization", "Bearer t")]

    @Test(arguments: [
        ("https://shop.example/", true), ("wss://shop.example/", true), ("http://127.0.0.1:8080/", true),
        ("http://[::1]:8080/", true), ("http://tag---backend.localhost:7090/", true), ("ws://localhost:1/", true),
        ("http://shop.example/", false), ("ws://shop.example/", false), ("HTTP://10.0.0.7/", false),
        ("http://localhost\\@shop.example/", false), ("http://localhost@shop.example/", false),
    ])
    func `a secret goes over TLS or stays on this machine`(url: String, isSent: Bool) {
        #expect((Self.secret.refusal(to: url) == nil) == isSent)
    }

    @Test(arguments: [
        "authorization", "Proxy-Authorization", "X-Serverless-Authorization", "Cookie", "X-API-Key", "x-goog-api-key",
    ])
    func `fields that are secrets by their name are known`(name: String) throws {
        let refusal = try #require([HeaderField(name, "x")].refusal(to: "http://shop.example/"))
        #expect(
            refusal.reason
                == "`\(name)` is never sent in the clear to `shop.example`: use https, or an address of this machine")
    }

    @Test func `what is no secret goes anywhere`() {
        #expect([HeaderField("Accept", "*/*")].refusal(to: "http://shop.example/") == nil)
    }

    @Test func `a password in the URL is a secret too`() {
        #expect([HeaderField]().refusal(to: "http://me:word@shop.example/") != nil)
    }

    @Test func `neither probe asks when it would tell a secret`() async throws {
        let request = HTTPProbeRequest(url: "http://shop.invalid/", headers: Self.secret)
        guard case .failure(let failure) = await CurlHTTPProbe(client: HTTPClient()).send(request) else {
            Issue.record("there was an answer")
            return
        }
        #expect(failure.reason.contains("never sent in the clear to `shop.invalid`: use https,"))
        guard
            case .failed(let refusal) = await NIOWebSocketProbe().open(
                WebSocketProbeRequest(url: "ws://shop.invalid/", headers: Self.secret))
        else {
            Issue.record("there was a connection")
            return
        }
        #expect(refusal.reason.contains("never sent in the clear to `shop.invalid`: use wss,"))
    }

    @Test(arguments: [
        ("${secrets.key}", true), ("k-${secrets.short}", true), ("${vars.key}", true), ("${vars.plain}", false),
        ("of-no-account", false),
    ])
    func `a field that is made from a secret is one`(value: String, isSecret: Bool) throws {
        let scope = CheckScope(
            values: [
                "secrets.key": "s3cret-key", "secrets.short": "abc", "vars.key": "k s3cret-key", "vars.plain": "plain",
            ], baseURL: "http://shop.example")
        let check = HTTPCheck(path: .literal("/"), headers: [HeaderTemplate("X-Shop", try Template(parsing: value))])
        let request = try check.request(in: scope)
        #expect((request.headers.refusal(to: request.url) != nil) == isSecret)
    }

    @Test func `who asks is a secret in whatever field it stands`() throws {
        let scope = CheckScope(
            baseURL: "http://shop.example", authentication: [HeaderField("X-Shop-User", "token")])
        let request = try HTTPCheck(path: .literal("/")).request(in: scope)
        #expect(request.headers.refusal(to: request.url)?.reason.contains("`X-Shop-User`") == true)
    }

    @Test func `a health look with an identity token is not made in the clear`() async {
        let window = HealthWindow(probe: CurlHTTPProbe(client: HTTPClient()))
        let result = await window.run(
            HealthQuestion(
                url: "http://shop.invalid", settings: HealthSettings(samples: 1, windowSeconds: 0),
                identityToken: "token"))
        #expect(!result.healthy)
        #expect(result.samples.first?.problem?.contains("`X-Serverless-Authorization` is never sent") == true)
    }
}
