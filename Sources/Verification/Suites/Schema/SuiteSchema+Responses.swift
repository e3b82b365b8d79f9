import JSON

/// What an answer over HTTP must be like.
extension SuiteSchema {
    static let responseKeys = [
        SuiteSchemaKey("status", status, "200, 2xx, 200-204, or a list of these (2xx)"),
        SuiteSchemaKey(
            "header", map(term("header_conditions"), names: headerName), "response headers: a text, or conditions"),
        SuiteSchemaKey("cookie", map(cookie, names: headerName), "cookies that it sets"),
        SuiteSchemaKey("json", jsonConditions, "paths of RFC 9535: a value, or conditions"),
        SuiteSchemaKey(
            "schema", either(text, ["type": "object"]), "a JSON Schema (draft 2020-12), or a file with one"),
        SuiteSchemaKey("body", textConditions, "the body as text"),
        SuiteSchemaKey("size", numberConditions(size), "the body's bytes"),
        SuiteSchemaKey("redirect", textConditions, "where it leads; it is never followed"),
        SuiteSchemaKey(
            "security_headers",
            either(["const": true], given, oneOrList(choice(SecurityHeader.allCases.map(\.rawValue)))),
            "`true` for all of them, or some"),
        SuiteSchemaKey("tls", term("tls"), "looked at on a connection of its own"),
        SuiteSchemaKey(
            "time",
            object([
                SuiteSchemaKey("total", below, "all of it"),
                SuiteSchemaKey("first_byte", below, "until the first byte"),
                SuiteSchemaKey("name_lookup", below, "until the name was resolved"),
                SuiteSchemaKey("connect", below, "until it was connected"),
                SuiteSchemaKey("tls", below, "until TLS was ready"),
            ]), "how long it may take"),
    ]

    private static var cookie: JSONValue {
        var cookie = object([
            SuiteSchemaKey("present", boolean, "whether it is set at all"),
            SuiteSchemaKey("value", textConditions, "its value"),
            SuiteSchemaKey("secure", boolean, "`Secure`"),
            SuiteSchemaKey("http_only", boolean, "`HttpOnly`"),
            SuiteSchemaKey("same_site", choice(["Strict", "Lax", "None"]), "`SameSite`"),
            SuiteSchemaKey("path", textConditions, "`Path`"),
            SuiteSchemaKey("domain", textConditions, "`Domain`"),
            SuiteSchemaKey("max_age", numberConditions(wholeNumber), "`Max-Age`, in seconds"),
        ])
        cookie["minProperties"] = 1
        return cookie
    }
}
