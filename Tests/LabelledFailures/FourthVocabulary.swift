import Loop

/// Written without a look at the rules, in the words of Spring, Express, Django, FastAPI, Rails, ASP.NET Core, Go,
/// axum, Laravel, Phoenix and Ktor, of their drivers and token libraries, of Cloud Run, Envoy and nginx, and of pytest,
/// Jest, JUnit, k6, Newman and Playwright.
///
/// First measured, unseen (120 batches): purity 99.25 %, accuracy 83.38 %, 1.6 groups for each cause; of 494 failures
/// that name no cause 414 (83.81 %) were given none.
extension Vocabulary {
    package static let fourth = Vocabulary(
        name: "fourth", wordings: FourthWordings.all,
        statuses: [
            400: ["Request failed with status code 400", "Status expected:<200> but was:<400>"],
            401: [
                "Request failed with status code 401", "Status expected:<200> but was:<401>",
                "expected response to have status code 200 but got 401", "Expected: 200 Received: 401",
            ],
            403: [
                "Request failed with status code 403", "Status expected:<200> but was:<403>",
                "expected response to have status code 200 but got 403", "Expected: 200 Received: 403",
            ],
            404: [
                "Request failed with status code 404", "Status expected:<200> but was:<404>",
                "expected response to have status code 200 but got 404", "Expected: 200 Received: 404",
            ],
            405: ["Request failed with status code 405", "Status expected:<200> but was:<405>"],
            422: ["Request failed with status code 422", "Expected: 200 Received: 422"],
            429: ["Request failed with status code 429", "expected response to have status code 200 but got 429"],
            500: [
                "Request failed with status code 500", "Status expected:<200> but was:<500>",
                "expected response to have status code 200 but got 500", "Expected: 200 Received: 500",
                "500 Server Error: Internal Server Error for url: https://{service}.example.com{path}",
            ],
            502: ["Request failed with status code 502", "Expected: 200 Received: 502"],
            503: ["Request failed with status code 503", "expected response to have status code 200 but got 503"],
            504: ["Request failed with status code 504", "expected response to have status code 200 but got 504"],
        ],
        closes: [
            "WebSocket was closed by the server: code={code}, reason=''", "ws 'close' event, code {code}",
            "StatusCode = StatusCode({code}) and Reason = \"\"",
        ],
        skips: [
            "Assumption failed: E2E_TARGET is not one of [staging, production]",
            "conditional skip: `process.env.TARGET_ENV` is undefined, cannot tell which environment this is",
            "Skipped: STAGING_URL not set, live tests need a deployed environment",
            "disabled: System property [env] does not exist",
            "e2e suite skipped because no environment was detected",
            "t.Skip: not running against a deployed environment (DEPLOY_ENV is empty)",
        ],
        noise: [
            "(node:{n}) [DEP0040] DeprecationWarning: The `punycode` module is deprecated. Please use a userland alternative instead.",
            "GET /healthz 200 {n} - 0.{n} ms",
            "{time}Z  INFO 1 --- [nio-8080-exec-{n}] o.s.web.servlet.DispatcherServlet : Completed initialization in {n} ms",
            "{time}Z  WARN 1 --- [main] org.hibernate.orm.deprecation : HHH90000025: PostgreSQLDialect does not need to be specified explicitly",
            "INFO:     {ip}:0 - \"GET /health HTTP/1.1\" 200 OK",
            "Started GET \"/up\" for {ip} at {time}", "[info] Sent 200 in {n}ms",
            "redis: connection to {ip}:6379 lost, reconnected on attempt 1",
            "warn: Microsoft.AspNetCore.DataProtection.Repositories.FileSystemXmlRepository[60] Storing keys in a directory that may not be persisted outside of the container.",
            "JWKS cache refreshed, 2 keys", "level=info msg=\"retry 2 of 3 succeeded\" call=GetPrices",
            "Slow query ({n} ms): SELECT * FROM carts WHERE updated_at > now() - interval '1 day'",
        ],
        routes: [
            "GET /shop/carts/{n}", "POST /shop/carts", "GET /shop/orders/{uuid}", "PATCH /shop/orders/{uuid}/address",
            "GET /shop/catalogue", "GET /shop/customers/{n}/invoices", "POST /shop/vouchers", "GET /shop/stock",
            "DELETE /shop/wishlists/{n}", "GET /shop/shipments/{id}",
        ], changedSetting: "env.PAYMENT_PROVIDER", unnamed: FourthWordings.unnamed)
}

enum FourthWordings {
    static let all: [CauseKind: [Wording]] = refusals.merging(platform) { one, _ in one }.merging(network) { one, _ in
        one
    }
}
