import JSON

/// The keys that all checks have, and those of single requests and conversations.
extension SuiteSchema {
    static let commonKeys = [
        SuiteSchemaKey(
            "id",
            orGiven(either(["type": "string", "pattern": .string(identifier)], ["type": ["number", "boolean"]])),
            required: true, "its name"),
        SuiteSchemaKey("description", text, "for people"),
        SuiteSchemaKey("target", text, "where its requests go (default)"),
        SuiteSchemaKey("needs", texts, "checks that must have passed before; else it is blocked, not failed"),
        SuiteSchemaKey(
            "each", map(oneOrList(text), atLeast: 1),
            "lists of equal length: each row is a check of its own, `${each.NAME}` its value"),
        SuiteSchemaKey(
            "retry",
            object([
                SuiteSchemaKey("times", integer(0...10), required: true, "so often again"),
                SuiteSchemaKey(
                    "on",
                    oneOrList(
                        either(integer(100...599), choice(ProbeFailure.Kind.allCases.map(\.rawValue)))),
                    "after what (connect, timeout, lost, 502, 503, 504)"),
            ]), "again after a failure; a pass that needed it is `flaky`, which P1 and P2 do not allow"),
        SuiteSchemaKey(
            "poll",
            object([
                SuiteSchemaKey("until", choice(["pass"]), "what is waited for"),
                SuiteSchemaKey("every", duration, "the time between two attempts (1s)"),
                SuiteSchemaKey("backoff", number(1, 10), "by what it grows (1), up to 30s"),
                SuiteSchemaKey("for", duration, "how long in all (60s)"),
            ]), "waiting for a state: neither a retry nor flaky"),
        SuiteSchemaKey("skip", text, "why it is not run"),
    ]

    static let auth = SuiteSchemaKey("auth", term("auth"), "who asks, where that is not the target's")
    static let ownHeaders = SuiteSchemaKey("headers", headers, "sent with it")
    static let timeout = SuiteSchemaKey("timeout", duration, "how long it may take")
    /// What goes with a request that is sent as it is.
    static let requestKeys = [
        auth, ownHeaders, timeout,
        SuiteSchemaKey("connect_timeout", duration, "of the connection"),
        SuiteSchemaKey("body", term("body"), "the request's body"),
        SuiteSchemaKey("json", true, "a JSON body"),
        SuiteSchemaKey("expect", term("response"), "what the answer must be like; left out: 2xx"),
    ]

    static func captures(_ sources: [SuiteSchemaKey]) -> SuiteSchemaKey {
        var capture = object(sources + [SuiteSchemaKey("secret", boolean, "it is shown nowhere")])
        capture["oneOf"] = .array(sources.map { ["required": [.string($0.name)]] })
        return SuiteSchemaKey(
            "capture", map(capture, names: identifier),
            "parts of the answer for checks that need this one: `${captures.NAME}`")
    }

    static let textCaptures = [
        SuiteSchemaKey("json", jsonPath, "a path of RFC 9535"),
        SuiteSchemaKey("body", text, "a regular expression; its first group, or all of it"),
    ]
    static let jsonPath: JSONValue = orGiven(["type": "string", "pattern": "^\\$"])

    static let requestKinds: [(name: String, keys: [SuiteSchemaKey])] = [
        (
            "http",
            requestKeys + [
                SuiteSchemaKey("http", term("request"), required: true, "one request: `GET /health`"),
                captures(
                    textCaptures + [
                        SuiteSchemaKey("header", text, "a response header"),
                        SuiteSchemaKey("cookie", text, "the value of a cookie that is set"),
                    ]),
            ]
        ),
        ("ws", webSocketKeys),
        ("sse", eventStreamKeys),
        ("stream", lineStreamKeys),
        (
            "routes",
            [
                SuiteSchemaKey(
                    "routes",
                    object([
                        SuiteSchemaKey("paths", oneOrList(term("route")), "`/path`, or `METHOD /path`"),
                        SuiteSchemaKey("openapi", text, "an OpenAPI 3 document beside the suites"),
                        SuiteSchemaKey("status", status, "what they must answer (2xx, or what is documented)"),
                        SuiteSchemaKey("parameters", map(text), "values of parameters in paths"),
                        SuiteSchemaKey("methods", oneOrList(choice(methods)), "of the document (GET)"),
                        SuiteSchemaKey("exclude", texts, "paths, or `METHOD /path`, that are left out"),
                    ]), required: true, "every documented route answers"),
                auth, ownHeaders, timeout,
            ]
        ),
    ]
}
