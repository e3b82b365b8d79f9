import Configuration
import JSON
import Testing
import Verification

/// What is expected of one answer, from the line of a suite to the sentence of a report.
struct ResponseCheckTests {
    private static let scope = CheckScope(baseURL: "https://api.example.com")

    /// The summary of what a check says about an answer; nil when it passes.
    static func summary(
        _ expect: String, _ response: HTTPProbeResponse, scope: CheckScope = scope, files: SuiteFiles = SuiteFiles()
    ) throws -> String? {
        let yaml = SuiteLoaderTests.head + "checks:\n  - { id: a, http: GET /, expect: \(expect) }\n"
        let suite = try SuiteLoader.load(Array(yaml.utf8), file: "s.yaml", files: files).get()
        guard case .http(let check)? = suite.checks.first?.kind else { return "no check" }
        let measurement = try check.judge(.response(response), to: try check.request(in: scope), in: scope)
        return measurement.outcome == .passed ? nil : measurement.summary ?? "failed without a word"
    }

    private static let strict = "default-src 'self'; frame-ancestors 'none'"

    /// Expectation, headers of the answer, and a part of what is said; empty where it passes.
    @Test(arguments: [
        (
            "{ cookie: { s: { secure: true, http_only: true, same_site: Lax } } }",
            "s=1; Secure; HttpOnly; SameSite=lax", ""
        ),
        ("{ cookie: { s: { secure: true } } }", "s=1; HttpOnly", "is not Secure"),
        ("{ cookie: { s: { http_only: true } } }", "s=1; Secure", "is not HttpOnly"),
        ("{ cookie: { s: { same_site: Strict } } }", "s=1; SameSite=None", "has SameSite=None"),
        ("{ cookie: { s: { same_site: Strict } } }", "s=1", "has no SameSite"),
        ("{ cookie: { s: { value: { matches: '^[0-9]+$' } } } }", "s=12; Path=/", ""),
        ("{ cookie: { s: { value: { matches: '^[0-9]+$' } } } }", "s=x", "does not match"),
        ("{ cookie: { s: { max_age: { '>=': 60 } } } }", "s=1; Max-Age=60", ""),
        ("{ cookie: { s: { max_age: { '>=': 60 } } } }", "s=1; Max-Age=59", "wanted >= 60"),
        ("{ cookie: { s: { path: / } } }", "s=1; Path=/api", "has a path"),
        ("{ cookie: { t: { present: true } } }", "s=1", "`t` is not set"),
        ("{ cookie: { s: { present: false } } }", "s=1", "wanted none"),
        ("{ cookie: { t: { present: false } } }", "s=1", ""),
    ])
    func `cookies`(_ expect: String, _ field: String, _ words: String) throws {
        let response = HTTPProbeResponse(status: 200, headers: [HeaderField("Set-Cookie", field)])
        let summary = try Self.summary(expect, response)
        #expect(words.isEmpty ? summary == nil : summary?.contains(words) == true, "\(summary ?? "passed")")
    }

    @Test(arguments: [
        ("strict-transport-security", "max-age=31536000", ""),
        ("strict-transport-security", "max-age=60", "lasts 60 s"),
        ("strict-transport-security", "yes", "not well formed"),
        ("strict-transport-security", nil, "is missing"),
        ("x-content-type-options", "nosniff", ""), ("x-content-type-options", "sniff", "wanted `nosniff`"),
        ("x-frame-options", "DENY", ""), ("x-frame-options", "ALLOWALL", "wanted `DENY`"),
        ("x-frame-options", nil, "who may frame"),
        ("content-security-policy", strict, ""),
        ("content-security-policy", "script-src 'unsafe-inline'", "inline scripts"),
        ("content-security-policy", "script-src 'unsafe-inline' 'nonce-1'", ""),
        ("content-security-policy", "default-src *", "from anywhere"),
        ("content-security-policy", "img-src 'self'", "where scripts"),
        ("referrer-policy", "no-referrer", ""), ("referrer-policy", "unsafe-url", "is `unsafe-url`"),
    ])
    func `security headers`(_ name: String, _ value: String?, _ words: String) throws {
        let response = HTTPProbeResponse(status: 200, headers: value.map { [HeaderField(name, $0)] } ?? [])
        let summary = try Self.summary("{ security_headers: [\(name)] }", response)
        #expect(words.isEmpty ? summary == nil : summary?.contains(words) == true, "\(summary ?? "passed")")
    }

    @Test func `all security headers at once, and transport security only over TLS`() throws {
        let headers = [
            HeaderField("Content-Security-Policy", Self.strict), HeaderField("X-Content-Type-Options", "nosniff"),
            HeaderField("Referrer-Policy", "no-referrer"),
        ]
        let response = HTTPProbeResponse(status: 200, headers: headers)
        let plain = CheckScope(baseURL: "http://localhost:8080")
        #expect(try Self.summary("{ security_headers: true }", response, scope: plain) == nil)
        #expect(try Self.summary("{ security_headers: true }", response)?.contains("strict-transport") == true)
    }

    @Test(arguments: [
        ("{ size: { '<=': 2KiB } }", nil), ("{ size: { '<': 1KiB } }", "the body has 1024 bytes, wanted < 1024"),
        ("{ size: 1024 }", nil), ("{ size: { '>': 1MB } }", "wanted > 1000000"),
        ("{ time: { total: 300ms, first_byte: 200ms, name_lookup: 20ms, connect: 20ms, tls: 60ms } }", nil),
        ("{ time: { name_lookup: 5ms } }", "the name lookup took"),
        ("{ time: { connect: 5ms } }", "the connection took"),
        ("{ time: { tls: { '<': 40ms } } }", "the TLS handshake took"),
        ("{ status: 302, redirect: 'https://api.example.com/login' }", "status 200"),
        ("{ redirect: { contains: login } }", "redirects nowhere"),
    ])
    func `size, phases and redirects`(_ expect: String, _ words: String?) throws {
        let response = HTTPProbeResponse(
            status: 200, body: [UInt8](repeating: 65, count: 1024),
            phases: Phases(nameLookup: 10, connect: 20, tls: 70, firstByte: 100, total: 250))
        let summary = try Self.summary(expect, response)
        #expect(words.map { summary?.contains($0) == true } ?? (summary == nil), "\(summary ?? "passed")")
    }

    @Test func `where a redirect leads`() throws {
        let response = HTTPProbeResponse(status: 302, redirectTarget: "https://login.example.com/?next=%2F")
        #expect(try Self.summary("{ status: 302, redirect: { matches: '^https://login[.]' } }", response) == nil)
        let summary = try Self.summary("{ status: 302, redirect: 'https://login.example.com/' }", response)
        #expect(summary?.contains("the redirect's target is") == true)
    }

    private static let files = SuiteFiles { path in
        path == "schemas/item.json"
            ? .success(Array(#"{"type":"object","required":["id"],"properties":{"id":{"type":"integer"}}}"#.utf8))
            : .failure(SuiteFiles.Unreadable(reason: "`\(path)` does not exist"))
    }

    @Test(arguments: [
        (#"{"id":1}"#, nil), (#"{"id":"1"}"#, "`$.id` is `\"1\"`, wanted integer"), ("{}", "`$` has no `id`"),
        ("[]", "wanted object"), ("<html>", "not JSON"),
    ])
    func `a schema of a file, or in the suite itself`(_ body: String, _ words: String?) throws {
        let response = HTTPProbeResponse(status: 200, body: Array(body.utf8))
        let inline = "{ schema: { type: object, required: [id], properties: { id: { type: integer } } } }"
        for expect in ["{ schema: schemas/item.json }", inline] {
            let summary = try Self.summary(expect, response, files: Self.files)
            #expect(words.map { summary?.contains($0) == true } ?? (summary == nil), "\(summary ?? "passed")")
        }
    }

    /// What cannot be used is told where it is written: line 6 is the check.
    @Test(arguments: [
        ("{ schema: { type: objekt } }", "6:53 `type` names no type"),
        ("{ schema: { format: email } }", "6:55 `format` is not a keyword that is checked"),
        ("{ schema: { unevaluatedProperties: false } }", "`unevaluatedProperties` is not a keyword"),
        ("{ schema: { properties: { a: { minLenght: 1 } } } }", "`minLenght` is not a keyword"),
        ("{ schema: { $ref: '#/$defs/none' } }", "is not in this schema"),
        ("{ schema: { pattern: '(' } }", "is not a regular expression"),
        ("{ schema: { minLength: 3, maxLength: 2 } }", "more than `maxLength`"),
        ("{ schema: none.json }", "`none.json` does not exist"),
        ("{ schema: ../secret.json }", "not a path below"), ("{ schema: /etc/passwd }", "not a path below"),
        ("{ cookie: { s: {} } }", "says nothing"), ("{ cookie: { s: { secured: true } } }", "unknown key `secured`"),
        ("{ security_headers: [x-frame] }", "expected `strict-transport-security`"),
        ("{ size: { '<': big } }", "expected a size"), ("{ tls: { min_version: '1.1' } }", "expected `1.2` or `1.3`"),
        ("{ tls: { fingerprint: abc } }", "is not a SHA-256"),
        ("{ tls: { days_left: soon } }", "expected a whole number"),
    ])
    func `findings`(_ expect: String, _ words: String) {
        let yaml = SuiteLoaderTests.head + "checks:\n  - { id: a, http: GET /, expect: \(expect) }\n"
        guard case .failure(let found) = SuiteLoader.load(Array(yaml.utf8), file: "s.yaml", files: Self.files) else {
            return #expect(Bool(false), "taken")
        }
        let messages = found.findings.map { "\($0.line):\($0.column) \($0.message)" }
        #expect(messages.contains { $0.contains(words) }, "\(messages)")
        #expect(found.findings.allSatisfy { $0.line == 6 })
    }

    /// Found by a random schema: no array fits this one, and whatever is no array does.
    @Test func `a maximum of no element beside the minimum that is meant`() throws {
        let schema = try JSONSchema(try JSONValue(parsing: #"{"contains":true,"maxContains":0}"#))
        #expect(schema.problems(in: [:]).isEmpty)
        #expect(!schema.problems(in: []).isEmpty)
        #expect(!schema.problems(in: [1]).isEmpty)
    }

    @Test func `a schema that refers to itself ends`() throws {
        let list = try JSONSchema(try JSONValue(parsing: ##"{"properties":{"next":{"$ref":"#"}},"required":["id"]}"##))
        #expect(list.problems(in: ["id": 1, "next": ["id": 2, "next": ["id": 3]]]).isEmpty)
        #expect(list.problems(in: ["id": 1, "next": ["next": ["id": 3]]]) == ["`$.next` has no `id`"])
        let endless = try JSONSchema(try JSONValue(parsing: ##"{"allOf":[{"$ref":"#"}]}"##))
        #expect(!endless.problems(in: 1).isEmpty)
    }
}
