import Configuration
import Testing
import Verification

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct SuiteLoaderTests {
    static let head = "version: 1\nsuite: s\npriority: P1\nowner: team\n"

    static func messages(_ yaml: String) -> [String] {
        messages(Data(yaml.utf8), name: "s")
    }

    static func messages(_ bytes: Data, name: String) -> [String] {
        switch SuiteLoader.load(bytes, file: "\(name).yaml", name: name) {
        case .success: []
        case .failure(let findings): findings.findings.map { "\($0.line):\($0.column) \($0.message)" }
        }
    }

    @Test func `reads every kind of check`() throws {
        let suite = try suite(
            Self.head + """
                module: chat
                targets: { default: { url: "${deploy.revision_url}", auth: { kind: google-id-token, audience: "${deploy.service_url}" } } }
                expect_inventory: { min_checks: 7, max_skipped: 0 }
                vars: { user: "smoke-${run.id}", mail: "${vars.user}@example.com" }
                secrets: { api_key: { from_env: SMOKE_API_KEY } }
                defaults: { timeout: 5s, connect_timeout: 2s, follow: none, max_body: 1MiB }
                checks:
                  - id: health.version
                    http: GET /health
                    poll: { until: pass, every: 1s, backoff: 1.5, for: 60s }
                    expect:
                      status: 200
                      header: { content-type: { matches: '^application/json' } }
                      json: { $.version: "${deploy.image_digest_short}", $.items: { count: { ">=": 1 } } }
                      time: { total: { "<": 800ms }, first_byte: { "<": 500ms } }
                    capture: { token: { json: $.token, secret: true } }
                  - id: items.by-id
                    each: { id: [1, 2, 3] }
                    needs: [health.version]
                    http: GET /items/${each.id}?t=${captures.token}
                    retry: { times: 1, on: [connect, timeout, 502, 503, 504] }
                    expect: { status: 200 }
                  - id: ws.events
                    ws: { path: /ws, subprotocols: [graphql-transport-ws], headers: { authorization: "Bearer ${secrets.api_key}" } }
                    script:
                      - send: { json: { type: connection_init } }
                      - receive: { within: 2s, json: { $.type: connection_ack } }
                      - receive_ordered: { within: 5s, count: 10, key: $.seq, strictly: increasing, no_gaps: true }
                      - close: { code: 1000 }
                    connections: { count: 50, ramp: 2s, all_must: receive_ordered }
                  - id: ws.denied
                    ws: { path: /ws }
                    expect: { upgrade: refused, status: 403 }
                  - id: stream.sse
                    sse: { path: /events, within: 10s }
                    expect: { events: [ { event: hello }, { data: { json: { $.ok: true } } } ], first_event: { "<": 1s } }
                  - id: inventory
                    routes: { paths: [/a, GET /b], status: 2xx }
                cleanup:
                  - http: DELETE /users/${vars.user}
                policies:
                  - { match: "items.*", expect: fail, issue: ABC-12, owner: ann, expires: 2026-12-01, reason: "slow" }
                  - { match: "ws.events", waive: true, issue: ABC-13, owner: bob, expires: 2026-11-30, reason: "x", max_uses: 10 }
                """)
        #expect(
            suite.checks.map(\.id) == [
                "health.version", "items.by-id[1]", "items.by-id[2]", "items.by-id[3]", "ws.events", "ws.denied",
                "stream.sse", "inventory",
            ])
        #expect(suite.inventory == .init(minimumChecks: 7, maximumSkipped: 0))
        #expect(suite.checks[0].poll == PollPolicy(everyMilliseconds: 1000, backoff: 1.5, forMilliseconds: 60_000))
        #expect(suite.checks[1].row == ["id": "1"])
        #expect(suite.checks[1].retry?.conditions.contains(.status(503)) == true)
        #expect(suite.policies.map(\.kind) == [.expectFail, .waive])
        #expect(suite.cleanup.count == 1)
        guard case .webSocket(let webSocket) = suite.checks[4].kind else { return #expect(Bool(false)) }
        #expect(webSocket.script.count == 4)
        #expect(webSocket.connections == .init(count: 50, rampMilliseconds: 2000))
    }

    /// Each line of the table is one check's text, and a part of what is said about it.
    @Test(arguments: [
        ("{ id: a, htp: GET / }", "has no kind"),
        ("{ id: a, http: GET /, exepct: {} }", "unknown key `exepct`"),
        ("{ id: a, http: GET / , ws: { path: / } }", "more than one kind"),
        ("{ http: GET / }", "missing `id`"),
        ("{ id: a b, http: GET / }", "is not an id"),
        ("{ id: a, http: FETCH / }", "is not a request"),
        ("{ id: a, http: GET health }", "is not a path"),
        ("{ id: a, http: 'GET /${vars.nope}' }", "unknown reference `${vars.nope}`"),
        ("{ id: a, http: 'GET /${vars' }", "is not a reference"),
        ("{ id: a, http: 'GET /${captures.t}' }", "captured by no check"),
        ("{ id: a, http: GET /, expect: { status: 999 } }", "is not a status"),
        ("{ id: a, http: GET /, expect: { json: { a: 1 } } }", "is not a JSON path"),
        ("{ id: a, http: GET /, expect: { json: { $.a: { '>': 1, b: 2 } } } }", "unknown key `b`"),
        ("{ id: a, http: GET /, expect: { json: { $.a: { matches: '(' } } } }", "not a regular expression"),
        ("{ id: a, http: GET /, expect: { schema: x.json } }", "cannot be read here"),
        ("{ id: a, http: GET /, needs: [b] }", "which is no check here"),
        ("{ id: a, http: GET /, needs: [a] }", "needs itself"),
        ("{ id: a, http: GET /, each: { x: [1], y: [1, 2] } }", "different lengths"),
        ("{ id: a, http: GET /, auth: { kind: jwt, secret: k } }", "unknown secret `k`"),
        ("{ id: a, http: GET /, retry: { times: 1 }, poll: {} }", "exclude each other"),
        ("{ id: a, http: GET /, timeout: 5 }", "expected a duration"),
        ("{ id: a, http: GET /, headers: { 'a b': x } }", "is not a header name"),
        ("{ id: a, http: GET /, target: other }", "unknown target `other`"),
        ("{ id: a, ws: { path: / }, script: [ { sent: x } ] }", "unknown key `sent`"),
        ("{ id: a, ws: { path: / }, expect: { status: 403 } }", "goes with `upgrade: refused`"),
        ("{ id: a, runner: { argv: [x], shard: files } }", "goes with `files`"),
        ("{ id: a, runner: { argv: [x] }, retry: { times: 1 } }", "a runner has no `retry`"),
        ("{ id: a, runner: { argv: ['${secrets.api_key}'] } }", "in an argument can be read"),
        ("{ id: a, routes: { paths: [] } }", "empty list"),
        // What can never fail.
        ("{ id: a, http: GET /, expect: { body: { contains: '' } } }", "an empty `contains` says nothing"),
        ("{ id: a, http: GET /, expect: { body: { contains: [] } } }", "an empty `contains` says nothing"),
        ("{ id: a, http: GET /, expect: { body: { matches: [] } } }", "an empty `matches` says nothing"),
        ("{ id: a, http: GET /, expect: { body: { matches: '' } } }", "`matches` is empty, expected text"),
        ("{ id: a, load: { http: GET / }, slo: { error_rate: 100% } }", "100% says nothing"),
    ])
    func `says what is wrong with a check`(_ check: String, _ words: String) {
        let found = Self.messages(Self.head + "checks:\n  - \(check)\n")
        #expect(found.contains { $0.contains(words) }, "\(found)")
        // Every finding points into the file.
        #expect(found.allSatisfy { !$0.hasPrefix("0:") })
    }

    @Test func `a value of the environment cannot blank out what is expected`() {
        let found = Self.messages(
            Self.head + """
                values: { word: { type: text, default: "" } }
                checks: [ { id: a, http: GET /, expect: { body: { contains: "${values.word}" } } } ]
                """)
        #expect(found.contains { $0.contains("an empty `contains` says nothing") }, "\(found)")
    }

    @Test(arguments: [
        ("{ match: b, waive: true, owner: o, issue: i, reason: r, expires: 2026-12-01 }", "fits no check"),
        ("{ match: a, waive: true, owner: o, issue: i, expires: 2026-12-01 }", "missing `reason`"),
        ("{ match: a, waive: true, owner: o, issue: i, reason: r, expires: 2026-02-30 }", "is not a day"),
        ("{ match: a, owner: o, issue: i, reason: r, expires: 2026-12-01 }", "exactly one of"),
    ])
    func `a policy needs somebody who answers for it`(_ policy: String, _ words: String) {
        let found = Self.messages(Self.head + "checks: [ { id: a, http: GET / } ]\npolicies:\n  - \(policy)\n")
        #expect(found.contains { $0.contains(words) }, "\(found)")
    }

    @Test func `says everything at once with positions`() {
        let found = Self.messages(
            "version: 2\nsuite: other\npriority: P9\nchecks:\n  - { id: a, http: GET / }\n  - { id: a, http: GET / }\n")
        #expect(found.count == 5, "\(found)")
        #expect(found.contains { $0.hasPrefix("3:11 ") })
        #expect(found.contains { $0.contains("two checks are called `a`") })
        #expect(found.contains { $0.contains("missing `owner`") })
    }

    @Test func `a circle of needs is found`() {
        let found = Self.messages(
            Self.head + "checks:\n  - { id: a, http: GET /, needs: [b] }\n  - { id: b, http: GET /, needs: [a] }\n")
        #expect(found.count { $0.contains("needs itself") } == 2)
    }

    @Test func `a capture is only for those who need its check`() {
        let found = Self.messages(
            Self.head + """
                checks:
                  - { id: a, http: GET /, capture: { t: { json: $.t } } }
                  - { id: b, http: 'GET /${captures.t}' }
                  - { id: c, http: 'GET /${captures.t}', needs: [a] }
                """)
        #expect(found.count == 1 && found[0].contains("does not need"), "\(found)")
    }

    @Test(arguments: RepositorySuites.names)
    func `the suites of this repository are valid`(_ name: String) throws {
        let document = try RepositorySuites.document("\(name).yaml")
        guard case .failure(let findings) = SuiteLoader.load(document, name: name, files: RepositorySuites.files)
        else { return }
        #expect(Bool(false), "\(findings.findings.map { FindingText.headline($0) })")
    }
}
