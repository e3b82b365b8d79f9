import JSON

/// Kinds of checks that make many requests; the request is written as in a check of kind `http`.
extension SuiteSchema {
    private static let request = SuiteSchemaKey("http", term("request"), required: true, "the request")

    static let repeatedKinds: [(name: String, keys: [SuiteSchemaKey])] = [
        (
            "load",
            requestKeys + [
                SuiteSchemaKey(
                    "load",
                    object([
                        request,
                        SuiteSchemaKey("requests", integer(1...100_000), "so many (400)"),
                        SuiteSchemaKey("concurrency", integer(1...256), "so many at once (8)"),
                        SuiteSchemaKey("warmup", integer(0...10_000), "so many before, which do not count (0)"),
                    ]), required: true, "percentiles of many requests"),
                SuiteSchemaKey("slo", objectives, required: true, "percentiles by nearest rank, with bounds"),
            ]
        ),
        (
            "users",
            requestKeys + [
                SuiteSchemaKey(
                    "users",
                    object([
                        request,
                        SuiteSchemaKey("count", integer(2...200), "so many users (8)"),
                        SuiteSchemaKey("names", texts, "or who they are: `${user.name}`"),
                        SuiteSchemaKey("rounds", integer(1...100), "so often each (3)"),
                    ]), required: true, "many users at once; nobody sees another's data")
            ]
        ),
        (
            "rate_limit",
            requestKeys + [
                SuiteSchemaKey(
                    "rate_limit",
                    object([
                        request,
                        SuiteSchemaKey("limit", integer(1...3000), required: true, "so many pass"),
                        SuiteSchemaKey("per", duration, required: true, "in this time"),
                        SuiteSchemaKey("requests", integer(2...10_000), "so many are sent"),
                        SuiteSchemaKey("refusal", status, "how it refuses (429)"),
                        SuiteSchemaKey("retry_after", boolean, "a refusal says when to come again (false)"),
                        SuiteSchemaKey(
                            "enforced_by", choice(RateLimitCheck.Enforcer.allCases.map(\.rawValue)), "who refuses"),
                    ]), required: true, "a limit that is really enforced")
            ]
        ),
        (
            "start",
            requestKeys + [
                SuiteSchemaKey(
                    "start",
                    object([
                        request,
                        SuiteSchemaKey("idle", duration, "the time without requests before (none)"),
                        SuiteSchemaKey("samples", integer(1...1000), "requests after the first (10)"),
                        SuiteSchemaKey("cold", below, "the first answer"),
                        SuiteSchemaKey("warm", below, "those after it"),
                    ]), required: true, "cold and warm starts")
            ]
        ),
    ]

    static let objectives: JSONValue = [
        "type": "object", "minProperties": 1, "additionalProperties": false,
        "properties": [
            "error_rate": ["$ref": "#/$defs/share", "description": "the share of errors that is allowed (0%)"],
            "confidence": ["$ref": "#/$defs/share", "description": "of the bounds (95%)"],
        ],
        "patternProperties": [
            "^p([1-9]|[1-9][0-9])(\\.[0-9]+)?$": [
                "$ref": "#/$defs/duration", "description": "the most that this percentile may be",
            ]
        ],
    ]
}
