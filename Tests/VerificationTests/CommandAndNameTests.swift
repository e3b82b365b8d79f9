import Configuration
import Testing
import Verification

/// Programs, names, and who asks.
struct CommandAndNameTests {
    private static func kind(_ text: String) throws -> CheckKind {
        let suite = try suite(
            SuiteLoaderTests.head + "vars: { host: api.example.com }\nchecks:\n  - { id: a, \(text) }\n")
        return try #require(suite.checks.first).kind
    }

    private static let scope = CheckScope(
        values: ["vars.host": "api.example.com"], baseURL: "https://api.example.com:8443/base")

    @Test(arguments: [
        ("{}", 0, "ok\n", "", nil), ("{}", 1, "", "first\nit broke\n", "exit code 1, wanted 0: it broke"),
        ("{ exit: [0, 3] }", 3, "", "", nil), ("{ exit: 3 }", 0, "", "", "exit code 0, wanted 3"),
        ("{ stdout: { contains: done } }", 0, "all done", "", nil),
        ("{ stdout: { contains: done } }", 0, "begun", "", "the output does not contain `done`"),
        ("{ stderr: '' }", 0, "", "warning", "the error output is `warning`, wanted ``"),
        ("{ json: { $.ok: true } }", 0, "{\"ok\":true}", "", nil),
        ("{ json: { $.ok: true } }", 0, "{\"ok\":false}", "", "`$.ok` is `false`, wanted `true`"),
        ("{ time: { '<': 10ms } }", 0, "", "", "it took"),
    ])
    func `what a program says and ends with`(
        _ expect: String, _ code: Int, _ output: String, _ errors: String, _ words: String?
    ) throws {
        guard case .command(let check) = try Self.kind("command: { argv: [probe, '${vars.host}'] }, expect: \(expect)")
        else { return #expect(Bool(false)) }
        #expect(try check.request(in: Self.scope).arguments == ["probe", "api.example.com"])
        let ending = CommandEnding(
            exitCode: code, output: Array(output.utf8), errorOutput: Array(errors.utf8), milliseconds: 20)
        let measurement = try check.judge(.ended(ending), in: Self.scope)
        #expect(measurement.outcome == (words == nil ? .passed : .failed))
        #expect(words.map { measurement.summary?.contains($0) == true } ?? true, "\(measurement.summary ?? "")")
        #expect(measurement.evidence.exitCode == code)
    }

    @Test func `a program that cannot be run is an error`() throws {
        let failure = ProbeFailure(.other, "`probe` is not there")
        #expect(try CommandCheck(arguments: []).judge(.failure(failure), in: Self.scope).outcome == .error)
    }

    @Test(arguments: [
        ("{}", ["10.0.0.1"], nil), ("{}", [], "has no address"), ("{ exists: false }", [], nil),
        ("{ exists: false }", ["10.0.0.1"], "wanted none"),
        ("{ addresses: [10.0.0.1, 10.0.0.2] }", ["10.0.0.2"], nil),
        ("{ addresses: 10.0.0.1 }", ["10.0.0.1", "10.0.0.9"], "has the address 10.0.0.9, which is not one"),
        ("{ families: [ipv4, ipv6] }", ["10.0.0.1", "2001:db8::1"], nil),
        ("{ families: [ipv6] }", ["10.0.0.1"], "has no ipv6 address"),
        ("{ time: 5ms }", ["10.0.0.1"], "the lookup took 9 ms"),
    ])
    func `what a name resolves to`(_ expect: String, _ addresses: [String], _ words: String?) throws {
        guard case .name(let check) = try Self.kind("dns: {}, expect: \(expect)") else { return #expect(Bool(false)) }
        #expect(try check.host(in: Self.scope) == "api.example.com")
        let outcome =
            addresses.isEmpty
            ? NameLookupOutcome.unknown(milliseconds: 9) : .addresses(addresses, milliseconds: 9)
        let measurement = try check.judge(outcome, of: "api.example.com", in: Self.scope)
        #expect(measurement.outcome == (words == nil ? .passed : .failed))
        #expect(words.map { measurement.summary?.contains($0) == true } ?? true, "\(measurement.summary ?? "")")
        #expect(measurement.evidence.addresses == addresses)
    }

    @Test func `a resolver that does not answer is an error, not a name that is gone`() throws {
        let check = NameCheck(exists: false)
        let outcome = NameLookupOutcome.failure(ProbeFailure(.other, "no answer in time"))
        #expect(try check.judge(outcome, of: "h", in: Self.scope).outcome == .error)
    }

    /// The service lets in who shows a token; the platform's token counts too.
    @Test(arguments: [("auth: { kind: none }, ", CheckStatus.passed), ("", .failed)])
    func `an anonymous client shows nothing, whatever the target and the release have`(
        _ auth: String, _ status: CheckStatus
    ) async throws {
        let yaml =
            SuiteLoaderTests.head + """
                targets: { default: { url: "${deploy.revision_url}", auth: { kind: bearer, token: "abcdefgh" } } }
                checks: [{ id: a, \(auth)http: GET /private, expect: { status: 403 } }]
                """
        let http = FakeHTTP { request, _ in
            let shown = request.headers["authorization"] ?? request.headers["x-serverless-authorization"]
            return .answer(shown == nil ? 403 : 200)
        }
        let target = SuiteRunTarget(url: "https://a.example", identityToken: "identity-token-of-the-release")
        let run = await runner(http).run(
            [try suite(yaml)], against: target, options: SuiteRunOptions(today: today))
        #expect(run.results.first?.status == status)
    }

    /// Once the session is known to the service, it lets in.
    @Test(arguments: [("session=first; session=kept", CheckStatus.passed), ("other=kept", .failed)])
    func `a login hands its cookie to the checks that need it, and no report shows it`(
        _ fields: String, _ status: CheckStatus
    ) async throws {
        let yaml =
            SuiteLoaderTests.head + """
                checks:
                  - { id: login, http: POST /login, capture: { session: { cookie: session, secret: true } } }
                  - id: me
                    needs: [login]
                    http: GET /me
                    headers: { cookie: "session=${captures.session}" }
                cleanup:
                  - { http: POST /logout, headers: { cookie: "session=${captures.session}" } }
                """
        let http = FakeHTTP { request, _ in
            guard request.url.hasSuffix("/login") else {
                let cookie = request.headers["cookie"] ?? ""
                return .answer(cookie == "session=kept" ? 200 : 403, "{\"seen\":\"\(cookie)\"}")
            }
            return .answer(
                headers: fields.split(separator: " ").map { field in
                    HeaderField("Set-Cookie", String(field.filter { $0 != ";" }) + "; HttpOnly")
                })
        }
        let target = SuiteRunTarget(url: "https://a.example")
        let run = await runner(http).run([try suite(yaml)], against: target, options: SuiteRunOptions(today: today))
        #expect(run.results.first { $0.id == "login" }?.status == status)
        #expect(run.results.first { $0.id == "me" }?.status == (status == .passed ? .passed : .blocked))
        // It runs although the login failed, and tells that it had nothing to end.
        #expect(run.cleanup.first?.status == (status == .passed ? .passed : .error))
        #expect(http.requests.contains { $0.url.hasSuffix("/logout") } == (status == .passed))
    }

    @Test(arguments: [
        ("{ id: a, command: { argv: [] } }", "names no program"),
        ("{ id: a, command: { argv: [x, '${secrets.k}'] } }", "can be read by everybody"),
        ("{ id: a, command: { argv: [x] }, expect: { exit: 300 } }", "expected a whole number from 0 to 255"),
        ("{ id: a, dns: {}, expect: { exists: false, addresses: [1.2.3.4] } }", "nothing else to say"),
        ("{ id: a, dns: {}, expect: { families: [ipv5] } }", "expected `ipv4` or `ipv6`"),
        ("{ id: a, http: GET /, auth: { kind: none, token: x } }", "an anonymous client has no `token`"),
        ("{ id: a, http: GET /, auth: { kind: jwt, secret: k, algorithm: none } }", "expected `HS256` or `RS256`"),
    ])
    func `findings`(_ check: String, _ words: String) {
        let found = SuiteLoaderTests.messages(
            SuiteLoaderTests.head + "secrets: { k: { from_env: K } }\nchecks:\n  - \(check)\n")
        #expect(found.contains { $0.contains(words) }, "\(found)")
    }

    @Test func `RS256 with a key's id is asked of the minter`() throws {
        let yaml =
            SuiteLoaderTests.head + """
                secrets: { key: { from_env: K } }
                checks: [{ id: a, http: GET /, auth: { kind: jwt, secret: key, algorithm: RS256, key_id: k1 } }]
                """
        guard case .jwt(let settings)? = try suite(yaml).checks.first?.auth else { return #expect(Bool(false)) }
        #expect(settings.algorithm == .rs256 && settings.keyID == "k1")
    }

    @Test func `programs and names are explained as commands`() throws {
        let suite = try suite(
            SuiteLoaderTests.head + """
                secrets: { k: { from_env: API_KEY, default: "hidden-value" } }
                checks:
                  - { id: a, command: { argv: [probe, "--to", "${target.url}"], env: { KEY: "${secrets.k}" } } }
                  - { id: b, dns: {} }
                """)
        let target = SuiteRunTarget(url: "https://api.example.com")
        let lines = suite.checks.flatMap { CheckExplanation.lines(for: $0, of: suite, target: target) }
        #expect(
            lines == [
                "KEY=\"$API_KEY\" 'probe' '--to' 'https://api.example.com'", "getent ahosts 'api.example.com'",
            ])
    }
}
