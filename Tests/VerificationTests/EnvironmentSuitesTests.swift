import Configuration
import JSON
import Testing
import Verification

/// One suite in several environments: values, secrets and waivers.
struct EnvironmentSuitesTests {
    static let suite = """
        values:
          most: { type: duration, default: 400ms }
          tenant: { type: text, one_of: [acme, globex] }
          rounds: { type: integer, default: 3 }
          strict: { type: boolean, default: true }
          gateway: { type: text, default: "https://gateway.example.com" }
        secrets: { jwt: { from_env: JWT, default: sample-only-secret } }
        targets: { gateway: { url: "${values.gateway}" } }
        checks:
          - id: a
            target: gateway
            http: "GET /${values.tenant}/items?t=${vars.user}"
            expect: { status: 200, json: { $.strict: "${values.strict}" }, time: { total: "${values.most}" } }
          - id: b
            users: { http: GET /, count: 2, rounds: "${values.rounds}" }
            auth: { kind: jwt, secret: jwt }
        vars: { user: "${values.tenant}-${run.id}" }
        """

    static func environment(_ yaml: String, name: String = "staging") throws -> SuiteEnvironment {
        let document = try ConfigurationReader.read(Array(yaml.utf8), file: "environments/\(name).yaml").get()
        return SuiteEnvironment(name: name, root: document.root)
    }

    static func load(
        _ yaml: String = suite, in environment: SuiteEnvironment?
    ) -> Result<Verification.Suite, Findings> {
        FragmentTests.load(yaml, [:], environment: environment)
    }

    static func words(_ result: Result<some Any, Findings>) -> [String] {
        guard case .failure(let found) = result else { return [] }
        return found.findings.map { "\($0.file):\($0.line):\($0.column) \($0.message) [\($0.hint ?? "")]" }
    }

    @Test func `the same suite has the values of each environment, and its own defaults`() throws {
        let staging = try Self.load(in: Self.environment("values: { tenant: acme, most: 900ms, rounds: 7 }")).get()
        let production = try Self.load(
            in: Self.environment("values: { tenant: globex, gateway: 'https://g.example' }", name: "production")
        ).get()
        guard case .http(let slow) = staging.checks[0].kind, case .http(let fast) = production.checks[0].kind,
            case .users(let many) = staging.checks[1].kind, case .users(let few) = production.checks[1].kind
        else { return #expect(Bool(false)) }
        #expect(slow.path.source == "/acme/items?t=${vars.user}")
        #expect(slow.expectation.totalBelowMilliseconds == 900)
        #expect(fast.path.source == "/globex/items?t=${vars.user}")
        #expect(fast.expectation.totalBelowMilliseconds == 400)
        #expect(many.rounds == 7)
        #expect(few.rounds == 3)
        #expect(staging.targets["gateway"]?.url.source == "https://gateway.example.com")
        #expect(production.targets["gateway"]?.url.source == "https://g.example")
        #expect(staging.variables.first?.value.source == "acme-${run.id}")
        // A boolean stays one: `true`, not `"true"`.
        #expect(slow.expectation.json.first?.conditions == [.compare(.equal, try JSONTemplate(true))])
    }

    /// An environment's file, and a part of what is said about it.
    @Test(arguments: [
        (
            "project: p",
            "suites/s.yaml:7:3 environment `staging` gives no value for `tenant` [write `values: { tenant: …"
        ),
        ("values: { tenant: initech }", "environments/staging.yaml:1:19 `tenant` is `initech`, expected `acme` or"),
        ("values: { tenant: acme, most: 900 }", "environments/staging.yaml:1:31 `most` is `900`, expected a duration"),
        ("values: { tenant: acme, rounds: '7' }", "`rounds` is `7`, expected a whole number"),
        ("values: { tenant: acme, strict: yes }", "`strict` is `yes`, expected `true` or `false`"),
        ("values: { tenant: '${secrets.jwt}' }", "a value cannot hold a reference"),
    ])
    func `a value that is missing or of another type is a finding`(_ yaml: String, _ words: String) throws {
        let found = Self.words(Self.load(in: try Self.environment(yaml)))
        #expect(found.count == 1 && found[0].contains(words), "\(found)")
    }

    @Test(arguments: [
        (
            "checks: [{ id: a, http: 'GET /${values.x}' }]",
            "unknown reference `${values.x}` [declare it under `values`]"
        ),
        (
            "values: { x: { type: text, default: a } }\nchecks: [{ id: a, http: GET / }]",
            "the value `x` is used nowhere"
        ),
        ("values: { x: { type: list, default: [a] } }\nchecks: [{ id: a, http: GET / }]", "`type` is `list`, expected"),
        ("values: { x: text }\nchecks: [{ id: a, http: GET / }]", "`x` is text, expected a mapping"),
        ("values: { x-y: { type: text, default: a } }\nchecks: [{ id: a, http: GET / }]", "is not a name"),
    ])
    func `says what is wrong with a declaration`(_ yaml: String, _ words: String) {
        let found = Self.words(Self.load(yaml, in: nil))
        #expect(found.contains { $0.contains(words) }, "\(found)")
    }

    @Test func `secrets come from where the environment says, without the suite's default`() async throws {
        let own = try Self.load(in: Self.environment("values: { tenant: acme }")).get()
        let other = try Self.load(
            in: Self.environment("values: { tenant: acme }\nsecrets: { jwt: { from_env: STAGING_JWT } }")
        ).get()
        #expect(own.secrets["jwt"] == SecretReference(environmentVariable: "JWT", fallback: "sample-only-secret"))
        #expect(other.secrets["jwt"] == SecretReference(environmentVariable: "STAGING_JWT"))
    }

    // MARK: - Waivers

    static let waiver = "owner: ann, issue: ABC-1, reason: slow, expires: 2026-09-30"

    static func complete(_ yaml: String) throws -> Result<[String: Verification.Suite], Findings> {
        let environment = try environment(yaml)
        let ids = ["a", "b", "c", "d"].map { "{ id: x.\($0), http: GET / }" }.joined(separator: ", ")
        let one = try load("checks: [\(ids)]\n", in: nil).get()
        var other = one
        other.name = "t"
        return EnvironmentSuites.complete(["s": one, "t": other], for: environment)
    }

    @Test func `a waiver joins the policies of the suites that it fits`() throws {
        let both = try Self.complete("waivers: [{ match: x.a, max_uses: 3, \(Self.waiver) }]").get()
        #expect(both["s"]?.policies.map(\.match) == ["x.a"])
        #expect(both["t"]?.policies.map(\.match) == ["x.a"])
        #expect(both["s"]?.policies.first?.origin == .environment)
        #expect(both["s"]?.policies.first?.maximumUses == 3)
        #expect(
            both["s"]?.policies.first?.place == SourcePosition(file: "environments/staging.yaml", line: 1, column: 11))
        let one = try Self.complete("waivers: [{ match: t/x.*, wide: true, \(Self.waiver) }]").get()
        #expect(one["s"]?.policies == [])
        #expect(one["t"]?.policies.map(\.match) == ["x.*"])
    }

    @Test(arguments: [
        ("{ match: x.e, \(waiver) }", "1:20 `x.e` fits no check of this environment's suites [did you mean `x.a`?]"),
        ("{ match: gone.check, \(waiver) }", "take the waiver out: it is stale"),
        ("{ match: u/x.a, \(waiver) }", "fits no check"),
        ("{ match: 'x.*', \(waiver) }", "`x.*` covers 4 of 4 checks of `s` [name the checks, or write `wide: true`"),
        ("{ match: x.a, owner: o, issue: i, reason: r }", "missing `expires`"),
        ("{ match: x.a, owner: o, issue: i, reason: r, expires: 2026-02-30 }", "`2026-02-30` is not a day"),
        ("{ match: x.a, owner: o, issue: i, reason: r, expires: 2026-02-28, waive: true }", "unknown key `waive`"),
        ("{ match: x.a, max_uses: 0, \(waiver) }", "expected a whole number from 1"),
    ])
    func `a waiver is held to everything that a policy is`(_ yaml: String, _ words: String) throws {
        let found = Self.words(try Self.complete("waivers: [\(yaml)]"))
        #expect(found.contains { $0.contains(words) }, "\(found)")
        #expect(found.allSatisfy { $0.hasPrefix("environments/staging.yaml:1:") }, "\(found)")
    }

    @Test(arguments: [
        ("values: { tennant: acme }", "no suite here has a value `tennant`"),
        ("secrets: { jwt: { from_env: X } }", "no suite here has a secret `jwt`"),
        ("values: { api_token: abc }", "`api_token` sounds like a secret"),
    ])
    func `what no suite asks for is a finding`(_ yaml: String, _ words: String) throws {
        let found = Self.words(try Self.complete(yaml))
        #expect(found.contains { $0.contains(words) }, "\(found)")
    }

    static func run(_ waivers: String, gates: Gates = Gates(), on day: String = "2026-09-10") async throws -> SuiteRun {
        let suites = try complete("waivers: [\(waivers)]").get()
        let http = FakeHTTP { _, _ in .answer(500) }
        return await runner(http).run(
            ["s", "t"].compactMap { suites[$0] }, against: SuiteRunTarget(url: "http://h"),
            options: SuiteRunOptions(width: 1, keepGoing: true, today: CalendarDay(parsing: day) ?? today, gates: gates)
        )
    }

    @Test func `the verdict names days left, and uses are counted over all suites of a run`() async throws {
        let run = try await Self.run("{ match: x.a, max_uses: 1, \(Self.waiver) }")
        #expect(run.results.map(\.status).count { $0 == .waived } == 1)
        #expect(run.policies.map(\.uses) == [1, 0])
        #expect(run.policies.map(\.daysLeft) == [20, 20])
        #expect(run.policies.first?.line == "waiver s/x.a: ABC-1, ann, used 1 times, 20 days left")
        #expect(run.results[0].policy == "ABC-1, ann, until 2026-09-30 (20 days left): slow")
        #expect(run.notes.contains { $0.contains("the waiver for `x.a` (ABC-1) was used 1 times") })
        let document = VerdictDocument(run, suites: [])
        #expect(document.policies == run.policies)
    }

    @Test(arguments: [("2026-10-01", "expired on 2026-09-30"), ("2026-08-01", "more than 30 days ahead")])
    func `a waiver out of its time excuses nothing and is a finding in the environment's file`(
        _ day: String, _ words: String
    ) async throws {
        let run = try await Self.run("{ match: x.a, \(Self.waiver) }", on: day)
        #expect(run.results.allSatisfy { $0.status == .failed })
        #expect(run.findings.first?.file == "environments/staging.yaml")
        #expect(run.findings.first?.path == "waivers")
        #expect(run.findings.first?.message.contains(words) == true, "\(run.findings)")
        #expect(run.policies.first?.refusal?.contains(words) == true)
    }
}
