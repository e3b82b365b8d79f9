import Loop

/// What happens to instances, and to what the program needs.
extension FifthWordings {
    static let platform: [CauseKind: [Wording]] = [
        .noInstance: [
            Wording(
                429, kind: "http",
                logs: [["The request was aborted because there was no available instance."]]),
            Wording(
                500, kind: "http",
                logs: [
                    [
                        "The request was aborted because there was no available instance. Severity: the maximum number of container instances has been reached."
                    ]
                ]),
            Wording(
                "status code was: 503, expected: 200, body: 503 Service Unavailable No server is available to handle this request."
            ),
            Wording(503, kind: "http", "the answer is 503: no available server"),
            Wording(
                503, nil, logs: [["<NOSRV> 503 no server of the backend can take it, queue of the backend is full"]]),
        ],
        .notReady: [
            Wording(503, kind: "http", logs: [["SRHCK01001: Reporting health down status: readiness"], []]),
            Wording(
                503, nil,
                logs: [
                    ["Failed to start application (with profile prod): port 8080 is in use"],
                    ["Startup probe of container app-1 did not succeed in 240 s, giving up on the revision"],
                    ["Oops, cannot start the server. configuration of play.http.secret"],
                    ["Swift runtime failure during boot, container exited with status 132"],
                    ["The container exited before it listened on PORT"],
                ]),
            Wording("waited {s} s for /readyz of {service}, last answer 503"),
            Wording(503, kind: "ws", "handshake refused: 503"),
            Wording(
                "status code was: 503, expected: 200, body {\"status\":\"starting\",\"checks\":[{\"name\":\"migrations\",\"status\":\"DOWN\"}]}"
            ),
        ],
        .dependencyDown: [
            Wording(
                500, kind: "http",
                logs: [
                    [
                        "com.datastax.oss.driver.api.core.AllNodesFailedException: Could not reach any contact point, make sure you've provided valid addresses"
                    ],
                    ["ORA-12541: Cannot connect. No listener at host {ip} port 1521."],
                    ["MySQL server has gone away at lib/Media/Model.pm line {line}."],
                    [
                        "PostgresNIO: connectionError, underlying: connect(descriptor:addr:size:): Connection refused (errno: 111)"
                    ],
                ]),
            Wording(
                503, nil,
                logs: [
                    [
                        "org.apache.pulsar.client.api.PulsarClientException$TimeoutException: broker at {ip}:6650 does not answer lookups"
                    ],
                    ["etcdserver: no leader"], ["memcache: no servers configured or available"],
                    ["Circuit breaker 'recommendations' is open, call not permitted"],
                ]),
            Wording(
                500, nil,
                logs: [
                    ["An exception occurred in the driver: SQLSTATE[HY000] [2006] MySQL server has gone away"],
                    ["hasql: ConnectionError (Just \"could not connect to server: Connection refused\")"],
                    [
                        "SocketException: Connection timed out (OS Error: Connection timed out, errno = 110), address = {ip}, port = 5432"
                    ],
                    [
                        "libpq: server closed the connection unexpectedly. This probably means the server terminated abnormally"
                    ],
                ]),
            Wording(
                502, kind: "http",
                logs: [
                    ["AH01114: HTTP: failed to make connection to backend: {ip}"],
                    ["dial tcp {ip}:8081: connect: no route to host"],
                ]),
            Wording(
                close: 1011, kind: "ws",
                logs: [
                    ["lost the subscription: redis server closed the connection"],
                    ["MQTT broker unreachable, channel dropped"],
                ]),
            Wording("status code was: 503, expected: 200, body {\"status\":\"error\",\"postgres\":\"unreachable\"}"),
        ],
        .configurationChanged: [
            Wording(
                500, kind: "http",
                logs: [
                    [
                        "SRCFG00014: The config property transcoder.backend is required but it could not be found in any config source"
                    ],
                    ["Environment variable not found: \"TRANSCODER_BACKEND\"."],
                    ["No configuration setting found for key 'transcoder.backend'"],
                    ["unsupported TRANSCODER_BACKEND, use one of ffmpeg, gstreamer"],
                ]),
            Wording(
                500, nil,
                logs: [
                    ["Abort.500: Missing process environment TRANSCODER_BACKEND"],
                    ["panic: config: TRANSCODER_BACKEND has a value that is not known"],
                ]),
            Wording(503, kind: "http", logs: [["Deno.env: TRANSCODER_BACKEND must be one of ffmpeg, gstreamer"]]),
            Wording("status code was: 500, expected: 200, body {\"reason\":\"transcoderBackend 'x' has no driver\"}"),
        ],
        .secretChanged: [
            Wording(
                401, kind: "http",
                logs: [
                    ["JWTError: signature verification failed"],
                    ["JwtTokenSignatureMismatched: token signature mismatched"],
                    [
                        "#error {:cause \"Message seems corrupt or manipulated.\", :data {:type :validation, :cause :signature}}"
                    ],
                    [
                        "JWT: decode/decrypt failed, HMAC of the signature does not match at /app/lib/Media/Auth.pm line {line}."
                    ],
                ]),
            Wording(
                401, nil,
                logs: [
                    ["JWT signature verification failed for {user}"], ["JWSError JWSInvalidSignature"],
                    ["Unable to verify the given JWT through the given configuration, bad signature"],
                ]),
            Wording(403, kind: "http", logs: [["cookie rejected: signature of the session does not verify"]]),
            Wording("status code was: 401, expected: 200, body {\"error\":\"wrong signature\"}"),
            Wording(close: 4401, kind: "ws", logs: [["ticket of {user} has an invalid signature"]]),
        ],
        .memoryExceeded: [
            Wording(
                503, kind: "http",
                logs: [
                    ["Memory limit of 512 MiB exceeded with 51{n} MiB used. Consider increasing the memory limit."],
                    ["Container worker-1 was killed: it used more memory than allowed"],
                ]),
            Wording(
                500, nil,
                logs: [
                    ["java.lang.OutOfMemoryError: GC overhead limit exceeded"],
                    ["RangeError: Array buffer allocation failed"],
                    ["Out of memory! perl: request for {n}000000 bytes"],
                    ["terminate called after throwing an instance of 'std::bad_alloc'"],
                    ["media: Heap exhausted; current maximum heap size is 536870912 bytes"],
                ]),
            Wording(
                502, nil,
                logs: [
                    ["Out of memory: Killed process {n} (media) total-vm:1048576kB"],
                    ["Exhausted heap space, trying to allocate 16777232 bytes."],
                ]),
            Wording(
                503, kind: "http", "answer: 503", logs: [["instance ended by SIGKILL after it passed its memory limit"]]
            ),
        ],
    ]
}
