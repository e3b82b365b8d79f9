import Loop

/// What happens to instances, to what the program needs, and on the way.
extension SixthWordings {
    static let platform: [CauseKind: [Wording]] = [
        .noInstance: [
            Wording(503, kind: "http", logs: [["The request was aborted because there was no available instance."]]),
            Wording(
                429, kind: "http",
                logs: [
                    [
                        "The request was aborted because there was no available instance. Additional troubleshooting documentation can be found in the guide."
                    ]
                ]),
            Wording("Status code was 503, expected 200, body: upstream connect error: no healthy upstream"),
            Wording(503, nil, logs: [["istio: UH no_healthy_upstream {route}"]]),
        ],
        .notReady: [
            Wording(503, kind: "http", logs: [[], ["readiness: migrations pending, not ready"]]),
            Wording(
                503, nil,
                logs: [
                    [
                        "Hosting failed to start: System.IO.IOException: Failed to bind to address http://[::]:8080: address already in use."
                    ], ["gunicorn: Worker failed to boot."], ["Container called exit(3)."],
                    ["STARTUP HTTP probe failed 10 times consecutively for container \"app\" on path \"/up\""],
                ]),
            Wording("waited 120 s until {service} becomes healthy, it did not: last 503"),
            Wording(503, kind: "ws", "the upgrade was turned down with 503"),
        ],
        .dependencyDown: [
            Wording(
                500, kind: "http",
                logs: [
                    ["pq: cockroach: failed to connect to {ip}:26257: connection refused"],
                    [
                        "sqlalchemy.exc.OperationalError: (pymysql.err.OperationalError) (2003, \"Can't connect to MySQL server on 'db' ([Errno 111] Connection refused)\")"
                    ], ["ServiceUnavailable: Couldn't connect to {ip}:7687 (resolved to ())"],
                ]),
            Wording(
                503, nil,
                logs: [
                    [
                        "com.couchbase.client.core.error.UnambiguousTimeoutException: KV not reachable, ENDPOINT_NOT_AVAILABLE"
                    ],
                    [
                        "javax.jms.JMSException: Could not connect to broker URL: tcp://{ip}:61616. Reason: Connection refused"
                    ], ["redis-rb: Connection lost (ECONNRESET)"],
                ]),
            Wording(
                500, nil,
                logs: [
                    ["EndpointConnectionError: Could not connect to the endpoint URL: \"http://{ip}:8000/\""],
                    [
                        "A network-related or instance-specific error occurred while establishing a connection to SQL Server. The server was not found or was not accessible."
                    ], ["mongo: no reachable servers"],
                ]),
            Wording(
                502, kind: "http",
                logs: [
                    ["kong: connect() failed (113: No route to host) while connecting to upstream"],
                    ["istio: UF,URX upstream_reset_before_response_started{connection_failure}"],
                ]),
            Wording(close: 1011, kind: "ws", logs: [["SignalR backplane: redis is not connected"]]),
        ],
        .memoryExceeded: [
            Wording(
                503, kind: "http",
                logs: [
                    ["Memory limit of 512 MiB exceeded with 52{n} MiB used."], ["the kernel's oom killer took pid {n}"],
                ]),
            Wording(
                500, nil,
                logs: [
                    ["MemoryError: Unable to allocate 1.5 GiB for an array"],
                    ["OutOfMemoryException: Insufficient memory to continue the execution of the program."],
                    ["ERROR: OutOfMemoryError()"],
                ]),
            Wording(
                502, nil,
                logs: [
                    ["could not allocate memory [OutOfMemDefect]"], ["worker exited on signal 9 (SIGKILL), rss 530 MB"],
                ]),
        ],
        .streamTimeout: [
            Wording(kind: "sse", "after {n} events nothing more came for {ms} ms"),
            Wording(504, kind: "sse", "answer: 504, the stream was cut"),
            Wording("aiohttp ClientPayloadError: Response payload is not completed: ContentLengthError, stream {path}"),
            Wording("tonic: status: Cancelled, message: \"h2 protocol error: stream timed out\""),
            Wording("http: LogLevel.ERROR: IncompleteRead(214 bytes read) of the event stream {path}"),
            Wording("Server timeout elapsed without receiving a message from the server, stream of {path}"),
        ],
        .answerTimeout: [
            Wording(kind: "http", "no response after {ms} ms"),
            Wording(
                504, kind: "http", "answer: Gateway Timeout",
                logs: [
                    [],
                    [
                        "kong: upstream timed out (110: Connection timed out) while reading response header from upstream"
                    ],
                ]),
            Wording("http: error: Request timed out (30.0s)."), Wording("Error 524: A timeout occurred"),
            Wording("reqwest::Error { kind: Request, source: TimedOut }"),
            Wording("Invoke-WebRequest: The operation has timed out."),
            Wording(
                "System.Threading.Tasks.TaskCanceledException: A task was canceled. The operation took longer than 100 s"
            ),
            Wording("** (ExUnit.TimeoutError) test timed out after 60000ms while it waited for {route}"),
            Wording(500, nil, logs: [["sanic: Response Timeout, handler cancelled"]]),
        ],
        .nameUnresolved: [
            Wording("wget: unable to resolve host address '{service}.fleet.test'"),
            Wording("Invoke-WebRequest: No such host is known. ({service}.fleet.test:443)"),
            Wording("io.netty.resolver.dns.DnsNameResolverTimeoutException: [{n}: A({service}.fleet.test)]"),
            Wording("puppeteer: net::ERR_NAME_NOT_RESOLVED at https://{service}.fleet.test"),
            Wording("http: error: ConnectionError: Failed to resolve '{service}.fleet.test'"),
            Wording(kind: "http", "no answer: the name {service}.fleet.test does not exist"),
        ],
        .tlsFailed: [
            Wording("wget: ERROR: cannot verify {service}.fleet.test's certificate, issued by 'CN=Fleet CA'"),
            Wording("Invoke-WebRequest: The SSL connection could not be established, see inner exception."),
            Wording("reqwest: error trying to connect: invalid peer certificate: NotValidForName"),
            Wording("puppeteer: net::ERR_CERT_AUTHORITY_INVALID"),
            Wording("http: error: SSLError: certificate verify failed: self-signed certificate"),
            Wording(kind: "http", "no answer: the handshake of TLS broke off"),
        ],
        .connectionRefused: [
            Wording("wget: connecting to {service}.fleet.test:443... failed: Connection refused."),
            Wording("Invoke-WebRequest: Connection refused ({service}.fleet.test:443)"),
            Wording("reqwest: error trying to connect: tcp connect error: Connection refused (os error 111)"),
            Wording("puppeteer: net::ERR_CONNECTION_REFUSED at https://{service}.fleet.test"),
            Wording("** (Req.TransportError) connection refused"),
            Wording(
                "io.netty.channel.AbstractChannel$AnnotatedConnectException: finishConnect(..) failed: Connection refused: {service}:443"
            ),
            Wording(kind: "http", "no answer: {ip}:443 refuses connections"),
        ],
        .latencyMissed: [
            Wording("expected response in under 300 ms, was {ms} ms"), Wording("SLO missed: p99 {ms} ms of 300 ms"),
            Wording("Elapsed time {ms} ms exceeds 300 ms"),
            Wording("Should finish in less than 300 milliseconds but took {ms} milliseconds"),
            Wording("tavern: response took {ms}ms, max 300ms"),
            Wording(kind: "load", "p95 of {route} is {ms} ms, at most 300 ms are wanted"),
        ],
    ]
}
