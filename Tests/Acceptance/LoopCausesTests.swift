import Foundation
import JSON
import Testing
import Transport

/// Several things that are broken at once, found as what they are and mended one after the other.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LoopCausesTests {
    private static let routes = [
        "agents", "agents/agent-1", "agents/agent-1/status", "agents/agent-1/events", "tools", "threads",
        "threads/thread-1", "threads/thread-1/messages", "workflows",
    ]

    private static let suite = """
        version: 1
        suite: backend-smoke
        priority: P1
        owner: team-backend
        secrets: { jwt: { from_env: ACCEPTANCE_JWT, default: acceptance-secret } }
        checks:
          - id: version
            http: GET /version
            expect: { status: 200, json: { $.revision: "${deploy.revision}" } }
          - id: ws.echo
            ws: { path: /ws }
            auth: { kind: jwt, secret: jwt, claims: { sub: smoke } }
            script: [{ send: { json: { type: ping } } }, { receive: { within: 2s, json: { $.type: pong } } }]
          - id: ws.page
            ws: { path: /ws, headers: { origin: "https://app.example.com" } }
            auth: { kind: jwt, secret: jwt, claims: { sub: smoke } }
            script: [{ send: { json: { type: ping } } }, { receive: { within: 2s, json: { $.type: pong } } }]

        """
        + routes.map { route in
            "  - id: route.\(route.replacingOccurrences(of: "/", with: "."))\n"
                + "    http: GET /api/\(route)\n    expect: { status: 200 }\n"
        }.joined()

    /// One cause an iteration, as the brief names them.
    private static let fix = """
        named() { grep -q "^- cause: $1," "$STAGECTL_BRIEF"; }
        if named route-missing; then sed -i 's/missing-routes,*//' image/backend.sh
        elif named unhandled-exception; then sed -i 's/ws-1011,*//' image/backend.sh
        elif named access-denied; then sed -i 's/app.example.org/app.example.com/' environments/services.yaml
        fi
        """

    @Test func `nine missing routes, 1011 and 403 at once are three causes, mended in three iterations`() async throws {
        let scenario = try await LoopScenario(
            port: 19_644, faults: "missing-routes,ws-1011", suite: Self.suite, loop: "loop: { flaky_reruns: 0 }\n")
        let project = scenario.project
        do {
            let services = try await project.shell("cat", "environments/services.yaml").outputText
            try project.write(
                services.replacing(
                    "SAMPLE_ROLE: backend", with: "SAMPLE_ROLE: backend, ALLOWED_ORIGINS: \"https://app.example.org\""),
                to: "environments/services.yaml")
            try await project.commit("pages of another domain")
            let done = try await project.json("loop", "--fix", Self.fix, exit: 0)
            #expect(done["outcome"] == "goal", "\(done.serialized(pretty: true))")
            let iterations = done["iterations"]?.array ?? []
            let expected = [
                ["route-missing": Self.routes.count, "unhandled-exception": 1, "access-denied": 1],
                ["unhandled-exception": 1, "access-denied": 1], ["access-denied": 1], [:],
            ]
            #expect(iterations.count == expected.count)
            for (iteration, wanted) in zip(iterations, expected) {
                let groups = iteration["groups"]?.array ?? []
                let found = groups.map { ($0["cause"]?["kind"]?.string ?? "", $0["checks"]?.array?.count ?? 0) }
                #expect(groups.count == wanted.count, "\(groups.map { $0.serialized(pretty: true) })")
                #expect(Dictionary(found, uniquingKeysWith: +) == wanted, "\(found)")
            }
            // The one with most checks first, and each with its own.
            let first = iterations.first?["groups"]?.array ?? []
            #expect(first.first?["cause"]?["kind"] == "route-missing")
            func checks(_ kind: String) -> [String] {
                first.filter { $0["cause"]?["kind"]?.string == kind }.flatMap { $0["checks"]?.array ?? [] }
                    .compactMap { $0["id"]?.string }
            }
            #expect(checks("route-missing").allSatisfy { $0.hasPrefix("route.") })
            #expect(checks("unhandled-exception") == ["ws.echo"] && checks("access-denied") == ["ws.page"])
            #expect(iterations.last?["verdict"]?["result"] == "pass")
            #expect(iterations.compactMap { $0["fix"]?["commit"]?.string }.count == 3)
            try await scenario.expectAsReported(done)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }
}
