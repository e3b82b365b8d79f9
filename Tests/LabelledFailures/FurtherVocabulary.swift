import Loop

/// A set that rules were measured with before they were mended by it: Java (Spring, Netty, JUnit), .NET, Ruby (Rails), PHP
/// (Laravel), Rust, Elixir (Phoenix), browsers.
extension Vocabulary {
    package static let further = Vocabulary(
        name: "further", wordings: FurtherWordings.all,
        statuses: [
            400: [
                "org.opentest4j.AssertionFailedError: expected: <200 OK> but was: <400 BAD_REQUEST>",
                "Response status code does not indicate success: 400",
            ],
            401: [
                "org.opentest4j.AssertionFailedError: expected: <200 OK> but was: <401 UNAUTHORIZED>",
                "Response status code does not indicate success: 401 (Unauthorized).",
                "Handshake status 401 Unauthorized",
            ],
            403: [
                "The status line is: HTTP/1.1 403 Forbidden", "Expected HTTP 101 response but was '403 Forbidden'",
                "Error during WebSocket handshake: Unexpected response code: 403",
                "Expected response to be a <2XX: success>, but was a <403: Forbidden>",
            ],
            404: [
                "ActionController::RoutingError (No route matches [GET] \"{path}\"), got 404",
                "Expected response status code [200] but received 404.", "status: 404 Not Found, url: {path}",
            ],
            429: ["Response status code does not indicate success: 429 (Too Many Requests).", "HTTP/2 429"],
            500: [
                "Response status code does not indicate success: 500 (Internal Server Error).",
                "Expected response status code [200] but received 500.",
                "HttpServerErrorException$InternalServerError: 500 : \"{\\\"error\\\":\\\"oops\\\"}\"",
                "curl: (22) The requested URL returned error: 500",
            ],
            502: [
                "HttpServerErrorException$BadGateway: 502 Bad Gateway",
                "curl: (22) The requested URL returned error: 502",
            ],
            503: [
                "Response status code does not indicate success: 503 (Service Unavailable).",
                "HttpServerErrorException$ServiceUnavailable: 503 : [no body]",
                "Expected response status code [200] but received 503.",
            ],
            504: ["HttpServerErrorException$GatewayTimeout: 504", "curl: (22) The requested URL returned error: 504"],
        ],
        closes: [
            "CloseStatus[code={code}, reason=null] before the first frame",
            "onclose: CloseEvent code {code} wasClean=false",
            "close frame: status {code} after {n} frames",
        ],
        skips: [
            "Assumption failed: target environment is not staging",
            "org.junit.AssumptionViolatedException: could not detect deployment stage, environment=null",
            "[SKIPPED] env profile 'live' undetected",
            "Skipping: this spec needs a live environment and found none (unknown)",
            "Test ignored: cannot determine environment from base url",
        ],
        noise: [
            "o.s.web.servlet.DispatcherServlet : Completed initialization in {n} ms",
            "Started {route} for {ip} at {time}",
            "info: Microsoft.AspNetCore.Hosting.Diagnostics[1] Request starting HTTP/1.1 {route}",
            "[info] Sent 200 in {n}ms",
            "tower_http::trace: started processing request request_id={uuid}",
        ],
        routes: [
            "GET /v2/orders/{n}", "POST /v2/orders", "GET /v2/carts/{uuid}", "PATCH /v2/customers/{n}",
            "GET /v2/catalogue",
            "POST /v2/payments", "GET /v2/shipments/{id}/track", "PUT /v2/preferences", "DELETE /v2/tokens/{n}",
            "GET /v2/feeds",
        ], changedSetting: "env.PRICE_ENGINE")
}
