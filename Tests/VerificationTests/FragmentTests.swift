import Configuration
import Testing
import Verification

/// Fragments: what they bring, where their mistakes are, and what they must not become.
struct FragmentTests {
    static let head = "version: 1\nsuite: s\npriority: P1\nowner: team\n"
    static let basics = """
        version: 1
        fragment: basics
        parameters:
          prefix: { type: text }
          path: { type: text, default: /health }
          most: { type: duration, default: 500ms }
          statuses: { type: list, default: [200] }
        vars: { user: "smoke-${run.id}" }
        scripts:
          hello:
            - send: { json: { type: hello } }
            - receive: { within: "${parameters.most}", json: { $.type: ack } }
        checks:
          - id: "${parameters.prefix}.health"
            http: "GET ${parameters.path}"
            expect: { status: "${parameters.statuses}", time: { total: "${parameters.most}" } }
        cleanup:
          - http: "DELETE /users/${vars.user}?of=${parameters.prefix}"
        """

    static func load(
        _ yaml: String, _ fragments: [String: String], environment: SuiteEnvironment? = nil
    ) -> Result<Verification.Suite, Findings> {
        let files = SuiteFiles(fragmentNames: fragments.keys.sorted()) { path in
            let name = path.split(separator: "/").last?.split(separator: ".").first.map(String.init) ?? ""
            return fragments[name].map { .success(Array($0.utf8)) } ?? .failure(.init(reason: "`\(path)` is missing"))
        }
        return SuiteLoader.load(
            Array((head + yaml).utf8), file: "suites/s.yaml", name: "s", files: files, environment: environment)
    }

    static func findings(_ yaml: String, _ fragments: [String: String]) -> [String] {
        guard case .failure(let found) = load(yaml, fragments) else { return [] }
        return found.findings.map { "\($0.file):\($0.line):\($0.column) \($0.message) [\($0.hint ?? "")]" }
    }

    @Test func `a fragment that brings nothing is a finding of who uses it`() {
        let empty = "version: 1\nfragment: none\nchecks: []\n"
        let found = Self.findings("fragments: [ none ]\nchecks: [ { id: a, http: GET / } ]", ["none": empty])
        #expect(found.count == 1 && found[0].contains("suites/s.yaml:5:14"), "\(found)")
        #expect(found.first?.contains("fragment `none` says nothing") == true, "\(found)")
    }

    @Test func `checks, scripts, variables and cleanup of a fragment stand in the suite, with its arguments`() throws {
        let suite = try Self.load(
            """
            fragments:
              - use: basics
                with: { prefix: api, most: 250ms, statuses: [200, 204] }
            checks:
              - id: api.ws
                needs: [api.health]
                ws: { path: "/ws?user=${vars.user}" }
                script: [{ use: hello }, { close: { code: 1000 } }]
            """, ["basics": Self.basics]
        ).get()
        #expect(suite.checks.map(\.id) == ["api.health", "api.ws"])
        guard case .http(let http) = suite.checks[0].kind, case .webSocket(let webSocket) = suite.checks[1].kind
        else { return #expect(Bool(false)) }
        #expect(http.path.source == "/health")
        #expect(http.expectation.totalBelowMilliseconds == 250)
        #expect(http.expectation.status.ranges == [200...200, 204...204])
        #expect(webSocket.script.count == 3)
        guard case .receive(let receive) = webSocket.script[1] else { return #expect(Bool(false)) }
        #expect(receive.withinMilliseconds == 250)
        #expect(suite.variables.map(\.name) == ["user"])
        #expect(suite.cleanup.count == 1)
    }

    @Test func `a suite may consist of fragments, one of them twice`() throws {
        let suite = try Self.load(
            "fragments: [{ use: basics, with: { prefix: a } }, { use: other, with: { prefix: b } }]\n",
            [
                "basics": Self.basics,
                "other": """
                version: 1
                fragment: other
                parameters: { prefix: { type: text } }
                checks: [{ id: "${parameters.prefix}.x", http: GET / }, { id: "${parameters.prefix}.y", http: GET / }]
                """,
            ]
        ).get()
        #expect(suite.checks.map(\.id) == ["a.health", "b.x", "b.y"])
    }

    @Test func `a fragment that uses others hands its parameters on`() throws {
        let suite = try Self.load(
            "fragments: [{ use: all, with: { service: api } }]\n",
            [
                "basics": Self.basics,
                "all": """
                version: 1
                fragment: all
                parameters: { service: { type: text } }
                fragments: [{ use: basics, with: { prefix: "${parameters.service}", path: /live } }]
                checks: [{ id: "${parameters.service}.own", http: GET /, needs: ["${parameters.service}.health"] }]
                """,
            ]
        ).get()
        #expect(suite.checks.map(\.id) == ["api.health", "api.own"])
    }

    /// What is written, and a part of what is said about it, place and hint included.
    @Test(arguments: [
        ("fragments: [{ use: basic }]", "suites/s.yaml:5:20 no fragment is called `basic` [did you mean `basics`?"),
        ("fragments: [{ uses: basics }]", "unknown key `uses` [did you mean `use`?"),
        ("fragments: { use: basics }", "expected a list"),
        ("fragments: [{ use: basics }]", "suites/s.yaml:5:13 fragment `basics` needs a value for `prefix`"),
        (
            "fragments: [{ use: basics, with: { prefix: a, pth: /x } }]",
            "suites/s.yaml:5:47 fragment `basics` has no parameter `pth` [did you mean `path`?"
        ),
        (
            "fragments: [{ use: basics, with: { prefix: a, most: 5 } }]",
            "suites/s.yaml:5:53 `most` is `5`, expected a duration such as `400ms` [a duration needs a unit"
        ),
        ("fragments: [{ use: basics, with: { prefix: a, statuses: 200 } }]", "`statuses` is `200`, expected a list"),
        (
            "fragments: [{ use: basics, with: { prefix: a b } }]",
            "suites/fragments/basics.yaml:14:9 `a b.health` is not an id [letters, digits, `.`, `_` and `-`, at most "
                + "128; used at suites/s.yaml:5:13]"
        ),
        (
            "fragments: [{ use: basics, with: { prefix: a } }, { use: basics, with: { prefix: a } }]",
            "suites/fragments/basics.yaml:14:9 two checks are called `a.health` [used at suites/s.yaml:5:51]"
        ),
        (
            "fragments: [{ use: basics, with: { prefix: a } }]\nvars: { user: x }",
            "suites/s.yaml:6:9 two variables are called `user`"
        ),
        (
            "fragments: [{ use: basics, with: { prefix: a } }]\nchecks: [{ id: w, ws: { path: / }, script: [{ use: helo }] }]",
            "no script is called `helo` [did you mean `hello`?"
        ),
        ("checks: [{ id: w, http: 'GET ${parameters.x}' }]", "unknown reference `${parameters.x}`"),
    ])
    func `says what is wrong with a use, and where`(_ yaml: String, _ words: String) {
        let found = Self.findings(yaml + "\n", ["basics": Self.basics])
        #expect(found.contains { $0.contains(words) }, "\(found)")
    }

    /// One missing argument is one finding, although much is made of it.
    @Test func `what follows from a missing argument is not said as well`() {
        let found = Self.findings("fragments: [{ use: basics }]\n", ["basics": Self.basics])
        #expect(found.count == 1, "\(found)")
    }

    /// A fragment's text, and a part of what is said about it.
    @Test(arguments: [
        ("fragment: other\nchecks: []", "f.yaml:2:11 the fragment in `f.yaml` is called `other`"),
        ("fragment: f\nchecs: []", "f.yaml:3:1 unknown key `checs` [did you mean `checks`?"),
        ("fragment: f\nchecks: [{ id: a, http: 'GET ${parameters.pth}' }]", "unknown reference `${parameters.pth}`"),
        ("fragment: f\nchecks: [{ id: a, http: 'GET ${vars.nope}' }]", "f.yaml:3:25 unknown reference `${vars.nope}`"),
        ("fragment: f\nchecks: [{ id: a, http: GET /, expect: { stauts: 1 } }]", "f.yaml:3:42 unknown key `stauts`"),
        ("fragment: f\nparameters: { x: { type: txt } }", "expected `text` or `integer`"),
        ("fragment: f\nparameters: { x: { type: integer, default: a } }", "`x` is `a`, expected a whole number"),
        ("fragment: f\nparameters: { x: { type: text, default: a } }", "the parameter `x` is used nowhere"),
        ("fragment: f\nparameters: { x: { type: text, one_of: [a, b], default: c } }", "expected `a` or `b`"),
        ("fragment: f\nchecks: &a [*a]", "anchors"),
        ("fragment: f\nfragments: [{ use: f }]", "fragment `f` uses itself: f → f"),
    ])
    func `says what is wrong inside of a fragment, in its own file`(_ yaml: String, _ words: String) {
        let found = Self.findings(
            "fragments: [{ use: f }]\nchecks: [{ id: z, http: GET / }]\n", ["f": "version: 1\n" + yaml + "\n"])
        #expect(found.contains { $0.contains(words) }, "\(found)")
    }

    @Test func `fragments that use each other in a circle are named in order`() {
        let one = { (name: String, other: String) in
            "version: 1\nfragment: \(name)\nfragments: [{ use: \(other) }]\n"
        }
        let found = Self.findings(
            "fragments: [{ use: a }]\nchecks: [{ id: z, http: GET / }]\n",
            ["a": one("a", "b"), "b": one("b", "c"), "c": one("c", "a")])
        #expect(found.contains { $0.contains("uses itself: a → b → c → a") }, "\(found)")
    }

    /// Ten uses of ten uses of … : 10^9 checks if nobody counted.
    @Test func `uses of uses do not grow without end`() {
        var fragments: [String: String] = [:]
        for level in 0..<9 {
            let uses = (0..<10).map { _ in "  - { use: f\(level + 1) }" }.joined(separator: "\n")
            fragments["f\(level)"] = "version: 1\nfragment: f\(level)\nfragments:\n\(uses)\n"
        }
        fragments["f9"] = "version: 1\nfragment: f9\nchecks: [{ id: a, http: GET / }]\n"
        let found = Self.findings("fragments: [{ use: f0 }]\n", fragments)
        #expect(found.contains { $0.contains("more than 50000 values") }, "\(found.prefix(3))")
    }

    /// A text that doubles with each level: 2^40 characters.
    @Test func `texts do not grow without end`() {
        var fragments: [String: String] = [:]
        for level in 0..<40 {
            fragments["f\(level)"] = """
                version: 1
                fragment: f\(level)
                parameters: { x: { type: text } }
                fragments: [{ use: f\(level + 1), with: { x: "${parameters.x}${parameters.x}" } }]
                """
        }
        fragments["f40"] = """
            version: 1
            fragment: f40
            parameters: { x: { type: text } }
            checks: [{ id: a, http: "GET /${parameters.x}" }]
            """
        let found = Self.findings("fragments: [{ use: f0, with: { x: abcdefgh } }]\n", fragments)
        #expect(found.contains { $0.contains("more than 50000 values") }, "\(found.prefix(3))")
    }
}
