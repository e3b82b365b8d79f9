import Loop

/// Of programs and languages that the fourth set has nothing of: Micronaut, Quarkus, Vapor, Mojolicious, Ring, Play and
/// Pekko, cowboy, drogon, Deno, Bun and Hono, Echo and Fiber, Sinatra, Symfony, Blazor, Servant, shelf, HAProxy,
/// Traefik, Caddy and Apache, Cassandra, Oracle, Pulsar, etcd and Memcached, and of Mocha, Vitest, RSpec, PHPUnit, Karate,
/// Hurl, Robot Framework, Kotest, Locust, Vegeta and curl.
///
/// First measured, unseen (120 batches): purity 99.48 %, accuracy 83.92 %, 1.61 groups for each cause; of 416 failures
/// that name no cause 384 (92.31 %) were given none.
extension Vocabulary {
    package static let fifth = Vocabulary(
        name: "fifth", wordings: FifthWordings.all,
        statuses: [
            400: ["expected the response to have status 200, it has 400", "status code was: 400, expected: 200"],
            401: [
                "expected the response to have status 200, it has 401", "status code was: 401, expected: 200",
                "Failed asserting that 401 matches expected 200.", "error: Assert status code, actual value is <401>",
            ],
            403: [
                "expected the response to have status 200, it has 403", "status code was: 403, expected: 200",
                "Failed asserting that 403 matches expected 200.", "error: Assert status code, actual value is <403>",
            ],
            404: [
                "expected the response to have status 200, it has 404", "status code was: 404, expected: 200",
                "Failed asserting that 404 matches expected 200.", "error: Assert status code, actual value is <404>",
            ],
            405: ["status code was: 405, expected: 200", "Failed asserting that 405 matches expected 200."],
            429: ["status code was: 429, expected: 200", "error: Assert status code, actual value is <429>"],
            500: [
                "expected the response to have status 200, it has 500", "status code was: 500, expected: 200",
                "Failed asserting that 500 matches expected 200.", "curl: (22) The requested URL returned error: 500",
                "HTTPError: HTTP Error 500: Internal Server Error",
            ],
            502: ["status code was: 502, expected: 200", "curl: (22) The requested URL returned error: 502"],
            503: ["status code was: 503, expected: 200", "curl: (22) The requested URL returned error: 503"],
            504: ["status code was: 504, expected: 200", "curl: (22) The requested URL returned error: 504"],
        ],
        closes: [
            "Disconnected (code: {code}, reason: \"\")", "websocket finished with {code}",
            "remote side closed the session, CloseReason[{code}]",
        ],
        skips: [
            "PENDING: no stage is configured, set STAGE_URL to run these",
            "This test was skipped: could not find out the environment from APP_STAGE",
            "SKIP not a deployed environment", "Ignored: requires TARGET_ENVIRONMENT, which is undefined",
            "skipped, environment `local` has no live services",
            "@EnabledIfEnvironmentVariable: E2E_ENVIRONMENT does not match",
        ],
        noise: [
            "[INFO] io.quarkus started in 0.{n}s. Listening on: http://0.0.0.0:8080",
            "[ INFO ] GET /ready [request-id: {uuid}]",
            "{time} WARN  [io.qua.config] Unrecognized configuration key \"quarkus.http.cors\" was provided; it will be ignored",
            "DEPRECATED: `Hash#dig!` goes away in the next major release", "[debug] cache hit ratio 0.{n}",
            "[pool] idle connection to mysql closed after 600 s, opening a new one on demand",
            "haproxy[{n}]: Server web/app{n} is UP, reason: Layer7 check passed, code: 200",
            "{ip} - - \"GET /livez\" 200 2",
            "attempt 1 of FetchRates failed, attempt 2 went through", "[warning] clock skew of {n} ms corrected",
            "session store swept: {n} expired sessions removed", "feature flags synchronised ({n} flags)",
        ],
        routes: [
            "GET /media/albums/{n}", "POST /media/albums", "GET /media/tracks/{uuid}",
            "PUT /media/tracks/{uuid}/lyrics",
            "GET /media/genres", "GET /media/artists/{n}/concerts", "POST /media/playlists", "GET /media/charts",
            "DELETE /media/comments/{n}", "GET /media/podcasts/{id}",
        ], changedSetting: "env.TRANSCODER_BACKEND", unnamed: FifthWordings.unnamed)
}

enum FifthWordings {
    static let all: [CauseKind: [Wording]] = refusals.merging(platform) { one, _ in one }.merging(network) { one, _ in
        one
    }

    /// What no cause can be read from.
    static let unnamed: [Wording] = [
        Wording("Failed asserting that two strings are equal. Expected 'Blue', actual 'Red'."),
        Wording("expected: 7 got: 8 (compared using ==)"), Wording("AssertionError [ERR_ASSERTION]: 3 == 4"),
        Wording("match failed: EQUALS $.title | not equal (STRING:STRING) 'Aria' vs 'aria'"),
        Wording("Element 'css:.player' did not have attribute 'paused'"),
        Wording("\"b\" should be equal to \"a\""), Wording("error: Assert body value, actual: string <pending>"),
        Wording("expected 500 tracks to be listed, found 499"),
        Wording("wanted page 404 of the catalogue, not page 403"),
        Wording("album 503 has 12 tracks, expected 13"), Wording("status code was: 200, expected: 403"),
        Wording("Failed asserting that 200 matches expected 404."), Wording("status code was: 201, expected: 500"),
        Wording(200, kind: "http", "$.connection is 'refused', wanted 'accepted'"),
        Wording(200, kind: "http", "the header retry-after is there, wanted none"),
        Wording(200, kind: "http", "$.limits.memory is 512, wanted 1024"),
        Wording(200, kind: "http", "$.permissions[2] is 'read', wanted 'write'"),
        Wording("status code was: 409, expected: 201, body {\"reason\":\"title is taken\"}"),
        Wording("status code was: 400, expected: 200, body {\"reason\":\"length of title\"}"),
        Wording("status code was: 415, expected: 200"), Wording("status code was: 301, expected: 200"),
        Wording("the option `deadline` was printed as 30, should be 60"),
        Wording("expected the list of roles to include :editor"), Wording("expected token count 12, got 11"),
        Wording("heading is 'Session expired soon', should be 'Session'"),
        Wording(close: 1000, kind: "ws", "the session ended with 1000, {n} frames too early"),
        Wording("websocket finished with 1001 while the room was open"),
        Wording(nil, "expected: 7 got: 8", logs: [["token bucket of {user} is at {n} of 100"]]),
        Wording(nil, "expected: 7 got: 8", logs: [["certificate store read, 140 roots"]]),
        Wording(nil, "expected: 7 got: 8", logs: [["heap 120 MB of 512 MB in use after collection"]]),
        Wording(nil, "expected: 7 got: 8", logs: [["granted role `listener` to {user}"]]),
        Wording(nil, "expected: 7 got: 8", logs: [["connection pool: 3 of 20 in use"]]),
    ]
}
