import JSON
import Testing
import Transport

/// How test traffic shows who it is, against a service of the local Cloud Run that is not public: what must get in does,
/// and what must not is a check that passes.
@Suite(.serialized, .timeLimit(.minutes(5))) struct TestIdentityTests {
    private static let checks = [
        // Nobody in particular: the platform keeps them out, and the application is not asked.
        ("anonymous", "http: GET /version, auth: { kind: none }, expect: { status: 403 }"),
        ("anonymous.ws", "ws: { path: /ws }, auth: { kind: none }, expect: { upgrade: refused, status: 403 }"),
        (
            "anonymous.page",
            "http: GET /version, auth: { kind: none }, expect: { status: 403, body: { contains: Forbidden }, "
                + "header: { x-revision: { present: false } } }"
        ),
        // The platform's token goes along by itself, and where it is asked for.
        ("platform", "http: GET /version, expect: { status: 200 }"),
        ("google-id-token", "http: GET /version, auth: { kind: google-id-token }, expect: { status: 200 }"),
        // Past the platform, the application has its own opinion.
        ("no-user", "http: GET /api/me, expect: { status: 401 }"),
        ("wrong-user", "http: GET /api/me, auth: { kind: bearer, token: a.b.c }, expect: { status: 401 }"),
        (
            "minted",
            "http: GET /api/me, auth: { kind: jwt, secret: jwt, claims: { sub: ann } }, expect: { json: { $.sub: ann } }"
        ),
        (
            "minted.wrongly",
            "http: GET /api/me, auth: { kind: jwt, secret: other, claims: { sub: ann } }, expect: { status: 401 }"
        ),
        // A login: what it answers is who the next ones are.
        (
            "login",
            "target: auth, http: POST /api/token, body: { json: { user: bob } }, expect: { status: 201 }, "
                + "capture: { token: { json: $.token, secret: true } }"
        ),
        (
            "login.used",
            "needs: [login], http: GET /api/me, auth: { kind: bearer, token: '${captures.token}' }, "
                + "expect: { json: { $.sub: bob } }"
        ),
        (
            "static-header",
            "needs: [login], http: GET /api/me, "
                + "headers: { authorization: 'Bearer ${captures.token}', x-e2e-test: 'true' }, "
                + "expect: { json: { $.sub: bob } }"
        ),
        (
            "static-header.ws",
            "needs: [login], ws: { path: /ws, headers: { authorization: 'Bearer ${captures.token}' } }, "
                + "script: [{ send: { json: { type: echo, text: hi } } }, { receive: { within: 2s } }]"
        ),
    ]

    @Test func `who is known gets in, and nobody else does`() async throws {
        let project = try await AcceptanceProject(runtime: "process", port: 18320)
        do {
            try await story(project)
        } catch {
            Issue.record("\(error)")
        }
        try await project.end()
    }

    private func story(_ project: AcceptanceProject) async throws {
        try project.write(AcceptanceProject.services(isPublic: false), to: "environments/services.yaml")
        try project.write(Self.suite, to: "environments/suites/backend-smoke.yaml")
        try await project.commit("closed")
        // Its own suite is the gate: a service that nobody may call is verified with the deployer's identity.
        let deployed = try await project.json("deploy", "--all", exit: 0)
        #expect(deployed["outcome"] == "promoted", "\(deployed)")
        let smoke = try await project.json("smoke", "backend", exit: 0)
        for (id, _) in Self.checks {
            let check = smoke["checks"]?.array?.first { $0["id"]?.string == id }
            #expect(check?["status"] == "passed", "\(id): \(String(describing: check))")
        }
        let refused = try #require(smoke["checks"]?.array?.first { $0["id"] == "anonymous" })
        #expect(refused["evidence"]?["status"] == 403)
        // What was captured, minted and asked for stands in no report.
        let explained = try await project.stagectl("smoke", "backend", "--explain")
        for said in [smoke.serialized(), explained.outputText] {
            #expect(!said.contains("eyJ"), "a token is shown")
            #expect(!said.contains("acceptance-secret"))
        }

        // The same check is what notices that somebody opened the service.
        try project.write(AcceptanceProject.services(isPublic: true), to: "environments/services.yaml")
        try await project.commit("open")
        let url = try await project.loopbackURL(of: "auth")
        let open = try await project.json(
            "smoke", "backend", "--url", url, "--only", "anonymous", "--only", "anonymous.ws", exit: 3)
        let seen = open["checks"]?.array ?? []
        #expect(seen.allSatisfy { $0["status"] == "failed" }, "\(open)")
        #expect(open.serialized().contains("status 200, wanted 403"), "\(open)")
    }

    private static var suite: String {
        """
        version: 1
        suite: backend-smoke
        priority: P1
        owner: team-backend
        secrets:
          jwt: { from_env: ACCEPTANCE_JWT, default: acceptance-secret }
          other: { from_env: ACCEPTANCE_OTHER, default: another-secret }
        targets: { auth: { url: "http://auth.localhost:18321" } }
        checks:

        """ + checks.map { "  - { id: \($0), \($1) }\n" }.joined()
    }
}
