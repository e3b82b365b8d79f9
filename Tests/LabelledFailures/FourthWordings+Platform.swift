import Loop

/// What happens to instances, and to what the program needs.
extension FourthWordings {
    static let platform: [CauseKind: [Wording]] = [
        .noInstance: [
            Wording(
                503, kind: "http",
                logs: [
                    [
                        "The request was aborted because there was no available instance. Additional troubleshooting documentation can be found at: https://cloud.google.com/run/docs/troubleshooting#abort-request"
                    ]
                ]),
            Wording(
                429, kind: "http", "answer: Rate exceeded.",
                logs: [
                    [
                        "The request was aborted because there was no available instance. The Cloud Run service might have reached its maximum container instance limit or the service was otherwise not able to scale to incoming requests."
                    ]
                ]),
            Wording("expected 503 to equal 200, body: no healthy upstream"),
            Wording(
                500, nil,
                logs: [["Request was aborted after waiting too long to attempt to service your request."]]),
            Wording(503, kind: "http", "answer: no healthy upstream, response flags UH"),
        ],
        .notReady: [
            Wording(503, kind: "http", logs: [["Readiness probe failed: HTTP probe failed with statuscode: 503"], []]),
            Wording(
                503, nil,
                logs: [
                    [
                        "Default STARTUP TCP probe failed 1 time consecutively for container \"app-1\" on port 8080. The instance was not started."
                    ],
                    ["***************************", "APPLICATION FAILED TO START"],
                    ["ERROR:    Application startup failed. Exiting."],
                    ["Container called exit(1)."],
                ]),
            Wording("health endpoint never turned green, last answer 503 {\"status\":\"OUT_OF_SERVICE\"}"),
            Wording(
                503, nil,
                logs: [
                    [
                        "The user-provided container failed to start and listen on the port defined provided by the PORT=8080 environment variable within the allocated timeout."
                    ],
                    [
                        "** (Mix) Could not start application shop: Shop.Application.start(:normal, []) returned an error"
                    ],
                    ["bundler: failed to load command: puma (/usr/local/bundle/bin/puma)"],
                ]),
            Wording(503, kind: "ws", "Unexpected server response: 503"),
        ],
        .dependencyDown: [
            Wording(
                500, kind: "http",
                logs: [
                    [
                        "psycopg.OperationalError: connection to server at \"{ip}\", port 5432 failed: Connection refused Is the server running on that host and accepting TCP/IP connections?"
                    ],
                    [
                        "java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out after 30000ms (total=0, active=0, idle=0, waiting={n})"
                    ],
                    ["MongoServerSelectionError: Server selection timed out after 30000 ms"],
                    ["** (DBConnection.ConnectionError) tcp connect ({ip}:5432): connection refused - :econnrefused"],
                    ["SQLSTATE[HY000] [2002] Connection refused (Connection: mysql, SQL: select * from `carts`)"],
                ]),
            Wording(
                503, nil,
                logs: [
                    [
                        "rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: dial tcp {ip}:50051: connect: connection refused\""
                    ],
                    [
                        "MaxRetriesPerRequestError: Reached the max retries per request limit (which is 20). Refer to \"maxRetriesPerRequest\" option for details."
                    ],
                    ["Redis::CannotConnectError: Error connecting to Redis on {ip}:6379 (Errno::ECONNREFUSED)"],
                    ["pika.exceptions.AMQPConnectionError: [Errno 111] Connection refused"],
                ]),
            Wording(
                500, nil,
                logs: [
                    [
                        "[Producer clientId=producer-1] Connection to node -1 (kafka/{ip}:9092) could not be established. Node may not be available."
                    ],
                    [
                        "asyncpg.exceptions.ConnectionDoesNotExistError: connection was closed in the middle of operation"
                    ],
                    ["Npgsql.NpgsqlException (0x80004005): Failed to connect to {ip}:5432"],
                    [
                        "error occurred while acquiring a connection: pool timed out while waiting for an open connection"
                    ],
                    ["FATAL: the database system is starting up"],
                ]),
            Wording(
                502, kind: "http",
                logs: [
                    [
                        "[error] {n}#{n}: *{n} connect() failed (111: Connection refused) while connecting to upstream, upstream: \"http://{ip}:8081{path}\""
                    ],
                    [
                        "RedisConnectionException: It was not possible to connect to the redis server(s). UnableToConnect on {ip}:6379/Interactive"
                    ],
                ]),
            Wording(
                close: 1011, kind: "ws",
                logs: [
                    ["NATS: no servers available for connection"],
                    ["AMQP: CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'"],
                ]),
            Wording(
                "expected 503 to equal 200, body: {\"status\":\"DOWN\",\"components\":{\"db\":{\"status\":\"DOWN\"}}}"),
        ],
        .configurationChanged: [
            Wording(
                500, kind: "http",
                logs: [
                    [
                        "java.lang.IllegalArgumentException: Could not resolve placeholder 'payment.provider' in value \"${payment.provider}\""
                    ],
                    ["KeyError (key not found: \"PAYMENT_PROVIDER\"):"],
                    ["payment_provider: Input should be 'stripe' or 'adyen' [type=literal_error, input_type=str]"],
                    ["Error: unknown PAYMENT_PROVIDER, known are stripe and adyen"],
                ]),
            Wording(
                500, nil,
                logs: [
                    [
                        "** (System.EnvError) could not fetch environment variable \"PAYMENT_PROVIDER\" because it is not set"
                    ],
                    [
                        "System.InvalidOperationException: No service registered for configuration value Payment:Provider"
                    ],
                    [
                        "envconfig.Process: assigning PAYMENT_PROVIDER to Provider: converting 'x' to type payment.Provider"
                    ],
                ]),
            Wording(
                503, kind: "http",
                logs: [["❌ Invalid environment variables: { PAYMENT_PROVIDER: [ 'Invalid enum value' ] }"]]),
            Wording("expected 500 to be 200, body: {\"error\":\"PAYMENT_PROVIDER is not supported\"}"),
        ],
        .secretChanged: [
            Wording(
                401, kind: "http",
                logs: [
                    [
                        "io.jsonwebtoken.security.SignatureException: JWT signature does not match locally computed signature. JWT validity cannot be asserted and should not be trusted."
                    ],
                    ["JWSSignatureVerificationFailed: signature verification failed"],
                    ["jwt.exceptions.InvalidSignatureError: Signature verification failed"],
                    ["Firebase\\JWT\\SignatureInvalidException: Signature verification failed"],
                ]),
            Wording(
                401, nil,
                logs: [
                    ["token signature is invalid: crypto/rsa: verification error"],
                    ["IDX10511: Signature validation failed. Keys tried: 'System.Text.StringBuilder'."],
                    ["JWT::VerificationError (Signature verification raised)"],
                ]),
            Wording(
                403, kind: "http",
                logs: [
                    ["Signed JWT rejected: Invalid signature"], ["InvalidSignature in bearer token of request {id}"],
                ]),
            Wording("rpc error: code = Unauthenticated desc = signature is invalid"),
            Wording(close: 4401, kind: "ws", logs: [["JsonWebTokenError: invalid signature"]]),
        ],
        .memoryExceeded: [
            Wording(
                503, kind: "http",
                logs: [
                    [
                        "Memory limit of 512 MiB exceeded with 5{n} MiB used. Consider increasing the memory limit, see https://cloud.google.com/run/docs/configuring/memory-limits"
                    ],
                    [
                        "While handling this request, the container instance was found to be using too much memory and was terminated. This is likely to cause a new container instance to be used for the next request to this revision."
                    ],
                ]),
            Wording(
                500, nil,
                logs: [
                    ["java.lang.OutOfMemoryError: Java heap space"],
                    ["FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"],
                    [
                        "PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes)"
                    ],
                    ["fatal error: runtime: out of memory"],
                    ["[ERROR] Worker (pid:{n}) was sent SIGKILL! Perhaps out of memory?"],
                ]),
            Wording(
                502, nil,
                logs: [
                    ["eheap_alloc: Cannot allocate 2147483648 bytes of memory (of type \"heap\")."],
                    ["memory allocation of 1073741824 bytes failed"],
                    ["Exception of type 'System.OutOfMemoryException' was thrown."],
                ]),
            Wording(503, kind: "http", "answer: Service Unavailable", logs: [["Container terminated on signal 9."]]),
        ],
    ]
}
