import JSON

/// What many keys take.
extension SuiteSchema {
    static let text = term("text")
    static let template = term("template")
    static let address = term("address")
    static let duration = term("duration")
    static let boolean = term("boolean")
    static let below = term("below")
    static let status = term("status")
    static let headers = term("headers")
    static let texts = term("texts")
    static let textConditions = term("text_conditions")
    static let jsonConditions = term("json_conditions")
    static let wholeNumber = term("whole_number")
    static let size = term("size")

    static let comparisons = ComparisonOperator.allCases.map(\.rawValue)
    static let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    static var terms: [String: JSONValue] {
        [
            "text": ["anyOf": [["type": "string", "minLength": 1], ["type": ["number", "boolean"]]]],
            "template": [
                "type": ["string", "number", "boolean"], "description": "text, with references such as `${vars.NAME}`",
            ],
            "texts": oneOrList(text),
            "header_name": [
                "anyOf": [["type": "string", "pattern": .string(headerName)], ["type": ["number", "boolean"]]]
            ],
            "route": [
                "type": "string",
                "pattern": .string(
                    "^(/|(\(methods.joined(separator: "|"))) +(/|\\$\\{|[hH][tT][tT][pP][sS]?://|[wW][sS][sS]?://))"),
            ],
            "address": [
                "type": "string", "pattern": "^(/|\\$\\{|[hH][tT][tT][pP][sS]?://|[wW][sS][sS]?://)",
                "description": "a path that starts with `/`, or a whole address",
            ],
            "request": either(
                [
                    "type": "string",
                    "pattern": .string(
                        "^(\(methods.joined(separator: "|"))) +(/|\\$\\{|[hH][tT][tT][pP][sS]?://|[wW][sS][sS]?://)"),
                    "description": "a method and a path: `GET /health`",
                ],
                object([
                    SuiteSchemaKey("method", choice(methods), "the method (GET)"),
                    SuiteSchemaKey("path", address, required: true, "the path, or a whole address"),
                ]), given),
            "duration": orGiven(["type": "string", "pattern": "^([0-9]{1,9}(ms|s|m|h))+$"]),
            "boolean": orGiven(["type": "boolean"]),
            "below": either(
                duration, object([SuiteSchemaKey("<", duration, required: true, "less than this")])),
            "status": oneOrList(
                either(
                    ["type": "integer", "minimum": 100, "maximum": 599],
                    ["type": "string", "pattern": "^([1-5][xX]{2}|[1-5][0-9]{2}|[1-5][0-9]{2}-[1-5][0-9]{2})$"], given)),
            "headers": map(template, names: headerName),
            "share": orGiven(["type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?%$"]),
            "text_conditions": either(template, conditions(of: [])),
            "header_conditions": either(
                template,
                conditions(of: [SuiteSchemaKey("present", boolean, "whether it is there at all")])),
            "json_conditions": map(jsonCondition, names: "^\\$", atLeast: 1),
            "whole_number": orGiven(["type": "integer"]),
            "size": orGiven(
                either(
                    ["type": "integer", "minimum": 0],
                    ["type": "string", "pattern": "^[0-9]{1,9}(Ki|Mi|Gi|k|M|G)B?$"])),
            "body": either(
                template,
                object([
                    SuiteSchemaKey("json", true, "a JSON document, with references in its texts"),
                    SuiteSchemaKey("text", template, "any text"),
                ])),
            "auth": authentication,
            "tls": object(tlsKeys),
            "given_value": ["type": ["string", "number", "boolean"]],
            "step": step,
            "response": object(responseKeys),
            "fragment_use": either(
                text,
                object([
                    SuiteSchemaKey("use", text, required: true, "the fragment's name: fragments/NAME.yaml"),
                    SuiteSchemaKey(
                        "with", map(either(["type": ["string", "number", "boolean"]], list(text))),
                        "its parameters"),
                ])),
            "script": oneOrList(
                either(
                    term("step"),
                    object([SuiteSchemaKey("use", text, required: true, "a script of `scripts` or of a fragment")]))),
        ]
    }

    /// `token` of RFC 9110 section 5.6.2.
    static let headerName = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"
    static let identifier = "^[A-Za-z0-9._-]{1,128}$"
    static let valueName = "^[A-Za-z_][A-Za-z0-9_]{0,63}$"

    static func conditions(of others: [SuiteSchemaKey]) -> JSONValue {
        let several = oneOrList(template)
        var object = object(
            [
                SuiteSchemaKey("equals", several, "the whole of it"),
                SuiteSchemaKey("contains", several, "a part of it"),
                SuiteSchemaKey("excludes", several, "no part of it"),
                SuiteSchemaKey("matches", texts, "a regular expression that some part of it matches"),
            ] + others)
        object["minProperties"] = 1
        return object
    }

    /// What a path must lead to: a value, or conditions where the mapping has a name of one.
    private static var jsonCondition: JSONValue {
        let count = integer(0...1_000_000)
        var counts = object(comparisons.map { SuiteSchemaKey($0, count, "compared with how many there are") })
        counts["minProperties"] = 1
        let keys =
            comparisons.map { SuiteSchemaKey($0, true, "compared with what is there") } + [
                SuiteSchemaKey("equals", true, "the very value"),
                SuiteSchemaKey("count", either(count, counts), "how many there are"),
                SuiteSchemaKey("matches", text, "a regular expression that some part of the text matches"),
                SuiteSchemaKey("contains", true, "an element, a member or a part of the text"),
                SuiteSchemaKey("exists", boolean, "whether there is anything"),
                SuiteSchemaKey("type", choice(JSONType.allCases.map(\.rawValue)), "the JSON type"),
            ]
        return [
            "if": ["type": "object", "anyOf": .array(keys.map { ["required": [.string($0.name)]] })],
            "then": object(keys),
        ]
    }

    /// A limit by itself, or comparisons with some.
    static func numberConditions(_ limit: JSONValue) -> JSONValue {
        var object = object(comparisons.map { SuiteSchemaKey($0, limit, "compared with what is seen") })
        object["minProperties"] = 1
        return either(limit, object)
    }

    private static var authentication: JSONValue {
        var object = object([
            SuiteSchemaKey(
                "kind", choice(["jwt", "bearer", "google-id-token", "none"]), required: true,
                "how test traffic shows who it is; `none`: what must be refused"),
            SuiteSchemaKey("secret", text, "jwt: the name of the secret that signs"),
            SuiteSchemaKey("algorithm", choice(TokenAlgorithm.allCases.map(\.rawValue)), "jwt: (HS256)"),
            SuiteSchemaKey("key_id", text, "jwt: which of the verifier's keys it is"),
            SuiteSchemaKey("claims", ["type": "object"], "jwt: what the token says"),
            SuiteSchemaKey("expires_in", duration, "jwt: how long it is valid (5m)"),
            SuiteSchemaKey("header", text, "jwt: the header that carries it (Authorization)"),
            SuiteSchemaKey("token", template, "bearer: the token"),
            SuiteSchemaKey("audience", template, "google-id-token: for whom"),
        ])
        object["allOf"] = .array(
            [("jwt", "secret"), ("bearer", "token")].map { kind, key in
                [
                    "if": ["required": ["kind"], "properties": ["kind": ["const": .string(kind)]]],
                    "then": ["required": [.string(key)]],
                ]
            } + [
                [
                    "if": ["required": ["kind"], "properties": ["kind": ["const": "none"]]],
                    "then": ["maxProperties": 1],
                ]
            ])
        return object
    }
}
