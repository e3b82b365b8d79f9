import Loop

/// The set that was unseen when it was first measured (88.4 % of causes), and that rules were mended by since: Django,
/// aiohttp, Go (gin, gRPC), NestJS, Fastify, Playwright, Cypress, k6, Akka, C++, and what Envoy and nginx write.
extension Vocabulary {
    package static let third = Vocabulary(
        name: "third", wordings: ThirdWordings.all,
        statuses: [
            400: ["Error: expected 200 \"OK\", got 400 \"Bad Request\"", "apiRequestContext.get: 400 Bad Request"],
            401: [
                "Error: expected 200 \"OK\", got 401 \"Unauthorized\"", "AssertionError: 401 != 200 : unexpected code",
                "cy.request() failed on: {path}. The response we received from your web server was: > 401: Unauthorized",
            ],
            403: [
                "Error: expected 200 \"OK\", got 403 \"Forbidden\"",
                "aiohttp.client_exceptions.WSServerHandshakeError: 403, message='Invalid response status'",
                "websocket: bad handshake (HTTP 403)", "AssertionError: 403 != 200 : unexpected code",
            ],
            404: [
                "Error: expected 200 \"OK\", got 404 \"Not Found\"", "✗ status is 200 (response code 404)",
                "AssertionError: 404 != 200 : unexpected code",
            ],
            405: ["Error: expected 200 \"OK\", got 405 \"Method Not Allowed\""],
            409: ["Error: expected 200 \"OK\", got 409 \"Conflict\""],
            429: ["Error: expected 200 \"OK\", got 429 \"Too Many Requests\"", "✗ status is 200 (response code 429)"],
            500: [
                "Error: expected 200 \"OK\", got 500 \"Internal Server Error\"", "✗ status is 200 (response code 500)",
                "AssertionError: 500 != 200 : unexpected code",
                "cy.request() failed on: {path}. The response we received from your web server was: > 500: Internal Server Error",
            ],
            502: ["Error: expected 200 \"OK\", got 502 \"Bad Gateway\""],
            503: [
                "Error: expected 200 \"OK\", got 503 \"Service Unavailable\"", "✗ status is 200 (response code 503)",
            ],
            504: ["Error: expected 200 \"OK\", got 504 \"Gateway Timeout\"", "✗ status is 200 (response code 504)"],
        ],
        closes: [
            "websocket: close {code} (abnormal) after {n} messages",
            "WSMessage(type=<WSMsgType.CLOSE: 8>, data={code}, extra='')",
            "socket went away with code {code}",
        ],
        skips: [
            "unittest.SkipTest: no deployment environment found (ENVIRONMENT is unset)",
            "test.skip(): base URL is not a staging URL",
            "skipping integration tests: could not identify the environment",
            "--- SKIP: STAGE is unknown to this suite",
            "pending: live environment not reachable from here",
        ],
        noise: [
            "[GIN] 2026/11/20 - 10:00:{n} | 200 | {n}.{n}ms | {ip} | {route}",
            "[Nest] {n} - LOG [RouterExplorer] Mapped {{path}, GET} route",
            "\"{route} HTTP/1.1\" 200 {n} \"-\" \"k6/1.0\"", "celery@worker{n} ready.",
            "django.request handled in {n} ms",
        ],
        routes: [
            "GET /rest/tickets/{n}", "POST /rest/tickets", "GET /rest/boards/{uuid}", "PUT /rest/boards/{uuid}/columns",
            "GET /rest/labels",
            "GET /rest/members/{n}/avatar", "POST /rest/invites", "GET /rest/audit", "DELETE /rest/webhooks/{n}",
            "GET /rest/exports/{id}",
        ], changedSetting: "env.STORAGE_DRIVER")
}

enum ThirdWordings {
    static let all: [CauseKind: [Wording]] = [
        .callerNotInvoker: [
            Wording(403, kind: "http", "403 came back, with a page of the front end"),
            Wording(401, kind: "ws", "401 came back for the upgrade"),
            Wording(
                403,
                logs: [
                    [
                        "The request was not authenticated. Either allow unauthenticated invocations or set the proper Authorization header. Read more at the documentation"
                    ]
                ]),
            Wording(
                403,
                "PermissionDenied: Permission 'run.routes.invoke' denied on resource (or it may not exist), HTTP 403"),
        ],
        .headersMissing: [
            Wording(
                401,
                logs: [["Authentication credentials were not provided."], ["[Nest] ERROR [AuthGuard] No auth token"]]),
            Wording(403, kind: "ws", logs: [["ws upgrade denied: want header x-board-session, have none"], []]),
            Wording(401, kind: "http", logs: [["gin-jwt: auth header is empty"], ["cookie token is empty"]]),
            Wording(400, logs: [["headers must have required property 'x-api-version' (FST_ERR_VALIDATION)"]]),
            Wording(close: 4401, kind: "ws", logs: [["connection without session cookie was turned away"], []]),
        ],
        .tokenRejected: [
            Wording(
                401,
                logs: [
                    ["rest_framework_simplejwt.exceptions.InvalidToken: Given token not valid for any token type"],
                    ["Token is blacklisted"],
                ]),
            Wording(
                401,
                logs: [
                    ["go-jose/go-jose/jwt: validation failed, invalid audience claim (aud)"],
                    [
                        "oidc: id token issued by a different provider, expected \"https://id.test\" got \"https://old.test\""
                    ], ["square/go-jose: error in cryptographic primitive while checking JWS"],
                ]),
            Wording(
                403,
                logs: [["[JwtStrategy] jwt not active yet"], ["UnauthorizedException: JWT is past its exp, {s}s late"]]),
            Wording(
                close: 4401, kind: "ws", logs: [["subscriber presented a stale bearer: token is expired by {n}m"], []]),
        ],
        .accessDenied: [
            Wording(
                403,
                logs: [
                    ["django.core.exceptions.PermissionDenied: {user} may not view ticket {n}"],
                    ["You do not have permission to perform this action."],
                ]),
            Wording(403, kind: "http", logs: [["casbin: ({user}, {path}, GET) was denied by policy"], []]),
            Wording(403, kind: "ws", logs: [["websocket: request origin not allowed by Upgrader.CheckOrigin"]]),
            Wording(
                403,
                logs: [["rpc error: code = PermissionDenied desc = principal {user} does not have role board.admin"]]),
        ],
        .unhandledException: [
            Wording(
                500,
                logs: [
                    [
                        "Internal Server Error: {path}", "Traceback (most recent call last):",
                        "tickets.models.Board.MultipleObjectsReturned", "IndexError: list index out of range",
                    ]
                ]),
            Wording(
                500,
                logs: [
                    [
                        "[Recovery] panic recovered: runtime error: invalid memory address or nil pointer dereference",
                        "/src/handlers/board.go:{line}",
                    ]
                ]),
            Wording(
                500,
                logs: [
                    [
                        "[Nest] ERROR [ExceptionsHandler] Cannot read properties of null (reading 'columns')",
                        "TypeError: Cannot read properties of null (reading 'columns')",
                    ]
                ]),
            Wording(
                close: 1011, kind: "ws",
                logs: [
                    [
                        "Error handling request", "aiohttp.web_protocol",
                        "UnboundLocalError: local variable 'room' referenced before assignment",
                    ], [],
                ]),
        ],
        .routeMissing: [
            Wording(404), Wording(404, kind: "http", "404 came back, wanted 200"),
            Wording(404, logs: [["Not Found: {path}"]]), Wording(405),
        ],
        .noInstance: [
            Wording(
                503, kind: "http", "503 came back, wanted 200",
                logs: [["The request was aborted because there was no available instance."]]),
            Wording(503, logs: [["response_code_details: no_healthy_upstream, cluster {service}"]]),
            Wording(429, kind: "http", "429 came back, wanted 200"),
            Wording(
                500,
                logs: [
                    ["The request failed because the instance could not start successfully. See the container's log"]
                ]),
        ],
        .streamTimeout: [
            Wording(kind: "sse", "first event did not come within {ms} ms"),
            Wording("asyncio.exceptions.TimeoutError while awaiting the next chunk of {path}"),
            Wording("page.waitForEvent: Timeout {ms}ms exceeded while waiting for event \"stream-token\""),
            Wording(
                "context deadline exceeded (Client.Timeout or context cancellation while reading body) on event stream"),
            Wording(504, kind: "sse"),
        ],
        .notReady: [
            Wording(503, kind: "http", "503 came back, wanted 200"),
            Wording(
                503,
                logs: [
                    [
                        "Startup probe failed: dial tcp {ip}:8080: connection refused; container {service} will be restarted"
                    ]
                ]),
            Wording(kind: "http", "no answer: connection reset"),
        ],
        .dependencyDown: [
            Wording(
                500,
                logs: [
                    [
                        "django.db.utils.OperationalError: could not translate request: server at postgres closed the connection unexpectedly"
                    ],
                    [
                        "psycopg.OperationalError: connection failed: connection to server at \"{ip}\", port 5432 failed: No route to host"
                    ],
                ]),
            Wording(
                503,
                logs: [
                    ["[Nest] ERROR [TypeOrmModule] Unable to connect to the database (postgres). Retrying ({n})..."],
                    [
                        "failed to connect to `host={ip} user=app database=boards`: dial error (dial tcp {ip}:5432: i/o timeout) pgx"
                    ],
                ]),
            Wording(
                500,
                logs: [["PrismaClientInitializationError: Can't reach database server at `{ip}`:`5432` (postgres)"]]),
            Wording(
                close: 1011, kind: "ws",
                logs: [
                    [
                        "asyncpg.exceptions.ConnectionDoesNotExistError: connection was closed in the middle of operation; postgres is shutting down"
                    ], [],
                ]),
            Wording(502),
        ],
        .configurationChanged: [
            Wording(
                500,
                logs: [
                    ["django.core.exceptions.ImproperlyConfigured: STORAGE_DRIVER must be one of fs, gcs"],
                    ["unknown storage driver \"s4\""],
                ]),
            Wording(503, logs: [["config: storage_driver: no such plugin"]]),
            Wording(409, logs: [["StorageDriverError: s4 is not installed"]]),
        ],
        .secretChanged: [
            Wording(
                401,
                logs: [
                    ["django.core.signing.BadSignature: Signature does not match"],
                    ["go-jose: verification failed: signature invalid"],
                ]),
            Wording(
                500,
                logs: [
                    ["cryptography.fernet.InvalidToken: decrypt failed"],
                    ["Error: Unsupported state or unable to authenticate data (aes-gcm decipher failed)"],
                ]),
        ],
        .memoryExceeded: [
            Wording(
                503, kind: "http", "503 came back, wanted 200",
                logs: [["Memory limit of 1024 MiB exceeded with 10{n} MiB used."], []]),
            Wording(
                500,
                logs: [
                    ["runtime: out of memory: cannot allocate {n}8576-byte block"],
                    ["terminate called after throwing an instance of 'std::bad_alloc'"],
                    ["<--- Last few GCs ---> Mark-Compact ... allocation failure; JavaScript heap out of memory"],
                ]),
            Wording(502, logs: [["gunicorn: Worker (pid:{n}) was sent SIGKILL! Perhaps out of memory?"]]),
        ],
        .nameUnresolved: [
            Wording(
                "aiohttp.client_exceptions.ClientConnectorDNSError: Cannot connect to host hooks.{service}.example.net:443 [Name or service not known]"
            ),
            Wording("dial tcp: lookup hooks.{service}.example.net on 169.254.169.254:53: no such host"),
            Wording(kind: "http", "the name hooks.{service}.example.net has no address"),
            Wording("cy.visit() failed: getaddrinfo EAI_AGAIN hooks.{service}.example.net"),
        ],
        .tlsFailed: [
            Wording(
                "aiohttp.client_exceptions.ClientConnectorCertificateError: certificate verify failed: Hostname mismatch"
            ),
            Wording("tls: failed to verify certificate: x509: certificate is valid for a.test, not b.test"),
            Wording("Error: unable to verify the first certificate (UNABLE_TO_VERIFY_LEAF_SIGNATURE)"),
            Wording(kind: "tls", "the certificate ended {n} days ago"),
        ],
        .connectionRefused: [
            Wording(
                "aiohttp.client_exceptions.ClientConnectorError: Cannot connect to host {ip}:443 [Connect call failed ('{ip}', 443)]"
            ),
            Wording("Get \"https://{ip}/\": dial tcp {ip}:443: connect: connection refused"),
            Wording("page.goto: net::ERR_CONNECTION_REFUSED at https://{ip}/"),
            Wording(kind: "http", "no connection: refused"),
        ],
        .rateLimited: [
            Wording(429, logs: [["Request was throttled. Expected available in {n} seconds."]]), Wording(429),
            Wording(503, logs: [["upstream said: Too Many Requests, backing off {s}s"]]),
            Wording(429, logs: [["rpc error: code = ResourceExhausted desc = quota exceeded for reads per minute"]]),
        ],
        .latencyMissed: [
            Wording("✗ http_req_duration..............: p(95)={ms}ms, above 500ms"),
            Wording(kind: "load", "p99 = {ms} ms, wanted less than 900 ms"),
            Wording("AssertionError: {ms} not less than 450 : response time in ms"),
            Wording(200, kind: "http", "first byte after {ms} ms, at most 300 ms"),
        ],
        .unknown: [
            Wording("AssertionError: 'open' != 'closed'"), Wording(200, kind: "http", "`$.items` selects nothing"),
            Wording("expect(received).toEqual(expected) // deep equality"),
        ],
    ]
}
