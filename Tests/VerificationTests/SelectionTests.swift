import Configuration
import JSON
import Testing
import Verification

struct SelectionTests {
    static func suites() throws -> [Verification.Suite] {
        let checks = (0..<20).map {
            "  - { id: c\($0), http: GET /\($0)\($0 % 5 == 1 ? ", needs: [c\($0 - 1)]" : "") }\n"
        }
        return [
            try suite("version: 1\nsuite: one\npriority: P1\nowner: t\nchecks:\n" + checks.joined()),
            try suite("version: 1\nsuite: two\npriority: P2\nowner: t\nchecks:\n" + checks.prefix(7).joined()),
        ]
    }

    @Test(arguments: [1, 2, 3, 7, 40])
    func `shards are the whole, without overlap, and keep needs together`(_ count: Int) throws {
        let all = try Self.suites()
        var seen: [String] = []
        for index in 1...count {
            let chosen = SuiteSelection(shard: .init(parsing: "\(index)/\(count)")).apply(to: all)
            for suite in chosen.suites {
                let ids = Set(suite.checks.map(\.id))
                #expect(suite.checks.allSatisfy { ids.isSuperset(of: $0.needs) })
                seen += ids.map { "\(suite.name)/\($0)" }
            }
        }
        #expect(seen.count == 27)
        #expect(Set(seen).count == 27)
    }

    @Test func `a chosen check brings what it needs`() throws {
        let chosen = SuiteSelection(only: ["one/c1", "nope"]).apply(to: try Self.suites())
        #expect(chosen.suites.map(\.name) == ["one"])
        #expect(chosen.suites[0].checks.map(\.id) == ["c0", "c1"])
        #expect(chosen.leftOut == 25)
        #expect(chosen.unmatched == ["nope"])
    }

    @Test func `priorities and names choose suites`() throws {
        #expect(SuiteSelection(priorities: [.p2]).apply(to: try Self.suites()).suites.map(\.name) == ["two"])
        #expect(SuiteSelection(suites: ["one"]).apply(to: try Self.suites()).suites.map(\.name) == ["one"])
    }

    @Test(arguments: ["0/2", "3/2", "1", "a/b", "1/0", "-1/2", "1/2/3", ""])
    func `what is no shard is refused`(_ text: String) {
        #expect(SuiteSelection.Shard(parsing: text) == nil)
    }

    @Test func `an explanation can be run and shows no secret`() throws {
        let suite = try suite(
            """
            version: 1
            suite: s
            priority: P1
            owner: t
            secrets: { key: { from_env: API_KEY, default: not-to-be-shown } }
            checks:
              - { id: a, http: POST /x, body: { json: { q: "it's" } }, headers: { x-key: "k ${secrets.key}" } }
              - { id: w, ws: { path: /ws }, auth: { kind: jwt, secret: key }, script: [ { send: hi } ] }
              - { id: q, ws: { path: "/ws?key=${secrets.key}&x=ö" } }
            """)
        let target = SuiteRunTarget(url: "http://h", identityToken: "hidden")
        let http = CheckExplanation.lines(for: suite.checks[0], of: suite, target: target)
        #expect(http.count == 1)
        #expect(http[0].hasPrefix("curl --include"))
        #expect(http[0].contains(#"--header 'x-key: k '"$API_KEY""#))
        #expect(http[0].contains(#"--header 'X-Serverless-Authorization: Bearer '"$IDENTITY_TOKEN""#))
        #expect(http[0].contains(#"--data-raw '{"q":"it'\''s"}'"#))
        #expect(http[0].hasSuffix("'http://h/x'"))
        #expect(!http[0].contains("hidden") && !http[0].contains("not-to-be-shown"))
        let webSocket = CheckExplanation.lines(for: suite.checks[1], of: suite, target: target)
        #expect(webSocket[0].hasPrefix("websocat "))
        #expect(webSocket == [webSocket[0], "# send hi"])
        let query = CheckExplanation.lines(for: suite.checks[2], of: suite, target: target)
        #expect(query.first?.hasSuffix(#"'ws://h/ws?key='"$API_KEY"'&x=%C3%B6'"#) == true, "\(query)")
    }
}
