import Loop

/// The set that rules may be tuned with: Python (FastAPI, websockets, pytest), Node (Express, ws, Jest), Go (net/http).
extension Vocabulary {
    package static let tuned = Vocabulary(
        name: "tuned", wordings: TunedWordings.all,
        statuses: [
            400: ["answered 400, wanted 200", "assert 400 == 200", "Request failed with status code 400"],
            401: ["answered 401, wanted 200", "assert 401 == 200", "Request failed with status code 401"],
            403: [
                "the upgrade was answered with 403, wanted 101", "server rejected WebSocket connection: HTTP 403",
                "answered 403, wanted 200", "Unexpected server response: 403", "assert 403 == 200",
            ],
            404: [
                "answered 404, wanted 200", "assert 404 == 200", "GET {path}: 404 page not found",
                "expected 200, got 404",
            ],
            429: ["answered 429, wanted 200", "assert 429 == 200", "Request failed with status code 429"],
            500: [
                "answered 500, wanted 200", "assert 500 == 200", "Request failed with status code 500",
                "unexpected status: 500 Internal Server Error",
            ],
            502: ["answered 502, wanted 200", "Bad Gateway (502) for {path}"],
            503: ["answered 503, wanted 200", "assert 503 == 200", "unexpected status: 503 Service Unavailable"],
            504: ["answered 504, wanted 200", "unexpected status: 504 Gateway Timeout"],
        ],
        closes: [
            "closed with {code} after {ms} ms", "received {code} (internal error); then sent {code} (internal error)",
            "WebSocket was closed, code {code}",
        ],
        skips: [
            "staging environment not available", "Unable to detect staging environment",
            "skipped: environment detection returned 'unknown'", "requires staging (STAGING_URL not set)",
            "not running against staging", "E2E environment could not be determined",
        ],
        noise: [
            "INFO: {ip}:{n} - \"{route} HTTP/1.1\" received",
            "{\"level\":\"info\",\"msg\":\"request\",\"id\":\"{uuid}\"}",
            "DEBUG cache miss for key u:{id}", "GET /health 200 {n} ms", "INFO worker {n} picked job {id}",
        ],
        routes: [
            "GET /api/threads/{id}", "POST /api/messages", "GET /api/agents", "POST /api/agents/start",
            "GET /api/sessions/{n}",
            "GET /api/users/{uuid}/profile", "PUT /api/settings", "DELETE /api/items/{n}", "GET /api/search",
            "GET /api/reports/{n}",
        ], changedSetting: "env.MAIL_PROVIDER")
}

enum TunedWordings {
    static let all: [CauseKind: [Wording]] = [
        .callerNotInvoker: [
            Wording(403, kind: "http", "answered 403, wanted 200: <html><head><title>403 Forbidden</title>"),
            Wording(403, kind: "ws", "the upgrade was answered with 403, wanted 101"),
            Wording(401, kind: "http", "answered 401, wanted 200"),
            Wording(
                403,
                "assert 403 == 200: Your client does not have permission to get URL <code>{path}</code> from this server"
            ),
            Wording(
                403, "Request failed with status code 403",
                logs: [
                    [
                        "The request was not authenticated. Either allow unauthenticated invocations or set the proper Authorization header."
                    ]
                ]),
        ],
        .headersMissing: [
            Wording(403, kind: "ws", logs: [["WARNING ws: closing before accept: missing Authorization header"], []]),
            Wording(401, kind: "http", logs: [["authorization header is required"], []]),
            Wording(
                403, "server rejected WebSocket connection: HTTP 403",
                logs: [["E2E detection headers not present on websocket request", "auth: no token in request {id}"]]),
            Wording(
                401, "Request failed with status code 401",
                logs: [["UnauthorizedError: No authorization token was found"]]),
            Wording(close: 1008, kind: "ws", logs: [["policy violation: X-Tenant header missing"]]),
        ],
        .tokenRejected: [
            Wording(
                403,
                logs: [
                    [
                        "jwt.exceptions.ExpiredSignatureError: Signature has expired",
                        "WARNING auth: token rejected for {user}",
                    ]
                ]),
            Wording(
                401,
                logs: [
                    ["JsonWebTokenError: invalid signature"], ["TokenExpiredError: jwt expired at {time}"],
                    ["JsonWebTokenError: jwt audience invalid. expected: {service}"],
                ]),
            Wording(401, kind: "http", logs: [["token contains an invalid issuer"], []]),
            Wording(401, "assert 401 == 200: {\"detail\":\"Could not validate token: invalid audience\"}"),
            Wording(
                close: 4401, kind: "ws",
                logs: [["token is malformed: token contains an invalid number of segments"], []]),
        ],
        .accessDenied: [
            Wording(403, kind: "http", logs: [["permission denied: user {user} lacks role editor"], []]),
            Wording(
                403,
                logs: [
                    ["PermissionError: insufficient scope, required: threads:write"],
                    ["ForbiddenError: user {user} is not allowed to modify item {n}"],
                ]),
            Wording(403, kind: "ws", logs: [["WebSocket origin https://app.example.test not allowed"]]),
            Wording(close: 4403, kind: "ws", logs: [["rbac: role viewer is not permitted to subscribe"], []]),
        ],
        .unhandledException: [
            Wording(
                500,
                logs: [
                    [
                        "Traceback (most recent call last):",
                        "  File \"/app/routes/messages.py\", line {line}, in post",
                        "AttributeError: 'NoneType' object has no attribute 'state'",
                    ]
                ]),
            Wording(
                close: 1011, kind: "ws",
                logs: [
                    [
                        "Traceback (most recent call last):", "  File \"/app/ws/handler.py\", line {line}, in run",
                        "KeyError: 'thread_id'",
                    ], [],
                ]),
            Wording(
                500, kind: "http",
                logs: [
                    [
                        "TypeError: Cannot read properties of undefined (reading 'id')",
                        "    at handler (/srv/app/dist/routes/items.js:{line}:{n})",
                    ]
                ]),
            Wording(
                500,
                logs: [["panic: runtime error: index out of range [{n}] with length 3", "goroutine {n} [running]:"]]),
        ],
        .routeMissing: [
            Wording(404, kind: "http"), Wording(404),
            Wording(404, kind: "http", "answered 404, wanted 200: {\"detail\":\"Not Found\"}"),
            Wording(404, logs: [["INFO: {ip}:{n} - \"{route} HTTP/1.1\" 404 Not Found"]]),
            Wording(405, "assert 405 == 200"),
        ],
        .noInstance: [
            Wording(
                503, kind: "http", logs: [["The request was aborted because there was no available instance."], []]),
            Wording(
                429, kind: "http", "answered 429, wanted 200: Rate exceeded.",
                logs: [["The request was aborted because there was no available instance."]]),
            Wording(500, logs: [["The request failed because the instance could not start successfully."]]),
        ],
        .streamTimeout: [
            Wording(kind: "sse", "the stream did not begin within {ms} ms"),
            Wording(kind: "sse", "the stream stopped while its connection stays open: {n} events came, wanted 100"),
            Wording("Failed: Timeout >30.0s waiting for partial results of the streaming endpoint"),
            Wording("TimeoutError: no chunk received from {path} stream within {s} seconds"),
            Wording(504, kind: "stream", "answered 504, wanted 200"),
            Wording(close: 1006, kind: "ws", "the connection was dropped without a close frame after {ms} ms"),
        ],
        .notReady: [
            Wording(
                503, "answered 503, wanted 200",
                logs: [
                    [
                        "Default STARTUP TCP probe failed 1 time consecutively for container \"{service}\" on port 8080. The instance was not started."
                    ]
                ]),
            Wording(503, kind: "http"), Wording(kind: "http", "no connection: connection refused"),
            Wording("health check of {service} failed: not ready to serve"),
        ],
        .dependencyDown: [
            Wording(
                500,
                logs: [
                    [
                        "sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) connection to server at \"{ip}\", port 5432 failed: Connection refused"
                    ], ["asyncpg.exceptions.CannotConnectNowError: the database system is starting up"],
                ]),
            Wording(
                503, kind: "http",
                logs: [
                    ["Error: connect ECONNREFUSED {ip}:5432"],
                    ["pq: could not connect to postgres: dial tcp {ip}:5432: connect: connection refused"],
                ]),
            Wording(500, logs: [["Error: timeout expired while connecting to PostgreSQL"]]),
            Wording(
                close: 1011, kind: "ws",
                logs: [["psycopg2.OperationalError: server closed the connection unexpectedly"], []]),
            Wording(502),
        ],
        .configurationChanged: [
            Wording(
                500, logs: [["KeyError: 'MAIL_PROVIDER'"], ["ValueError: MAIL_PROVIDER has unknown value 'smtp2'"]]),
            Wording(503, kind: "http", logs: [["configuration error: MAIL_PROVIDER is not valid"]]),
            Wording(400, logs: [["Error: Unsupported mail provider: smtp2"]]),
        ],
        .secretChanged: [
            Wording(
                401,
                logs: [
                    ["JsonWebTokenError: invalid signature"],
                    ["jwt.exceptions.InvalidSignatureError: Signature verification failed"],
                ]),
            Wording(403, logs: [["hmac mismatch for token of {user}"], ["auth: bad signature"]]),
            Wording(401, kind: "http", logs: [["crypto/rsa: verification error, token signature is invalid"]]),
        ],
        .memoryExceeded: [
            Wording(
                503,
                logs: [
                    ["Memory limit of 512 MiB exceeded with {n}7 MiB used. Consider increasing the memory limit."], [],
                ]),
            Wording(
                500,
                logs: [
                    ["FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"],
                    ["MemoryError"], ["java.lang.OutOfMemoryError: Java heap space"],
                ]),
            Wording(
                kind: "http", "the connection was lost: the server ended the connection",
                logs: [["Container terminated on signal 9."]]),
        ],
        .nameUnresolved: [
            Wording(kind: "http", "no connection: Could not resolve host: api.{service}.example.test"),
            Wording(kind: "dns", "`api.{service}.example.test` has no address"),
            Wording("socket.gaierror: [Errno -2] Name or service not known: api.{service}.example.test"),
            Wording("getaddrinfo ENOTFOUND api.{service}.example.test"),
        ],
        .tlsFailed: [
            Wording(kind: "tls", "TLS failed: certificate has expired"),
            Wording("ssl.SSLCertVerificationError: certificate verify failed: self signed certificate"),
            Wording("x509: certificate signed by unknown authority"), Wording("Error: certificate has expired"),
        ],
        .connectionRefused: [
            Wording(kind: "http", "no connection: Failed to connect to {service} port 443: Connection refused"),
            Wording("ConnectionRefusedError: [Errno 111] Connect call failed"),
            Wording("connect ECONNREFUSED {ip}:443"),
            Wording("dial tcp {ip}:443: connect: connection refused"),
        ],
        .rateLimited: [
            Wording(429, kind: "http", logs: [["rate limit exceeded for client {ip}: 100 per minute"], []]),
            Wording(429),
            Wording(500, logs: [["openai.RateLimitError: Error code: 429 - You exceeded your current quota"]]),
        ],
        .latencyMissed: [
            Wording(kind: "load", "p95 is {ms} ms, limit 400 ms"),
            Wording(200, kind: "http", "the answer took {ms} ms, wanted < 800"),
            Wording("AssertionError: response time {ms}ms exceeds budget of 500ms"),
            Wording("expected latency below 200 ms but was {ms} ms, above the threshold"),
        ],
        .unknown: [
            Wording(200, kind: "http", "`$.total` is {n}, wanted 410"),
            Wording("AssertionError: assert ['a'] == ['a', 'b']"),
            Wording(200, kind: "http", "header `content-type` is `text/plain`, wanted `application/json`"),
        ],
    ]
}
