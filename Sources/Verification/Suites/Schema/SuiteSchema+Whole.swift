import JSON

/// The keys of a whole file.
extension SuiteSchema {
    private static let version = SuiteSchemaKey("version", ["const": 1], required: true, "the format's version: 1")
    private static let description = SuiteSchemaKey("description", text, "for people")
    private static let variables = SuiteSchemaKey(
        "vars", map(template), "names for texts that a run fills in; one may use those before it: `${vars.NAME}`")
    private static let scripts = SuiteSchemaKey(
        "scripts", map(oneOrList(term("step"))), "parts of WebSocket conversations, for `script: [{ use: NAME }]`")
    private static let fragments = SuiteSchemaKey(
        "fragments", list(term("fragment_use")),
        "files of fragments/ whose checks, scripts and variables belong here too")
    private static let checks = SuiteSchemaKey("checks", list(term("check")), "what must hold; each is one test case")
    private static let cleanup = SuiteSchemaKey(
        "cleanup", list(object(cleanupKeys)), "requests that are always made in the end; they hide no failure")
    private static let controls = SuiteSchemaKey(
        "controls", list(term("check")), "checks that must fail: a suite that cannot fail proves nothing")

    static let suiteKeys = [
        version,
        SuiteSchemaKey("suite", text, required: true, "its name, which is the file's"),
        description,
        SuiteSchemaKey(
            "priority", choice(Priority.allCases.map(\.rawValue)), required: true, "how much depends on it, P1 first"),
        SuiteSchemaKey("owner", text, required: true, "who answers for it"),
        SuiteSchemaKey("module", text, "the part of the system that it is about; reports group by it"),
        SuiteSchemaKey(
            "targets",
            map(
                object([
                    SuiteSchemaKey("url", template, required: true, "the base address"),
                    SuiteSchemaKey("auth", term("auth"), "who asks there"),
                ])), "where requests go, besides the service that is tested; `default` replaces that"),
        SuiteSchemaKey(
            "expect_inventory",
            object([
                SuiteSchemaKey("min_checks", integer(1...10_000), "so many checks there must be (1)"),
                SuiteSchemaKey("max_skipped", integer(0...10_000), "so many may be skipped (0)"),
            ]), "what guards against success of nothing"),
        SuiteSchemaKey(
            "values", declarations(["text", "integer", "number", "boolean", "duration"]),
            "what an environment may give, or must where there is no default: `${values.NAME}`"),
        variables,
        SuiteSchemaKey(
            "secrets",
            map(
                object([
                    SuiteSchemaKey("from_env", text, required: true, "the environment variable that holds it"),
                    SuiteSchemaKey("default", text, "for systems without real secrets"),
                ])), "by reference alone, and shown nowhere: `${secrets.NAME}`"),
        fragments, scripts,
        SuiteSchemaKey(
            "defaults",
            object([
                SuiteSchemaKey("timeout", duration, "of a request (5s)"),
                SuiteSchemaKey("connect_timeout", duration, "of a connection (2s)"),
                SuiteSchemaKey("follow", choice(["none"]), "redirects are never followed"),
                SuiteSchemaKey("max_body", size, "of an answer; more is an error (1MiB, at most 64MiB)"),
                SuiteSchemaKey("headers", headers, "sent with every request"),
            ]), "what all checks start from"),
        checks, cleanup, controls,
        SuiteSchemaKey("policies", list(policy), "known problems that somebody answers for, until a day"),
    ]

    static let fragmentKeys = [
        version,
        SuiteSchemaKey("fragment", text, required: true, "its name, which is the file's"),
        description,
        SuiteSchemaKey(
            "parameters", declarations(ValueType.allCases.map(\.rawValue)),
            "what a suite gives with `with`: `${parameters.NAME}`"),
        fragments, variables, scripts, checks, cleanup, controls,
    ]

    private static func declarations(_ types: [String]) -> JSONValue {
        map(
            object([
                SuiteSchemaKey("type", choice(types), required: true, "what it is"),
                SuiteSchemaKey("default", true, "where nobody gives one; without it, somebody must"),
                SuiteSchemaKey("one_of", texts, "what it may be"),
                SuiteSchemaKey("description", text, "for people"),
            ]), names: valueName)
    }

    private static let cleanupKeys = [
        SuiteSchemaKey("http", term("request"), required: true, "the request"),
        SuiteSchemaKey("headers", headers, "sent with it"),
        SuiteSchemaKey("body", term("body"), "its body"),
        SuiteSchemaKey("json", true, "a JSON body"),
        SuiteSchemaKey("timeout", duration, "of the request"),
        SuiteSchemaKey("connect_timeout", duration, "of the connection"),
        SuiteSchemaKey("expect", term("response"), "what the answer must be like"),
        SuiteSchemaKey("auth", term("auth"), "who asks"),
        SuiteSchemaKey("target", text, "where it goes"),
    ]

    private static var policy: JSONValue {
        var policy = object([
            SuiteSchemaKey("match", text, required: true, "a check's id, or a pattern with `*`"),
            SuiteSchemaKey("expect", choice(["fail"]), "it must fail; that it passes is a failure"),
            SuiteSchemaKey("waive", boolean, "its failure does not gate"),
            SuiteSchemaKey("quarantine", boolean, "it runs and does not gate; not for P1 and P2"),
            SuiteSchemaKey("owner", text, required: true, "who answers for it"),
            SuiteSchemaKey("issue", text, required: true, "where it is being worked on"),
            SuiteSchemaKey("reason", text, required: true, "why it can wait"),
            SuiteSchemaKey(
                "expires", ["type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"], required: true,
                "its last day; at most 30 days ahead for P1 and P2, 90 for the others"),
            SuiteSchemaKey("max_uses", integer(1...10_000), "failures of a run that it excuses (any number)"),
            SuiteSchemaKey("wide", boolean, "the pattern is meant to cover more than a twentieth of the suite"),
        ])
        let yes: JSONValue = ["anyOf": [["const": true], given]]
        policy["oneOf"] = [
            ["required": ["expect"]], ["required": ["waive"], "properties": ["waive": yes]],
            ["required": ["quarantine"], "properties": ["quarantine": yes]],
        ]
        return policy
    }
}
