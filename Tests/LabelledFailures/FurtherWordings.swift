import Loop

enum FurtherWordings {
    static let all: [CauseKind: [Wording]] = [
        .callerNotInvoker: [
            Wording(403, kind: "http", "got 403 instead of 200: <title>Error: Forbidden</title>"),
            Wording(403, kind: "ws", "no 101 but 403 came for the upgrade"),
            Wording(
                403,
                "Error: Forbidden. Your client does not have permission to get URL <code>{path}</code> from this server., status 403"
            ),
            Wording(
                401,
                logs: [
                    [
                        "The request was not authorized to invoke this service. IAM principal lacks run.routes.invoke on {service}."
                    ]
                ]),
        ],
        .headersMissing: [
            Wording(
                401,
                logs: [
                    ["o.s.s.oauth2: Full authentication is required; Authorization header absent"],
                    ["Bearer was not supplied"],
                ]),
            Wording(403, kind: "ws", logs: [["handshake refused: required header X-Client-Id was not sent"], []]),
            Wording(
                400,
                logs: [
                    ["Missing request header 'X-Correlation-User' for method parameter of type String"],
                    ["Required request header 'X-Correlation-User' is not present."],
                ]),
            Wording(
                403, "Expected HTTP 101 response but was '403 Forbidden'",
                logs: [["[debug] connect/3 without credentials, closing the socket"]]),
        ],
        .tokenRejected: [
            Wording(
                401,
                logs: [
                    ["IDX10511: Signature validation failed. Keys tried: '1'. kid: '{id}'. token could not be matched"],
                    ["IDX10223: Lifetime validation failed. The token is expired. ValidTo: '{time}'"],
                ]),
            Wording(
                401,
                logs: [
                    ["io.jsonwebtoken.ExpiredJwtException: JWT expired {ms} milliseconds ago. Allowed clock skew: 0"],
                    ["An error occurred while attempting to decode the Jwt: The aud claim is not valid"],
                ]),
            Wording(
                403,
                logs: [
                    [
                        "JWT::InvalidIssuerError (Invalid issuer. Expected https://id.example.test, received https://old.example.test)"
                    ], ["JWT::VerificationError: Signature verification failed for the bearer credential"],
                ]),
            Wording(401, kind: "http", logs: [["jsonwebtoken: InvalidAudience while validating claims"], []]),
        ],
        .accessDenied: [
            Wording(
                403,
                logs: [
                    ["org.springframework.security.access.AccessDeniedException: Access is denied for user {user}"],
                    ["Pundit::NotAuthorizedError: not allowed to update? this Order"],
                ]),
            Wording(
                403, kind: "http", logs: [["This action is unauthorized: policy OrderPolicy denied user {n}"], []]),
            Wording(
                403, kind: "ws",
                logs: [
                    [
                        "[error] Could not check origin for Phoenix.Socket transport. Origin of the request: https://shop.example.test is not allowed"
                    ]
                ]),
        ],
        .unhandledException: [
            Wording(
                500,
                logs: [
                    [
                        "java.lang.NullPointerException: Cannot invoke \"com.acme.Order.total()\" because \"order\" is null",
                        "\tat com.acme.OrderService.price(OrderService.java:{line})",
                    ]
                ]),
            Wording(
                500,
                logs: [
                    [
                        "System.InvalidOperationException: Sequence contains no elements",
                        "   at Acme.Orders.Handler.Get() in /src/Handler.cs:line {line}",
                    ]
                ]),
            Wording(
                500,
                logs: [
                    [
                        "NoMethodError (undefined method `total' for nil:NilClass):",
                        "app/controllers/orders_controller.rb:{line}:in `show'",
                    ]
                ]),
            Wording(
                close: 1011, kind: "ws",
                logs: [
                    [
                        "thread 'tokio-runtime-worker' panicked at src/ws.rs:{line}:{n}:",
                        "called `Option::unwrap()` on a `None` value",
                    ], [],
                ]),
        ],
        .routeMissing: [
            Wording(404), Wording(404, kind: "http", "got 404 instead of 200"),
            Wording(404, logs: [["No mapping for {route}"]]),
            Wording(405, "Expected response status code [200] but received 405."),
        ],
        .noInstance: [
            Wording(
                503, kind: "http", "got 503 instead of 200",
                logs: [
                    [
                        "The request was aborted because there was no available instance. Additional troubleshooting documentation can be found online."
                    ], [],
                ]),
            Wording(503, logs: [["Revision {service} has reached its maximum number of instances; request dropped"]]),
            Wording(
                429, kind: "http", "got 429 instead of 200",
                logs: [["the request was aborted: no available instance at this time"]]),
        ],
        .streamTimeout: [
            Wording(kind: "sse", "no event came within {s} s; the stream was silent"),
            Wording(
                "java.util.concurrent.TimeoutException: Did not observe any item or terminal signal within {ms}ms in 'flux' (stream of {path})"
            ),
            Wording("SSE read timed out after {ms} ms, {n} events so far"),
            Wording("net::ERR_INCOMPLETE_CHUNKED_ENCODING: event stream ended before [DONE]"),
            Wording(504, kind: "sse", "got 504 instead of 200"),
        ],
        .notReady: [
            Wording(503, kind: "http", "got 503 instead of 200"),
            Wording(
                503,
                logs: [
                    ["Readiness probe failed: HTTP probe failed with statuscode: 503"], ["Container called exit(1)."],
                ]),
            Wording(kind: "http", "no answer: the port is closed"),
        ],
        .dependencyDown: [
            Wording(
                500,
                logs: [
                    [
                        "HikariPool-1 - Connection is not available, request timed out after {ms}ms. jdbc:postgresql://{ip}/shop"
                    ],
                    [
                        "PG::ConnectionBad (could not connect to server: Connection refused; is the server running on host \"{ip}\" and accepting TCP/IP connections on port 5432?)"
                    ],
                ]),
            Wording(
                503,
                logs: [
                    ["Npgsql.NpgsqlException (0x80004005): Failed to connect to {ip}:5432"],
                    [
                        "** (DBConnection.ConnectionError) tcp connect ({ip}:5432): connection refused - :econnrefused (Postgrex)"
                    ],
                ]),
            Wording(
                500,
                logs: [
                    ["SQLSTATE[08006] [7] timeout expired (pgsql: select * from orders)"],
                    ["error communicating with postgres database: Connection reset by peer (os error 104)"],
                ]),
            Wording(502),
            Wording(
                close: 1011, kind: "ws", logs: [["org.postgresql.util.PSQLException: Connection to {ip}:5432 refused."]]
            ),
        ],
        .configurationChanged: [
            Wording(
                500,
                logs: [
                    ["Could not resolve placeholder 'PRICE_ENGINE' in value \"${PRICE_ENGINE}\""],
                    ["System.ArgumentException: unknown PriceEngine 'turbo'"],
                ]),
            Wording(503, logs: [["PRICE_ENGINE=turbo is not one of: basic, exact"]]),
            Wording(
                422, "Expected response status code [200] but received 422.", logs: [["price engine turbo unavailable"]]
            ),
        ],
        .secretChanged: [
            Wording(
                401,
                logs: [
                    [
                        "io.jsonwebtoken.security.SignatureException: JWT signature does not match locally computed signature."
                    ], ["ActiveSupport::MessageVerifier::InvalidSignature: mismatch"],
                ]),
            Wording(
                500,
                logs: [
                    ["The MAC is invalid. (Illuminate\\Contracts\\Encryption\\DecryptException)"],
                    ["System.Security.Cryptography.CryptographicException: Padding is invalid and cannot be removed."],
                ]),
        ],
        .memoryExceeded: [
            Wording(
                503, kind: "http", "got 503 instead of 200",
                logs: [
                    [
                        "While handling this request, the container instance was found to be using too much memory and was terminated."
                    ], [],
                ]),
            Wording(
                500,
                logs: [
                    ["Exception in thread \"http-nio\" java.lang.OutOfMemoryError: Java heap space"],
                    [
                        "PHP Fatal error: Allowed memory size of 134217728 bytes exhausted (tried to allocate {n}0960 bytes)"
                    ], ["System.OutOfMemoryException: Exception of type 'System.OutOfMemoryException' was thrown."],
                ]),
            Wording(502, logs: [["eheap_alloc: Cannot allocate {n}48576 bytes of memory (of type \"heap\")."]]),
        ],
        .nameUnresolved: [
            Wording("java.net.UnknownHostException: www.{service}.example.org: nodename nor servname provided"),
            Wording(kind: "http", "no answer: DNS says NXDOMAIN for www.{service}.example.org"),
            Wording(
                "Failed to open TCP connection to www.{service}.example.org:443 (getaddrinfo: Temporary failure in name resolution)"
            ),
            Wording("net::ERR_NAME_NOT_RESOLVED at https://www.{service}.example.org/"),
        ],
        .tlsFailed: [
            Wording(
                "javax.net.ssl.SSLHandshakeException: PKIX path building failed: unable to find valid certification path to requested target"
            ),
            Wording(
                "The SSL connection could not be established: The remote certificate is invalid because of errors in the certificate chain: NotTimeValid"
            ),
            Wording("SSL_connect returned=1 errno=0 state=error: certificate verify failed (certificate has expired)"),
            Wording("net::ERR_CERT_COMMON_NAME_INVALID"),
        ],
        .connectionRefused: [
            Wording("java.net.ConnectException: Connection refused"),
            Wording("No connection could be made because the target machine actively refused it. ({ip}:443)"),
            Wording("Errno::ECONNREFUSED: Failed to open TCP connection to {ip}:443"),
            Wording("tcp connect error: Connection refused (os error 111)"),
        ],
        .rateLimited: [
            Wording(
                429, kind: "http", "got 429 instead of 200",
                logs: [
                    ["Rack::Attack throttled {ip} on {path}"],
                    [
                        "io.github.resilience4j.ratelimiter.RequestNotPermitted: RateLimiter 'orders' does not permit further calls"
                    ],
                ]),
            Wording(429), Wording(503, logs: [["Stripe::RateLimitError: Request rate limit exceeded, retry later"]]),
        ],
        .latencyMissed: [
            Wording("Expecting actual: {ms}L to be less than: 300L, response time in ms"),
            Wording(kind: "load", "99th percentile at {ms} ms is over its objective of 250 ms"),
            Wording("Threshold crossed: http_req_duration p(95)<500, measured {ms} ms"),
            Wording(200, kind: "http", "slower than allowed: {ms} ms in all, at most 700 ms"),
        ],
        .unknown: [
            Wording("Expecting value to be \"PAID\" but was \"OPEN\""),
            Wording(200, kind: "http", "the body does not have \"currency\""),
            Wording("Failed asserting that two arrays are equal."),
        ],
    ]
}
