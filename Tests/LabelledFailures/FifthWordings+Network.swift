import Loop

/// What takes too long, and what does not arrive.
extension FifthWordings {
    static let network: [CauseKind: [Wording]] = [
        .streamTimeout: [
            Wording(
                kind: "sse", "the stream went silent after {n} events, {ms} ms without one",
                logs: [[], ["Pekko: TCP idle-timeout encountered: connection idle for 60 seconds"]]),
            Wording(
                504, kind: "sse", "answer: 504 before the first event",
                logs: [["backend timed out while the stream was open"]]),
            Wording(kind: "sse", "the stream broke off: transfer closed with outstanding read data remaining"),
            Wording("curl: (18) transfer closed with outstanding read data remaining, event stream {path}"),
            Wording(
                "curl: (28) Operation too slow. Less than 1 bytes/sec transferred the last {s} seconds, stream of {path}"
            ),
            Wording("EventSource {path}: readyState CLOSED before the event `done`"),
            Wording("DeadlineExceeded: the response stream of Watch brought no message for {s}s"),
            Wording("timed out after {ms} ms waiting for the next chunk of {path}"),
            Wording("TimeoutException: Future not completed, waiting for event {n} of the stream"),
        ],
        .answerTimeout: [
            Wording(kind: "http", "the answer did not come within {ms} ms"),
            Wording(
                504, kind: "http", "answer: Gateway Timeout",
                logs: [[], ["haproxy: web/app1 {n}/0/0/-1/30001 504 sH-- the server did not answer in time"]]),
            Wording("curl: (28) Operation timed out after 30000 milliseconds with 0 bytes received"),
            Wording("Error: Timeout of 2000ms exceeded. For async tests and hooks, ensure \"done()\" is called"),
            Wording("io.micronaut.http.client.exceptions.ReadTimeoutException: Read Timeout"),
            Wording("HTTPClientError.deadlineExceeded"),
            Wording("TimeoutException: Futures timed out after [5 seconds]"),
            Wording("Net::ReadTimeout with #<TCPSocket:(closed)>"),
            Wording("java.util.concurrent.TimeoutException: the request of {path} has not been answered in 10 s"),
            Wording("Premature end: inactivity timeout while waiting for the response of {route}"),
            Wording("HttpExceptionRequest ResponseTimeout"),
            Wording(
                500, nil, logs: [["The request was cancelled by the server, it took longer than its limit of 15 s"]]),
        ],
        .nameUnresolved: [
            Wording("curl: (6) Could not resolve host: {service}.media.test"),
            Wording("error: getaddrinfo failed for {service}.media.test: nodename nor servname provided, or not known"),
            Wording("Can't connect: Name or service not known at t/e2e.t line {line}."),
            Wording("java.nio.channels.UnresolvedAddressException: {service}.media.test"),
            Wording("ConnectionFailure Network.Socket.getAddrInfo: does not exist (Name or service not known)"),
            Wording(
                "SocketException: Failed host lookup: '{service}.media.test' (OS Error: No address associated with hostname, errno = 7)"
            ),
            Wording("{failed_connect,[{to_address,{\"{service}.media.test\",443}},{inet,[inet],nxdomain}]}"),
            Wording(
                "WebDriverException: Reached error page: about:neterror?e=dnsNotFound&u=https://{service}.media.test"),
            Wording(kind: "http", "no answer: {service}.media.test has no address"),
        ],
        .tlsFailed: [
            Wording("curl: (60) SSL certificate problem: unable to get local issuer certificate"),
            Wording("curl: (35) error:0A000410:SSL routines::sslv3 alert handshake failure"),
            Wording("NIOSSLError.handshakeFailed(sslError: CERTIFICATE_VERIFY_FAILED)"),
            Wording(
                "HandshakeException: Handshake error in client (OS Error: CERTIFICATE_VERIFY_FAILED: certificate has expired)"
            ),
            Wording(
                "{tls_alert,{unknown_ca,\"TLS client: In state wait_cert generated CLIENT ALERT: Fatal - Unknown CA\"}}"
            ),
            Wording(
                "HttpExceptionRequest (InternalException (HandshakeFailed (Error_Protocol \"certificate rejected: [NameMismatch]\")))"
            ),
            Wording("WebDriverException: Reached error page: about:certerror?e=nssBadCert"),
            Wording("SSL peer certificate or SSH remote key was not OK"),
            Wording(kind: "http", "no answer: the certificate is for another name"),
        ],
        .connectionRefused: [
            Wording(
                "curl: (7) Failed to connect to {service}.media.test port 443 after 1 ms: Could not connect to server"),
            Wording("Can't connect to {service}.media.test:443 (Connection refused) at t/e2e.t line {line}."),
            Wording("NIOConnectionError: connect(descriptor:addr:size:): Connection refused (errno: 111)"),
            Wording("{failed_connect,[{to_address,{\"{service}\",8080}},{inet,[inet],econnrefused}]}"),
            Wording(
                "SocketException: Connection refused (OS Error: Connection refused, errno = 111), address = {ip}, port = 8080"
            ),
            Wording(
                "HttpExceptionRequest (ConnectionFailure Network.Socket.connect: does not exist (Connection refused))"),
            Wording("error: Unable to connect. Is the computer able to access the url? code: \"ConnectionRefused\""),
            Wording(
                "WebDriverException: Reached error page: about:neterror?e=connectionFailure&u=https://{service}.media.test"
            ),
            Wording(kind: "http", "no answer: nothing listens on {ip}:443"),
        ],
        .rateLimited: [
            Wording(429, kind: "http", logs: [[], ["bucket of {ip} is empty, next token in {s} s"]]),
            Wording(
                429, nil,
                logs: [
                    ["Symfony RateLimitExceededException: Rate Limit Exceeded"],
                    ["fiber limiter: {ip} went over 20 requests in 1m0s"],
                    ["throttled {user}: {n} calls in this window"], ["sinatra: slow down, {ip}"],
                ]),
            Wording(503, kind: "http", logs: [["mod_evasive: client {ip} throttled, too many requests to {path}"]]),
            Wording("status code was: 429, expected: 200, retry-after: {s}"),
            Wording("curl: (22) The requested URL returned error: 429"),
            Wording("grpcurl: ERROR: Code: ResourceExhausted Message: per-user quota used up, try later"),
        ],
        .latencyMissed: [
            Wording("responseTime was {ms} ms, should be < 400"),
            Wording("Latencies [mean, 95, 99] {ms}ms, {ms}ms, {ms}ms: 95 is above the objective of 400ms"),
            Wording("error: Assert duration, actual value is <{ms}>, expected: less than <400>"),
            Wording("expected the request to take at most 400 milliseconds, it took {ms}"),
            Wording("Test failed: 95%tile response time {ms} > 400 ms"),
            Wording("Failed asserting that {ms} (milliseconds of the answer) is less than 400."),
            Wording(kind: "load", "the median of {route} is {ms} ms, allowed are 400 ms"),
            Wording("p(90) of latency too high: {ms}ms instead of 400ms"),
        ],
    ]
}
