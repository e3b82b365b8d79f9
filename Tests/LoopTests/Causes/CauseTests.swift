import LabelledFailures
import Releases
import Testing
import Verification

@testable import Loop

/// What rules say of single failures, and how groups are made of them.
struct CauseTests {
    private static func check(
        _ id: String, _ message: String = "the upgrade was answered with 403, wanted 101", status: Int? = 403,
        service: String = "backend", kind: String = "ws", logs: [String] = [], priority: Priority = .p1,
        answeredBy: RefusalEvidence.Origin? = nil, headers: [String]? = nil, route: String? = nil
    ) -> FailedCheck {
        FailedCheck(
            id: id, suite: "critical", priority: priority, service: service, kind: kind, httpStatus: status,
            route: route,
            message: message, logLines: logs, answeredBy: answeredBy, sentHeaders: headers)
    }

    private static func only(_ facts: CauseFacts) throws -> FailureGroup {
        let groups = Causes.groups(of: facts)
        #expect(groups.count == 1)
        return try #require(groups.first)
    }

    @Test func `every kind of cause has a rule, and no rule makes up an unknown one`() {
        let ruled = Set(CauseRules.rules.map(\.kind))
        #expect(ruled == Set(CauseKind.allCases).subtracting([.unknown]))
    }

    /// The 403 of the seeds, three times: only evidence beside the status tells who refused, and why.
    @Test(arguments: [
        (RefusalEvidence.Origin.platform, ["authorization"], CauseKind.callerNotInvoker),
        (.application, ["authorization"], .accessDenied), (.application, ["accept"], .headersMissing),
    ])
    func `a 403 is told apart by who answered and by what was sent`(
        origin: RefusalEvidence.Origin, headers: [String], kind: CauseKind
    ) throws {
        let group = try Self.only(CauseFacts(failed: [Self.check("ws", answeredBy: origin, headers: headers)]))
        #expect(group.cause.kind == kind)
        #expect(group.cause.evidence.contains { $0.source == .exchange })
    }

    @Test func `a 403 of which nothing else is known stays unknown, with what was seen`() throws {
        let group = try Self.only(
            CauseFacts(failed: [
                Self.check("test_ws", "server rejected WebSocket connection: HTTP 403", status: nil, kind: "runner")
            ]))
        #expect(group.cause.kind == .unknown && group.cause.confidence == .unknown)
        #expect(group.cause.evidence.contains { $0.text.contains("HTTP 403") })
        #expect(group.cause.whys.last?.isKnown == false)
    }

    @Test func `headers that every accepted check sends and the refused one does not are missing`() throws {
        let failed = Self.check("ws", answeredBy: .application, headers: ["authorization"])
        let group = try Self.only(
            CauseFacts(failed: [failed], acceptedHeaders: ["backend": ["authorization", "x-e2e-test"]]))
        #expect(group.cause.kind == .headersMissing)
        #expect(group.cause.evidence.contains { $0.text.contains("x-e2e-test") })
    }

    /// The fourth seed: nine missing routes, 1011 and 403 at once.
    @Test func `nine missing routes, 1011 and 403 at once are three causes`() throws {
        let routes = [
            "/api/auth/sessions", "/api/user/session", "/api/session/info", "/api/agents/start", "/api/agents/stop",
            "/api/agents/cancel", "/api/messages", "/api/events", "/api/events/list",
        ]
        var facts = CauseFacts(protects: ["P1": "$120K MRR", "P2": "$80K MRR"])
        facts.documentedRoutes["backend"] = routes.map { "GET \($0)" }
        facts.failed = routes.map {
            Self.check(
                "route\($0)", "answered 404, wanted 200", status: 404, kind: "http", priority: .p2, route: "GET \($0)")
        }
        facts.failed += (1...3).map { number in
            var check = Self.check(
                "test_00\(number)", "received 1011 (internal error) Internal error; then sent 1011 (internal error)",
                status: nil,
                kind: "runner")
            check.logLines = [
                "Traceback (most recent call last):", "AttributeError: 'NoneType' object has no attribute 'accept'",
            ]
            return check
        }
        facts.failed += ["/api/chat/stream", "/api/chat/messages"].map {
            Self.check(
                "post\($0)", "answered 403, wanted 200", kind: "http", logs: ["jwt rejected: invalid issuer"],
                answeredBy: .application, headers: ["authorization"], route: "POST \($0)")
        }
        let groups = Causes.groups(of: facts)
        #expect(groups.map(\.cause.kind) == [.unhandledException, .tokenRejected, .routeMissing])
        #expect(groups.map(\.checks.count) == [3, 2, 9])
        #expect(groups[0].valueAtRisk == ["P1: $120K MRR"] && groups[2].valueAtRisk == ["P2: $80K MRR"])
        #expect(groups[2].alsoSeen.count == 8)
    }

    @Test func `a dependency that is down is one cause, however it shows itself`() throws {
        var facts = CauseFacts()
        facts.services = [
            ServiceFinding(service: "backend", isHealthy: true, dependsOn: ["auth"]),
            ServiceFinding(service: "auth", isHealthy: false, statements: ["GET /health: no answer"]),
        ]
        facts.failed = [
            Self.check(
                "a", "answered 500, wanted 200", status: 500, kind: "http", logs: ["connect ECONNREFUSED auth:8080"]),
            Self.check("b", "answered 502, wanted 200", status: 502, kind: "http"),
            Self.check("c", "closed with 1011", status: nil),
        ]
        let group = try Self.only(facts)
        #expect(group.cause.kind == .dependencyDown && group.cause.subject == "auth" && group.checks.count == 3)
        #expect(group.cause.whys.contains { $0.answer.contains("auth does not serve") })
    }

    @Test func `checks that were blocked belong to what kept them from running`() throws {
        var facts = CauseFacts(failed: [Self.check("login", "answered 500", status: 500, kind: "http")])
        facts.idle = [
            IdleCheck(
                id: "cart", suite: "critical", priority: .p1, service: "backend", status: .blocked,
                reason: "needs login", needs: ["login"])
        ]
        #expect(try Self.only(facts).checks.map(\.id) == ["login", "cart"])
    }

    @Test func `thirty skipped tests are a cause of their own, and no pass`() throws {
        let idle = (6...35).map {
            IdleCheck(
                id: "test_\($0)", suite: "legacy", priority: .p2, service: "backend", status: .skipped,
                reason: "Staging env not available")
        }
        let group = try Self.only(CauseFacts(idle: idle))
        #expect(group.cause.kind == .environmentUndetected && group.checks.count == 30)
    }

    @Test func `a setting and a secret that changed are causes where what fails shows it, and else suspects`() throws {
        let change = ChangeSinceGood(
            service: "backend", since: "r-good", settings: [.init("env.MAIL_PROVIDER", "(value 1)", "(value 2)")],
            secrets: [.init("jwt-key", usedAs: "env.SIGNING_KEY", "3", "4")],
            commits: [.init(String(repeating: "a", count: 40), "Send mail")])
        func kind(_ status: Int, _ log: String) throws -> CauseKind {
            try Self.only(
                CauseFacts(
                    failed: [Self.check("x", "answered \(status)", status: status, kind: "http", logs: [log])],
                    changes: [change])
            ).cause.kind
        }
        #expect(try kind(500, "KeyError: 'MAIL_PROVIDER'") == .configurationChanged)
        #expect(try kind(401, "invalid signature") == .secretChanged)
        // What only time does, no secret does.
        #expect(try kind(401, "token has expired") == .tokenRejected)
        #expect(try kind(500, "ZeroDivisionError: division by zero") == .unhandledException)
    }

    @Test func `a chain of whys has evidence at each link, ends where nobody knows, and is at most five long`() throws {
        var facts = CauseFacts(failed: [
            Self.check("stream", "the stream did not begin within 30000 ms", status: nil, kind: "sse")
        ])
        facts.failed[0].milliseconds = 30_100
        facts.services = [ServiceFinding(service: "backend", timeoutSeconds: 30)]
        facts.changes = [
            ChangeSinceGood(
                service: "backend", since: "r-good", settings: [.init("timeout", "300s", "30s")],
                commits: [
                    .init(String(repeating: "b", count: 40), "One"), .init(String(repeating: "c", count: 40), "Two"),
                ])
        ]
        let whys = try Self.only(facts).cause.whys
        #expect(whys.count == Why.most && whys.allSatisfy { !$0.isKnown || !$0.evidence.isEmpty })
        #expect(whys.contains { $0.evidence.contains { $0.text == "timeout: 300s → 30s" } })
        #expect(whys.contains { $0.answer.contains("request timeout of 30 s") })
    }

    /// The head of a stream is 200 whatever becomes of the rest.
    @Test(arguments: [
        ("expected event 3 (`tick`) did not come in its place within 1000 ms; came: hello, tick", 1002.0, true),
        ("the stream was lost: the connection ended before the answer did", 30_050, true),
        ("the stream was lost: the connection ended before the answer did", 120, false),
        ("expected event 3 (`tick`) did not come in its place; came: hello, tick, end", 80, false),
    ])
    func `a stream that answered 200 and brings no more is late, one that is whole or lost is not`(
        message: String, milliseconds: Double, isLate: Bool
    ) throws {
        var check = Self.check("events", message, status: 200, kind: "sse", route: "GET /events")
        check.milliseconds = milliseconds
        let facts = CauseFacts(
            failed: [check], services: [ServiceFinding(service: "backend", timeoutSeconds: 30)])
        #expect(try (Self.only(facts).cause.kind == .streamTimeout) == isLate)
    }

    @Test func `a route that answers elsewhere is not missing`() throws {
        var facts = CauseFacts(failed: [
            Self.check("item", "answered 404, wanted 200", status: 404, kind: "http", route: "GET /items/4711")
        ])
        facts.answeredRoutes["backend"] = ["GET /items/1"]
        #expect(try Self.only(facts).cause.kind == .unknown)
    }

    @Test func `a candidate that is not ready is told, also where no check was asked`() throws {
        let diagnosis = Diagnosis(kind: "did-not-listen", cause: "nothing listens on 8080", fix: "listen on PORT")
        let group = try Self.only(
            CauseFacts(services: [ServiceFinding(service: "backend", isReady: false, diagnosis: diagnosis)]))
        #expect(group.cause.kind == .notReady && group.checks.isEmpty && group.cause.fix == "listen on PORT")
    }

    @Test func `routes are the same but for what they name`() {
        #expect(RouteShape.of("GET /users/0b7c2f64-1a2b-4c3d-8e9f-001122334455/v1") == "GET /users/*/v1")
        #expect(RouteShapes(["GET /items/{id}"]).matches("/items/4711"))
        #expect(!RouteShapes(["GET /items/{id}"]).matches("/items/4711/parts"))
        #expect(RouteShapes(["POST /items/0b7c2f64-1a2b"]).matches("/items/{id}"))
    }

    @Test(
        arguments: [
            // An instance that answers by itself has come up, and a breaker that is closed lets calls through.
            (404, "worker could not start the export", CauseKind.routeMissing),
            (500, "thumbnails: process 12 cannot load image 7", .unhandledException),
            (500, "circuit for maps is closed", .unhandledException),
            // Nobody's silence makes a refusal.
            (403, "redis: connection closed", .accessDenied), (500, "redis: connection closed", .dependencyDown),
            (500, "redis: connection closed, reconnected on attempt 2", .unhandledException),
            (403, "anna is not one of the editors", .accessDenied),
            (401, "the visitor is not logged in", .headersMissing),
            (401, "looked up the visitor in 3 ms", .tokenRejected),
        ])
    func `a line of a log counts only for what it can have caused`(status: Int, line: String, kind: CauseKind) throws {
        let check = Self.check("x", "answered \(status), wanted 200", status: status, kind: "http", logs: [line])
        #expect(try Self.only(CauseFacts(failed: [check])).cause.kind == kind)
    }

    /// No two of them share a shape, a route or a line: whatever is done for each pair of them would be done 500,000 times.
    @Test func `a thousand failures with long reports are in the groups of their causes`() {
        let long = LongFailures(count: 1000)
        let groups = Causes.groups(of: long.facts)
        #expect(groups.flatMap(\.checks).count == 2000)
        var named: [CauseKind] = []
        for group in groups {
            let failed = group.checks.filter { $0.status != .blocked }
            #expect(failed.allSatisfy { long.kinds[$0.name] == group.cause.kind })
            #expect(group.checks.count == 2 * failed.count && group.cause.evidence.count <= 8)
            if group.cause.kind != .unknown { named.append(group.cause.kind) }
        }
        // One group of each cause, and one of each failure that names none.
        #expect(Set(named) == Set(long.kinds.values).subtracting([.unknown]) && named.count == Set(named).count)
        #expect(groups.count == named.count + long.kinds.values.count { $0 == .unknown })
    }
}
