import Loop

/// What takes too long, and what does not arrive.
extension FourthWordings {
    static let network: [CauseKind: [Wording]] = [
        .streamTimeout: [
            Wording(
                kind: "sse", "no event within {ms} ms",
                logs: [[], ["org.springframework.web.context.request.async.AsyncRequestTimeoutException"]]),
            Wording(
                504, kind: "sse", "answer: stream timeout",
                logs: [
                    [
                        "The request has been terminated because it has reached the maximum request timeout. To change this limit, see https://cloud.google.com/run/docs/configuring/request-timeout"
                    ]
                ]),
            Wording(
                kind: "sse", "the stream ended after {n} events, before its last one",
                logs: [
                    [
                        "upstream timed out (110: Connection timed out) while reading upstream, request: \"{route} HTTP/1.1\""
                    ], [],
                ]),
            Wording("TypeError: terminated, [cause]: BodyTimeoutError: Body Timeout Error, {n} events of {path} read"),
            Wording(
                "httpx.RemoteProtocolError: peer closed connection without sending complete message body (incomplete chunked read)"
            ),
            Wording(
                "event stream {path}: context deadline exceeded (Client.Timeout or context cancellation while reading body)"
            ),
            Wording("server-sent events: nothing received for {s} s, giving up"),
            Wording("rpc error: code = DeadlineExceeded desc = stream idle for {s}s after {n} messages"),
            Wording("page.evaluate: net::ERR_INCOMPLETE_CHUNKED_ENCODING while reading EventSource {path}"),
        ],
        .answerTimeout: [
            Wording(kind: "http", "no answer within {ms} ms"),
            Wording(
                504, kind: "http", "answer: upstream request timeout",
                logs: [
                    [],
                    [
                        "The request has been terminated because it has reached the maximum request timeout. To change this limit, see https://cloud.google.com/run/docs/configuring/request-timeout"
                    ],
                    [
                        "upstream timed out (110: Connection timed out) while reading response header from upstream, request: \"{route} HTTP/1.1\""
                    ],
                ]),
            Wording("AxiosError: timeout of 10000ms exceeded"),
            Wording(
                "requests.exceptions.ReadTimeout: HTTPSConnectionPool(host='{service}.example.com', port=443): Read timed out. (read timeout=10)"
            ),
            Wording(
                "Get \"https://{service}.example.com{path}\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
            ),
            Wording("rpc error: code = DeadlineExceeded desc = context deadline exceeded"),
            Wording("java.net.http.HttpTimeoutException: request timed out"),
            Wording("The request was canceled due to the configured HttpClient.Timeout of 10 seconds elapsing."),
            Wording(
                "cURL error 28: Operation timed out after 10001 milliseconds with 0 bytes received for https://{service}.example.com{path}"
            ),
            Wording("TimeoutError: apiRequestContext.get: Request timed out after 10000ms"),
            Wording("GET {path} [errored] ESOCKETTIMEDOUT"),
            Wording(
                500, nil,
                logs: [
                    ["Rack::Timeout::RequestTimeoutException: Request ran for longer than 15000ms"],
                    ["[CRITICAL] WORKER TIMEOUT (pid:{n})"],
                ]),
        ],
        .nameUnresolved: [
            Wording("Error: getaddrinfo ENOTFOUND {service}-7xk2.a.run.app"),
            Wording(
                "Get \"https://{service}.example.test{path}\": dial tcp: lookup {service}.example.test on 169.254.169.254:53: no such host"
            ),
            Wording("httpx.ConnectError: [Errno -2] Name or service not known"),
            Wording("java.net.UnknownHostException: {service}.example.test"),
            Wording("cURL error 6: Could not resolve host: {service}.example.test"),
            Wording("page.goto: net::ERR_NAME_NOT_RESOLVED at https://{service}.example.test{path}"),
            Wording(
                "Socket::ResolutionError: Failed to open TCP connection to {service}.example.test:443 (getaddrinfo(3): Temporary failure in name resolution)"
            ),
            Wording("error trying to connect: dns error: failed to lookup address information"),
            Wording("%Mint.TransportError{reason: :nxdomain}"),
            Wording(kind: "http", "no answer: getaddrinfo EAI_AGAIN {service}.example.test"),
        ],
        .tlsFailed: [
            Wording("tls: failed to verify certificate: x509: certificate signed by unknown authority"),
            Wording("Error: certificate has expired, code: 'CERT_HAS_EXPIRED'"),
            Wording(
                "javax.net.ssl.SSLHandshakeException: PKIX path building failed: unable to find valid certification path to requested target"
            ),
            Wording(
                "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch, certificate is not valid for '{service}.example.com'."
            ),
            Wording("page.goto: net::ERR_CERT_COMMON_NAME_INVALID at https://{service}.example.com{path}"),
            Wording("cURL error 60: SSL certificate problem: self-signed certificate in certificate chain"),
            Wording(
                "The remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch"
            ),
            Wording("write EPROTO error:0A00010B:SSL routines:ssl3_get_record:wrong version number"),
            Wording("invalid peer certificate: UnknownIssuer"),
            Wording(kind: "http", "no answer: TLS alert, handshake failure"),
        ],
        .connectionRefused: [
            Wording("Error: connect ECONNREFUSED {ip}:443"),
            Wording("Get \"https://{service}.example.com{path}\": dial tcp {ip}:443: connect: connection refused"),
            Wording(
                "requests.exceptions.ConnectionError: Max retries exceeded with url: {path} (Caused by NewConnectionError('Failed to establish a new connection: [Errno 111] Connection refused'))"
            ),
            Wording("java.net.ConnectException: Connection refused"),
            Wording("page.goto: net::ERR_CONNECTION_REFUSED at https://{service}.example.com{path}"),
            Wording(
                "cURL error 7: Failed to connect to {service}.example.com port 443 after 2 ms: Couldn't connect to server"
            ),
            Wording("%Mint.TransportError{reason: :econnrefused}"),
            Wording(
                "System.Net.Http.HttpRequestException: No connection could be made because the target machine actively refused it. ({service}:8080)"
            ),
            Wording(kind: "http", "no answer: tcp connect error: Connection refused (os error 111)"),
        ],
        .rateLimited: [
            Wording(429, kind: "http", logs: [[], ["Request was throttled. Expected available in {s} seconds."]]),
            Wording(
                429, nil,
                logs: [
                    ["Illuminate\\Http\\Exceptions\\ThrottleRequestsException: Too Many Attempts."],
                    [
                        "io.github.resilience4j.ratelimiter.RequestNotPermitted: RateLimiter 'orders' does not permit further calls"
                    ],
                    ["[Rack::Attack] throttle {ip} GET {path}"],
                    ["ratelimit 5 per 1 minute ({ip}) exceeded at endpoint: {path}"],
                ]),
            Wording(
                503, kind: "http",
                logs: [["[error] {n}#{n}: *{n} limiting requests, excess: 20.{n} by zone \"api\", client: {ip}"]]),
            Wording("expected 429 to equal 200, body: local_rate_limited"),
            Wording("AxiosError 429: Too many requests, please try again later."),
            Wording(
                "rpc error: code = ResourceExhausted desc = Quota exceeded for quota metric 'Requests' and limit 'Requests per minute'"
            ),
        ],
        .latencyMissed: [
            Wording("thresholds on metrics 'http_req_duration' have been crossed"),
            Wording("✗ 'p(95)<500' p(95)={ms}ms"),
            Wording("Response time is less than 500ms | AssertionError: expected {ms} to be below 500"),
            Wording(
                "The operation lasted too long: It took {ms} milliseconds, but should not have lasted longer than 500 milliseconds."
            ),
            Wording("Global: 95th percentile of response time is less than 500.0 : false (actual : {ms}.0)"),
            Wording("Expected response time was not a value less than <500L> milliseconds, was {ms} milliseconds"),
            Wording(kind: "load", "p99 of {route} was {ms} ms, the limit is 500 ms"),
            Wording("ensure: condition failed: http.response_time.p95 < 500, got {ms}"),
        ],
    ]
}
