import JSON
import Releases
import Testing
import Transport

@testable import GoogleCloud

@Suite struct RESTClientTests {
    @Test(arguments: [
        ("https://run.googleapis.com/v2", true), ("http://127.0.0.1:8085/", true), ("http://127.9.8.7", true),
        ("http://localhost:8085/x", true), ("http://[::1]:8085/x", true), ("HTTPS://EXAMPLE.COM", true),
        ("http://example.com", false), ("http://127.evil.com", false), ("http://127.0.0.1.evil.com", false),
        ("http://localhost.evil.com", false), ("http://[::2]/", false), ("http://127.0.0.256/", false),
        ("http://tag---backend.localhost:7090", true),
    ])
    func `a secret travels over https or stays on this machine`(url: String, keeps: Bool) throws {
        #expect(try #require(BaseURL(url)).keepsSecrets == keeps)
    }

    @Test(arguments: [
        "", "run.googleapis.com", "ftp://x", "http://", "http://localhost@evil.com/", "http://[::1/x",
        // A browser ends the host at the backslash, libcurl at the @.
        "http://localhost\\@evil.com/", "http://127.0.0.1\\@evil.com/token",
    ])
    func `other URLs are refused`(url: String) {
        #expect(BaseURL(url) == nil)
    }

    @Test func `a token is not sent in the clear and nothing is sent at all`() async throws {
        let cloud = ScriptedCloud([])
        let refusal = try await failure {
            _ = try await cloud.client(base: "http://run.example.com").observe(backend)
        }
        #expect(refusal.category == .configuration)
        #expect(cloud.requests.isEmpty)
    }

    @Test func `without a token any endpoint will do`() async throws {
        let cloud = ScriptedCloud([.json(404, statusError(404, "NOT_FOUND", "no"))])
        #expect(try await cloud.client(token: nil, base: "http://run.example.com/").observe(backend) == nil)
        #expect(cloud.requests.first?.headers["Authorization"] == nil)
        #expect(cloud.requests.first?.url == "http://run.example.com\(backendPath)")
    }

    @Test(
        arguments: [
            ScriptedCloud.Answer.json(429, statusError(429, "RESOURCE_EXHAUSTED", "slow down")), .text(500, "oops"),
            .text(502, "<html>bad gateway</html>"), .text(503, ""), .text(504, "{"),
            .lost(.couldNotConnect(reason: "refused")), .lost(.connectionLost(reason: "reset")),
            .lost(.timedOut(sent: true)),
        ])
    func `a read is asked again after a passing trouble`(trouble: ScriptedCloud.Answer) async throws {
        let cloud = ScriptedCloud([trouble, trouble, .json(404, statusError(404, "NOT_FOUND", "no"))])
        #expect(try await cloud.client().observe(backend) == nil)
        #expect(cloud.requests.count == 3)
    }

    @Test func `a read gives up after four attempts`() async throws {
        let cloud = ScriptedCloud(Array(repeating: .text(503, "busy"), count: 5))
        let refusal = try await failure { _ = try await cloud.client().observe(backend) }
        #expect(refusal.category == .unavailable)
        #expect(refusal.mayHaveHappened == false)
        #expect(cloud.unusedAnswers == 1)
    }

    @Test(
        arguments: [
            (400, Failure.Category.release), (403, .permission), (409, .conflict), (412, .conflict),
            (302, .release),
        ])
    func `a refusal is not asked again`(status: Int, category: Failure.Category) async throws {
        let cloud = ScriptedCloud([.json(status, statusError(status, "X", "no, thanks."))])
        let refusal = try await failure { _ = try await cloud.client().observe(backend) }
        #expect(refusal.category == category)
        #expect(refusal.summary == "reading service `backend` failed: no, thanks")
        #expect(cloud.requests.count == 1)
    }

    @Test(
        arguments: [
            (ScriptedCloud.Answer.text(503, "busy"), Failure.Category.unavailable, true),
            (.text(500, ""), .unavailable, true), (.text(429, ""), .unavailable, false),
            (.lost(.connectionLost(reason: "reset")), .unavailable, true),
            (.lost(.timedOut(sent: true)), .unavailable, true), (.lost(.cancelled), .interrupted, true),
            (.text(200, "<html>hello</html>"), .unavailable, true), (.json(200, [:]), .unavailable, true),
            (.json(409, statusError(409, "ALREADY_EXISTS", "exists")), .conflict, false),
        ])
    func `a write is sent once and says whether it may have happened`(
        answer: ScriptedCloud.Answer, category: Failure.Category, mayHaveHappened: Bool
    ) async throws {
        let cloud = ScriptedCloud([answer])
        let refusal = try await failure {
            _ = try await cloud.client().create(backend, change: ServiceChange(template: fullTemplate))
        }
        #expect(refusal.category == category)
        #expect(refusal.mayHaveHappened == mayHaveHappened)
        #expect(cloud.requests.count == 1)
    }

    @Test(arguments: [
        TransportError.couldNotConnect(reason: "refused"), .couldNotResolve(host: "h"), .timedOut(sent: false),
    ])
    func `a write that has not left this machine is sent again, and has not happened`(error: TransportError)
        async throws
    {
        let cloud = ScriptedCloud(Array(repeating: .lost(error), count: 4))
        let refusal = try await failure {
            _ = try await cloud.client().create(backend, change: ServiceChange(template: fullTemplate))
        }
        #expect(refusal.category == .unavailable && !refusal.mayHaveHappened)
        #expect(cloud.requests.count == 4)
    }

    @Test func `a token that is not taken is asked for again once`() async throws {
        let refused = ScriptedCloud.Answer.json(401, statusError(401, "UNAUTHENTICATED", "no, thanks."))
        let cloud = ScriptedCloud([refused, refused])
        let refusal = try await failure { _ = try await cloud.client().observe(backend) }
        #expect(refusal.category == .permission)
        #expect(cloud.requests.count == 2)
        let without = ScriptedCloud([refused])
        _ = try await failure { _ = try await without.client(token: nil).observe(backend) }
        #expect(without.requests.count == 1)
    }

    @Test(arguments: [
        ScriptedCloud.Answer.json(401, statusError(401, "UNAUTHENTICATED", "`Bearer ya29.secret` is not taken")),
        .text(400, "<pre>Authorization: Bearer ya29.secret</pre>"),
        .text(400, String(repeating: "x", count: 1990) + "ya29.secret"),
        .json(
            403,
            statusError(
                403, "PERMISSION_DENIED", "no",
                details: [["reason": "SERVICE_DISABLED", "metadata": ["activationUrl": "https://x/?t=ya29.secret"]]])),
    ])
    func `a token that an answer says back is not shown`(answer: ScriptedCloud.Answer) async throws {
        let cloud = ScriptedCloud([answer, answer])
        let refusal = try await failure { _ = try await cloud.client(token: "ya29.secret").observe(backend) }
        #expect(!"\(refusal)".contains("ya29"), "\(refusal)")
    }

    @Test func `a 404 that is not the API's own is no proof that a service is not there`() async throws {
        for answer in [ScriptedCloud.Answer.text(404, "<html>not found</html>"), .text(404, "")] {
            let refusal = try await failure { _ = try await ScriptedCloud([answer]).client().observe(backend) }
            #expect(refusal.category == .release)
        }
        let missing = ScriptedCloud.Answer.json(404, statusError(404, "NOT_FOUND", "no such service"))
        #expect(try await ScriptedCloud([missing]).client().observe(backend) == nil)
    }

    @Test func `a password in an endpoint is refused and not shown`() async throws {
        let refusal = try await failure {
            _ = try await ScriptedCloud([]).client(base: "https://me:word@run.example.com").observe(backend)
        }
        #expect(refusal.category == .configuration)
        #expect(refusal.summary == "reading service `backend` failed: an endpoint has no user name or password in it")
    }

    @Test func `the API's own words reach the user in one line`() throws {
        let details: JSONValue = [
            [
                "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED",
                "metadata": ["activationUrl": "https://console.example/enable"],
            ]
        ]
        let body = statusError(403, "PERMISSION_DENIED", "not enabled.\n\u{1B}[31mred", details: details)
        let response = HTTPResponse(status: 403, headers: .init(), body: Array(body.serialized().utf8))
        let refusal = Failure(.status(GoogleStatus(response: response, isWrite: false)), during: "reading")
        #expect(refusal.summary == "reading failed: not enabled. [31mred")
        #expect(refusal.hint == "enable the API: https://console.example/enable")
        #expect(refusal.details == [.init("answer", "403 PERMISSION_DENIED"), .init("reason", "SERVICE_DISABLED")])
    }

    @Test(arguments: [
        "", "[]", "[{\"error\":{\"message\":\"m\"}}]", "{\"error\":\"text\"}", "{\"error\":{\"message\":7}}",
        "\u{0}\u{1}",
    ])
    func `any body with a failing status is a status`(body: String) {
        let status = GoogleStatus(
            response: HTTPResponse(status: 400, headers: .init(), body: Array(body.utf8)), isWrite: false)
        #expect(status.httpStatus == 400)
        #expect(!status.message.isEmpty)
    }

    @Test func `the wait before a repetition grows to a limit`() {
        let policy = RetryPolicy(firstDelay: .milliseconds(100), longestDelay: .milliseconds(350))
        #expect(
            (1...5).map { policy.ceiling(beforeRepetition: $0) } == [100, 200, 350, 350, 350].map { .milliseconds($0) })
        #expect(policy.ceiling(beforeRepetition: .max) == .milliseconds(350))
    }
}
