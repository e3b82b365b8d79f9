import Configuration
import Testing
import Verification

/// CORS preflight, TLS and routes of an OpenAPI document.
struct NetworkCheckTests {
    private static func check(_ text: String, files: SuiteFiles = SuiteFiles()) throws -> Check {
        let yaml = SuiteLoaderTests.head + "checks:\n  - { id: a, \(text) }\n"
        return try #require(try SuiteLoader.load(Array(yaml.utf8), file: "s.yaml", files: files).get().checks.first)
    }

    private static let scope = CheckScope(baseURL: "https://api.example.com")

    private static let ask =
        "cors: { path: /items, origin: 'https://app.example.com', method: PUT, headers: [Content-Type], "

    /// Settings, header fields of the answer, its status, and a part of what is said; nil where it passes.
    @Test(arguments: [
        (ask + "credentials: true }", 204, "https://app.example.com", "PUT", "content-type", "true", nil),
        (ask + "credentials: false }", 200, "*", "*", "*", "", nil),
        (ask + "credentials: true }", 200, "*", "PUT", "content-type", "true", "allows `*`"),
        (ask + "credentials: true }", 200, "https://app.example.com", "PUT", "content-type", "", "not `true`"),
        (ask + "credentials: false }", 200, "https://app.example.com", "GET", "content-type", "", "does not have PUT"),
        (ask + "credentials: false }", 200, "https://app.example.com", "PUT", "x-a", "", "have `content-type`"),
        (ask + "credentials: false }", 200, "", "PUT", "content-type", "", "is missing"),
        (ask + "credentials: false }", 403, "*", "*", "*", "", "answered with 403"),
        (ask + "credentials: false }, expect: { allowed: false }", 403, "", "", "", "", nil),
        (ask + "credentials: false }, expect: { allowed: false }", 200, "*", "*", "*", "", "wanted it kept out"),
        (ask + "credentials: false }, expect: { allowed: false }", 500, "", "", "", "", "status 500"),
        (
            ask + "credentials: false }, expect: { max_age: { '>=': 60 } }", 200, "*", "*", "*", "",
            "no `access-control-max"
        ),
    ])
    func `a preflight allows what it should and nothing else`(
        _ text: String, _ status: Int, _ origin: String, _ methods: String, _ headers: String, _ credentials: String,
        _ words: String?
    ) throws {
        guard case .preflight(let check) = try Self.check(text).kind else { return #expect(Bool(false)) }
        let request = try check.request(in: Self.scope)
        #expect(request.method == "OPTIONS" && request.headers["access-control-request-method"] == "PUT")
        #expect(request.headers["access-control-request-headers"] == "content-type")
        let fields = [
            ("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Methods", methods),
            ("Access-Control-Allow-Headers", headers), ("Access-Control-Allow-Credentials", credentials),
        ].filter { !$0.1.isEmpty }.map { HeaderField($0.0, $0.1) }
        let response = HTTPProbeResponse(status: status, headers: fields)
        let measurement = check.judge(.response(response), to: request, in: Self.scope)
        #expect(measurement.outcome == (words == nil ? .passed : .failed), "\(measurement.summary ?? "")")
        #expect(words.map { measurement.summary?.contains($0) == true } ?? true, "\(measurement.summary ?? "")")
    }

    private static let day = 86_400
    private static let pin = String(repeating: "ab", count: 32)

    @Test(arguments: [
        ("{}", TLSVersion.v1_3, 30, false, nil),
        ("{ min_version: '1.3' }", .v1_2, 30, false, "TLS 1.2 was agreed on, wanted at least 1.3"),
        ("{ days_left: { '>=': 14 } }", .v1_3, 14, false, nil),
        ("{ days_left: { '>=': 14 } }", .v1_3, 13, false, "valid for 13 more days, wanted >= 14"),
        ("{ fingerprint: '\(pin)' }", .v1_3, 30, false, nil),
        ("{ fingerprint: '\(pin.replacing("ab", with: "ac"))' }", .v1_3, 30, false, "not the one that is pinned"),
        ("{ refuses: ['1.0', '1.1'] }", .v1_3, 30, false, nil),
        ("{ refuses: ['1.0', '1.1'] }", .v1_3, 30, true, "speaks TLS 1.0, wanted it refused"),
    ])
    func `what a server's TLS is like`(
        _ expect: String, _ version: TLSVersion, _ days: Int, _ speaksOld: Bool, _ words: String?
    ) throws {
        guard case .tls(let check) = try Self.check("tls: {}, expect: \(expect)").kind else {
            return #expect(Bool(false))
        }
        let seen = TLSObservation(version: version, secondsLeft: days * Self.day + 100, fingerprint: Self.pin)
        let old = speaksOld ? TLSProbeOutcome.secured(seen) : .failure(ProbeFailure(.tls, "no common version"))
        let others = Dictionary(uniqueKeysWithValues: check.refused.map { ($0, old) })
        let request = try #require(try check.request(in: Self.scope))
        #expect(request.host == "api.example.com" && request.port == 443)
        let measurement = check.judge(.secured(seen), others, of: request)
        #expect(measurement.outcome == (words == nil ? .passed : .failed), "\(measurement.summary ?? "")")
        #expect(words.map { measurement.summary?.contains($0) == true } ?? true, "\(measurement.summary ?? "")")
        #expect(measurement.evidence.certificateFingerprint == Self.pin)
    }

    @Test func `a certificate that does not hold fails, and a host that does not answer is an error`() throws {
        let check = TLSCheck()
        let request = TLSProbeRequest(host: "h")
        #expect(check.judge(.failure(ProbeFailure(.tls, "expired")), [:], of: request).outcome == .failed)
        #expect(check.judge(.failure(ProbeFailure(.connect, "refused")), [:], of: request).outcome == .error)
    }

    struct FakeTLS: TLSProbe {
        var outcome: TLSProbeOutcome

        func inspect(_ request: TLSProbeRequest) async -> TLSProbeOutcome { outcome }
    }

    @Test func `an HTTP check looks at the connection too`() async throws {
        let text =
            SuiteLoaderTests.head
            + "checks: [{ id: a, http: GET /, expect: { tls: { days_left: { '>=': 14 } } } }]\n"
        let suite = try suite(text)
        func result(_ url: String, days: Int) async -> CheckResult? {
            let seen = TLSObservation(version: .v1_3, secondsLeft: days * Self.day + 5, fingerprint: Self.pin)
            let runner = SuiteRunner(
                http: FakeHTTP { _, _ in .answer() }, webSocket: FakeWebSocket(messages: []), tokens: FakeMinter(),
                secrets: EnvironmentSecretSource([:]), clock: ManualClock(),
                probes: CheckProbes(tls: FakeTLS(outcome: .secured(seen))))
            return await runner.run(
                [suite], against: SuiteRunTarget(url: url), options: SuiteRunOptions(today: today)
            ).results.first
        }
        let good = await result("https://api.example.com", days: 20)
        #expect(good?.status == .passed && good?.evidence.tlsVersion == .v1_3)
        #expect(await result("https://api.example.com", days: 3)?.summary?.contains("3 more days") == true)
        #expect(await result("http://api.example.com", days: 20)?.summary?.contains("not secured by TLS") == true)
    }

    private static let document = """
        openapi: 3.1.0
        info: { title: t, version: "1" }
        paths:
          /health: { get: { responses: { "200": { description: ok } } } }
          /items: { get: { responses: { "200": {}, "404": {} } }, post: { responses: { "201": {} } } }
          /items/{id}: { get: { responses: { "200": {}, "404": {} } } }
          /private: { get: { responses: { "401": {} } } }
          /ws: { get: { responses: { "101": {} } } }
        """

    private static func files(_ text: String) -> SuiteFiles {
        SuiteFiles { $0 == "openapi.yaml" ? .success(Array(text.utf8)) : .failure(.init(reason: "no such file")) }
    }

    @Test func `every documented route is asked, with the statuses that are documented`() async throws {
        let check = try Self.check(
            "routes: { openapi: openapi.yaml, parameters: { id: item-1 }, exclude: [/ws] }",
            files: Self.files(Self.document))
        guard case .routes(let routes) = check.kind else { return #expect(Bool(false)) }
        #expect(
            routes.routes.map { "\($0.method) \($0.path.source)" } == [
                "GET /health", "GET /items", "GET /items/item-1", "GET /private",
            ])
        #expect(routes.routes.map { $0.status?.description } == ["200", "200", "200", "401"])
        let suite = Suite(name: "s", priority: .p1, checks: [check])
        let run = await runner(
            FakeHTTP { request, _ in
                .answer(request.url.hasSuffix("/private") ? 401 : request.url.hasSuffix("item-1") ? 404 : 200)
            }
        ).run([suite], against: SuiteRunTarget(url: "https://a.example"), options: SuiteRunOptions(today: today))
        let result = try #require(run.results.first)
        #expect(result.status == .failed)
        #expect(result.summary?.contains("1 of 4 routes are not as wanted: `GET /items/item-1`: status 404") == true)
    }

    @Test(arguments: [
        ("{ openapi: openapi.yaml, exclude: [/ws] }", "needs a value for `id`"),
        ("{ openapi: openapi.yaml, parameters: { id: a } }", "documented as a WebSocket"),
        ("{ openapi: other.yaml }", "no such file"),
        ("{ openapi: openapi.yaml, exclude: [/wss] }", "`/wss` is not in the document"),
        ("{ openapi: openapi.yaml, methods: [DELETE] }", "leaves no route"),
        ("{ methods: [GET], paths: [/] }", "`methods` goes with `openapi`"), ("{}", "needs `paths` or `openapi`"),
    ])
    func `what an OpenAPI document leaves open is found`(_ routes: String, _ words: String) {
        let yaml = SuiteLoaderTests.head + "checks:\n  - { id: a, routes: \(routes) }\n"
        let loaded = SuiteLoader.load(Array(yaml.utf8), file: "s.yaml", files: Self.files(Self.document))
        guard case .failure(let found) = loaded else { return #expect(Bool(false), "taken") }
        #expect(found.findings.contains { $0.message.contains(words) }, "\(found.findings.map(\.message))")
        #expect(found.findings.allSatisfy { $0.line == 6 })
    }

    @Test func `another document is no OpenAPI document`() {
        let yaml = SuiteLoaderTests.head + "checks: [{ id: a, routes: { openapi: openapi.yaml } }]\n"
        let loaded = SuiteLoader.load(
            Array(yaml.utf8), file: "s.yaml", files: Self.files("swagger: '2.0'\npaths: {}\n"))
        guard case .failure(let found) = loaded else { return #expect(Bool(false), "taken") }
        #expect(found.findings.contains { $0.message.contains("is not an OpenAPI 3 document") })
    }

    @Test(arguments: [
        ("load: { http: GET /x, requests: 60 }, slo: { p95: 1s }", ["60 times", "curl"]),
        ("users: { http: GET /me, count: 4 }", ["each of 4 users", "curl"]),
        ("rate_limit: { http: GET /x, limit: 5, per: 1s }", ["16 times at once", "curl"]),
        ("start: { http: GET /x, cold: 1s }", ["without requests", "curl"]),
        ("cors: { path: /x, origin: 'https://o.example' }", ["--request OPTIONS", "Origin: https://o.example"]),
        ("tls: {}, expect: { refuses: ['1.0'] }", ["openssl s_client -connect 'api.example.com:443'", "-tls1 "]),
    ])
    func `each kind is explained as commands`(_ text: String, _ words: [String]) throws {
        let check = try Self.check(text)
        let suite = Suite(name: "s", priority: .p1, checks: [check])
        let target = SuiteRunTarget(url: "https://api.example.com")
        let lines = CheckExplanation.lines(for: check, of: suite, target: target).joined(separator: "\n")
        for word in words { #expect(lines.contains(word), "\(lines)") }
    }
}
