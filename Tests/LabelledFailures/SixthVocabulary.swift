import Loop

/// Of programs that neither the fourth nor the fifth set has: Flask, Sanic, Tornado, Koa, hapi, Adonis, chi, Connect,
/// Rocket, tonic, Hanami, Grape, Slim, CakePHP, Vert.x, Dropwizard, Giraffe, SignalR, Genie, Kemal, Jester, Dream,
/// Bandit, Apollo and tRPC, Keycloak, Kong, Istio, Cloudflare and IIS, CockroachDB, Neo4j, DynamoDB, Couchbase and
/// ActiveMQ, and of xUnit, NUnit, ExUnit, Spock, testify, nextest, TestCafe, Puppeteer, Pact, Schemathesis, Tavern,
/// HTTPie, wget and PowerShell.
///
/// First measured, unseen (120 batches): purity 99.92 %, accuracy 85.05 %, 1.5 groups for each cause; of 253 failures
/// that name no cause 242 (95.65 %) were given none.
extension Vocabulary {
    package static let sixth = Vocabulary(
        name: "sixth", wordings: SixthWordings.all,
        statuses: [
            400: ["Assert.Equal() Failure Expected: OK Actual: BadRequest", "http: error: HTTP 400"],
            401: [
                "Assert.Equal() Failure Expected: OK Actual: Unauthorized", "http: error: HTTP 401 Unauthorized",
                "Status code was 401, expected 200", "Error: Not equal: expected: 200 actual : 401",
            ],
            403: [
                "Assert.Equal() Failure Expected: OK Actual: Forbidden", "http: error: HTTP 403 Forbidden",
                "Status code was 403, expected 200", "Error: Not equal: expected: 200 actual : 403",
            ],
            404: [
                "Assert.Equal() Failure Expected: OK Actual: NotFound", "http: error: HTTP 404 Not Found",
                "Status code was 404, expected 200", "Error: Not equal: expected: 200 actual : 404",
            ],
            405: ["http: error: HTTP 405 Method Not Allowed", "Status code was 405, expected 200"],
            429: ["http: error: HTTP 429 Too Many Requests", "Status code was 429, expected 200"],
            500: [
                "Assert.Equal() Failure Expected: OK Actual: InternalServerError", "http: error: HTTP 500",
                "Status code was 500, expected 200", "Error: Not equal: expected: 200 actual : 500",
                "response.status == 200 | | | false 500",
            ],
            502: ["http: error: HTTP 502 Bad Gateway", "Status code was 502, expected 200"],
            503: ["http: error: HTTP 503 Service Unavailable", "Status code was 503, expected 200"],
            504: ["http: error: HTTP 504 Gateway Timeout", "Status code was 504, expected 200"],
        ],
        closes: [
            "Connection closed with an error. Close status {code}", "ws: server sent close frame {code}",
            "onclose wasClean=false code={code}",
        ],
        skips: [
            "inconclusive: the deployment environment is not known to this test run",
            "@tag :skip, MIX_TARGET_ENV is not set", "ignored, needs a staging environment",
            "Skip: could not determine ENVIRONMENT",
            "not run: no base url for this environment",
        ],
        noise: [
            "info: Microsoft.Hosting.Lifetime[14] Now listening on: http://[::]:8080",
            "127.0.0.1 - - [{time}] \"GET /healthcheck HTTP/1.1\" 200 -",
            "DeprecationWarning: datetime.utcnow() is deprecated", "[vert.x-eventloop-thread-{n}] INFO metrics flushed",
            "pool: connection {n} recycled", "retrying publish, attempt 2 was fine",
            "WARN config file .env is not there, defaults are used",
            "gc: pause of {n} ms", "deadlock detected and the transaction retried with success",
            "certificate reloaded from /secrets/tls.crt",
        ],
        routes: [
            "GET /fleet/vehicles/{n}", "POST /fleet/vehicles", "GET /fleet/trips/{uuid}",
            "PUT /fleet/trips/{uuid}/driver",
            "GET /fleet/depots", "GET /fleet/drivers/{n}/shifts", "POST /fleet/fuelings", "GET /fleet/positions",
            "DELETE /fleet/alerts/{n}", "GET /fleet/reports/{id}",
        ], changedSetting: "env.MAP_TILE_VENDOR", unnamed: SixthWordings.unnamed)
}

enum SixthWordings {
    static let all: [CauseKind: [Wording]] = refusals.merging(platform) { one, _ in one }

    /// What no cause can be read from.
    static let unnamed: [Wording] = [
        Wording("Assert.Equal() Failure: Values differ Expected: 12 Actual: 13"),
        Wording("Assertion with == failed left: \"Berlin\" right: \"Bern\""),
        Wording("Expected string length 9 but was 8. Strings differ at index 4."),
        Wording("JSON schema violation at /items/0/price: is not of type number"),
        Wording("Pact: expected $.driver.name to be a string but it was null"),
        Wording("response.body.size() == 4 | | | false 5"), Wording("expected 404 trips, got 403"),
        Wording("Status code was 200, expected 401"), Wording("Error: Not equal: expected: 403 actual : 200"),
        Wording("Assert.Equal() Failure Expected: Forbidden Actual: OK"), Wording("http: error: HTTP 409 Conflict"),
        Wording("Status code was 422, expected 200, body {\"plate\":[\"is too short\"]}"),
        Wording(200, kind: "http", "$.state is 'timed-out', wanted 'done'"),
        Wording(200, kind: "http", "$.error is null, wanted 'denied'"),
        Wording(200, kind: "http", "the header x-ratelimit-remaining is 0, wanted 5"),
        Wording("the report has 500 pages, expected 502"), Wording("column `status` has 3 values, expected 4"),
        Wording("TestCafe: the specified selector does not match any element in the DOM tree"),
        Wording("depot 429 is not in the list of depots"),
        Wording("label reads 'Access for drivers', expected 'Drivers'"),
        Wording(
            nil, "Assert.True() Failure Expected: True Actual: False", logs: [["signed in {user} with role driver"]]),
        Wording(nil, "Assert.True() Failure Expected: True Actual: False", logs: [["circuit for maps is closed"]]),
        Wording(
            nil, "Assert.True() Failure Expected: True Actual: False",
            logs: [["token issued for {user}, valid for 3600 s"]]),
    ]
}
