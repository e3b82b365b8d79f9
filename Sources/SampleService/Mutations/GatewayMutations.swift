/// Defects between a browser and the backend, of the role frontend.
extension Mutation {
    static let gateway: [Mutation] = files + readPages + forwarding + failures

    private static let files: [Mutation] = {
        let route = "GET /assets/{name}"
        return [
            Mutation("files.as-bytes", on: route, .header("content-type", "application/octet-stream")),
            Mutation("files.not-kept", on: route, .header("etag", nil)),
            Mutation("files.always-sent", on: route, .requestHeader("if-none-match", nil)),
            Mutation("files.first-tag-only", on: route, .requestHeader("if-none-match", "\"older\"")),
            Mutation("files.never-sent", on: route, .status(304)),
            Mutation("files.date-not-read", on: route, .requestHeader("if-modified-since", nil)),
            Mutation("files.parts-not-offered", on: route, .requestHeader("range", nil)),
            Mutation("files.parts-of-any", on: route, .requestHeader("if-range", nil)),
        ]
    }()

    private static let readPages: [Mutation] = [
        Mutation("pages.unescaped-name", on: "GET /account", .text("&lt;i&gt;", "<i>")),
        Mutation("pages.account-for-nobody", on: "GET /account", .status(200)),
        Mutation("pages.unescaped-titles", on: "GET /threads", .text("&lt;", "<")),
    ]

    private static let forwarding: [Mutation] = [
        Mutation("gateway.field-lost", on: "POST /gateway/*", .field("title", nil)),
        Mutation("gateway.method-lost", on: "PUT /gateway/*", .json("method", .set("GET"))),
        Mutation("gateway.query-lost", on: "GET /gateway/*", .json("query", .set([:]))),
        Mutation("gateway.client-lost", on: "GET /gateway/*", .json("headers.x-forwarded-for", .set("10.0.0.1"))),
        Mutation("gateway.hands-on-all", on: "GET /gateway/*", .json("headers.te", .set("trailers"))),
        Mutation("gateway.location-lost", on: "POST /gateway/*", .header("location", nil)),
        Mutation("gateway.challenge-lost", on: "GET /gateway/*", .header("www-authenticate", nil)),
        Mutation("gateway.answerer-lost", on: "GET /gateway/*", .header("x-answered-by", nil)),
    ]

    private static let failures: [Mutation] = [
        Mutation("gateway.unknown-is-malformed", on: "GET /gateway/*", answering: 404, .status(400)),
        Mutation("gateway.failure-as-text", on: "GET /gateway/*", .header("content-type", "text/plain")),
        Mutation("gateway.bad-gateway-hidden", on: "GET /gateway/*", answering: 502, .status(200)),
        Mutation("gateway.waits", on: "GET /gateway/*", .requestHeader("x-request-timeout-ms", nil)),
    ]
}
