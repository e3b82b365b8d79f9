/// One kind of check, somebody whom it passes, and somebody whom it must not.
struct KindFault: Sendable {
    enum Peer: Hashable, Sendable {
        /// The sample backend with these variables.
        case sample([String: String] = [:])
        /// A gRPC server that tells this health.
        case grpc(UInt8)
        /// A server of TLS whose certificate lasts for so many days.
        case tls(days: Int)
        /// A service that allows the pages of `https://app.example.com`.
        case allowing
        /// Nobody is asked.
        case nobody
    }

    var kind: String
    /// What the check is besides its id.
    var check: String
    /// For a kind whose fault lies in what it runs; else the same.
    var brokenCheck: String?
    var healthy: Peer
    var broken: Peer
    /// What must be said of the broken one: of what was seen, and of the likely cause.
    var words: [String]
    var needsEngine = false

    static func fault(_ name: String) -> Peer { .sample(["SAMPLE_FAULT": name]) }

    static let all: [KindFault] = [
        KindFault(
            kind: "http", check: "http: GET /api/threads, expect: { status: 200 }", healthy: .sample(),
            broken: fault("missing-route"), words: ["status 404, wanted 200", "this revision does not have the route"]),
        KindFault(
            kind: "http", check: "http: GET /health, expect: { status: 200 }", healthy: .sample(),
            broken: fault("health-503"), words: ["status 503, wanted 200", "says that it is not available"]),
        KindFault(
            kind: "ws", check: socket, healthy: .sample(), broken: fault("ws-1011"),
            words: ["1011", "accepted the connection and then raised an exception"]),
        KindFault(
            kind: "ws", check: socket, healthy: .sample(), broken: fault("ws-403"),
            words: ["the upgrade was answered with 403, wanted 101", "refused the connection before it accepted it"]),
        KindFault(
            kind: "routes", check: "routes: { paths: [/health, /api/threads], status: 2xx }", healthy: .sample(),
            broken: fault("missing-route"), words: ["/api/threads", "404"]),
        KindFault(
            kind: "sse",
            check: "sse: { path: /events, within: 3s }, expect: { events: [{ event: hello }, { event: end }] }",
            healthy: .sample(), broken: fault("stream-stall"),
            words: [
                "expected event 2 (`end`) did not come in its place",
                "the stream stopped while its connection stays open",
            ]),
        KindFault(
            kind: "stream",
            check: "stream: { path: /events, within: 3s }, expect: { lines: [{ contains: hello }, { contains: end }] }",
            healthy: .sample(), broken: fault("stream-stall"),
            words: ["did not come in its place", "the stream stopped while its connection stays open"]),
        KindFault(
            kind: "load", check: "load: { http: GET /health, requests: 16, concurrency: 16 }, slo: { p50: 1500ms }",
            healthy: .sample(), broken: fault("slow"),
            words: ["p50 is an answer that never came", "the service is too slow"]),
        KindFault(
            kind: "users",
            check: """
                users: { http: GET /api/me, names: [alice, bob, carol], rounds: 2 },
                    auth: { kind: jwt, secret: jwt, claims: { sub: "${user.name}" } },
                    expect: { json: { $.sub: "${user.name}" } }
                """,
            healthy: .sample(), broken: fault("leak-user"), words: ["another user's data"]),
        KindFault(
            kind: "rate_limit",
            check: "rate_limit: { http: GET /api/limited, limit: 5, per: 1s, requests: 30, enforced_by: service }",
            healthy: .sample(), broken: .sample(["REQUESTS_PER_SECOND": "10000"]),
            words: ["none of 30 requests was refused: a limit of 5 per 1000 ms is not enforced"]),
        KindFault(
            kind: "start", check: "start: { http: GET /health, idle: 1ms, samples: 3, warm: { '<': 1500ms } }",
            healthy: .sample(), broken: fault("slow"), words: ["wanted less than 1500 ms"]),
        KindFault(
            kind: "cors", check: "cors: { path: /api/threads, origin: 'https://elsewhere.example.org' }",
            healthy: .allowing,
            broken: .sample(), words: ["access-control-allow-origin"]),
        KindFault(
            kind: "tls", check: "tls: {}, expect: { days_left: { '>=': 14 } }", healthy: .tls(days: 60),
            broken: .tls(days: 2), words: ["days"]),
        KindFault(
            kind: "dns", check: "dns: { name: localhost }", brokenCheck: "dns: { name: no-such-host.invalid }",
            healthy: .nobody, broken: .nobody,
            words: ["`no-such-host.invalid` has no address", "the record is missing"]),
        KindFault(
            kind: "command", check: "command: { argv: [/bin/sh, -c, 'exit 0'] }",
            brokenCheck: "command: { argv: [/bin/sh, -c, 'echo it broke; exit 3'] }", healthy: .nobody,
            broken: .nobody, words: ["exit code 3, wanted 0: it broke"]),
        KindFault(
            kind: "grpc", check: "grpc: { service: demo.Echo }", healthy: .grpc(1), broken: .grpc(2),
            words: ["the health of `demo.Echo` is NOT_SERVING, wanted SERVING", "says of itself that it is not ready"]),
        KindFault(
            kind: "container",
            check: """
                container: { image: \(image), entrypoint: /busybox, memory: 64MiB,
                    args: [wget, -q, -O, "-", "${target.url}/api/threads"] }, expect: { stdout: { contains: thread-1 } }
                """,
            healthy: .sample(), broken: fault("missing-route"), words: ["exit code 1, wanted 0: wget:", "404"],
            needsEngine: true),
        KindFault(
            kind: "runner", check: runner, healthy: .sample(), broken: fault("missing-route"),
            words: ["HTTP Error 404"]),
    ]

    /// Kinds that need more than somebody who answers, and the tests that break them.
    static let elsewhere = ["job": "JobCheckTests"]

    /// Made by the test, from a static executable alone.
    static let image = "stagectl-kinds:test"

    /// A program that asks, and says in TAP how that went.
    private static let runner = #"""
        runner: { report: tap, env: { BASE_URL: "${target.url}" }, argv: [python3, -c,
            "import os, urllib.request as web\ntry:\n web.urlopen(os.environ['BASE_URL'] + '/api/threads')\n print('ok 1')\nexcept Exception as why:\n print('not ok 1\\n  ---\\n  message:', why, '\\n  ...')\n raise SystemExit(1)\nfinally:\n print('1..1')"] }
        """#

    private static let socket = """
        ws: { path: /ws }, auth: { kind: jwt, secret: jwt, claims: { sub: smoke } },
            script: [{ send: { json: { type: echo, text: hi } } }, { receive: { within: 2s, json: { $.text: hi } } }]
        """
}
