import JSON

/// Kinds of checks of what lies before an application's own answers.
extension SuiteSchema {
    static let tlsKeys = [
        SuiteSchemaKey(
            "min_version", choice([TLSVersion.v1_2, .v1_3].map(\.rawValue)), "the oldest that is allowed (1.2)"),
        SuiteSchemaKey("days_left", numberConditions(wholeNumber), "of the certificate"),
        SuiteSchemaKey("fingerprint", texts, "SHA-256 of the certificate, one of these"),
    ]

    static let networkKinds: [(name: String, keys: [SuiteSchemaKey])] = [
        (
            "cors",
            [
                SuiteSchemaKey(
                    "cors",
                    object([
                        SuiteSchemaKey("path", address, required: true, "what the page wants to ask"),
                        SuiteSchemaKey("origin", template, required: true, "the page's origin"),
                        SuiteSchemaKey(
                            "method", choice(methods.filter { $0 != "OPTIONS" }), "the method of its request (GET)"),
                        SuiteSchemaKey("headers", oneOrList(term("header_name")), "names of headers that it sends"),
                        SuiteSchemaKey("credentials", boolean, "with cookies (false)"),
                    ]), required: true, "may the page of another origin send this?"),
                auth, timeout,
                SuiteSchemaKey(
                    "expect",
                    object([
                        SuiteSchemaKey("allowed", boolean, "(true)"),
                        SuiteSchemaKey(
                            "max_age", numberConditions(wholeNumber), "how long a browser may remember, in seconds"),
                    ]), "the answer"),
            ]
        ),
        (
            "tls",
            [
                SuiteSchemaKey(
                    "tls",
                    object([
                        SuiteSchemaKey("host", template, "(the target's)"),
                        SuiteSchemaKey("port", integer(1...65_535), "(the target's)"),
                    ]), required: true, "a server's TLS by itself"),
                timeout,
                SuiteSchemaKey(
                    "expect",
                    object(
                        tlsKeys + [
                            SuiteSchemaKey(
                                "refuses", oneOrList(choice(TLSVersion.allCases.map(\.rawValue))),
                                "versions that it must refuse")
                        ]), "what it must be like"),
            ]
        ),
        (
            "dns",
            [
                SuiteSchemaKey(
                    "dns", object([SuiteSchemaKey("name", template, "(the target's)")]), required: true,
                    "what a name resolves to"),
                timeout,
                SuiteSchemaKey(
                    "expect",
                    object([
                        SuiteSchemaKey("exists", boolean, "(true)"),
                        SuiteSchemaKey("addresses", oneOrList(template), "it may resolve to these alone"),
                        SuiteSchemaKey(
                            "families", oneOrList(choice(NameCheck.Family.allCases.map(\.rawValue))),
                            "it must have addresses of these"),
                        SuiteSchemaKey("time", below, "how long the answer may take"),
                    ]), "what it must be like"),
            ]
        ),
        (
            "grpc",
            [
                SuiteSchemaKey(
                    "grpc",
                    object([
                        SuiteSchemaKey("service", template, "whose health is asked (the server's)"),
                        SuiteSchemaKey("watch", duration, "watch for so long instead of asking once"),
                    ]), required: true, "gRPC's own health service"),
                auth, ownHeaders, timeout,
                SuiteSchemaKey(
                    "expect",
                    object([
                        SuiteSchemaKey(
                            "status", oneOrList(choice(ServingStatus.allCases.map(\.name))), "its health (SERVING)"),
                        SuiteSchemaKey(
                            "code", oneOrList(choice(GRPCStatusCode.allCases.map(\.name))), "how the call ends (OK)"),
                        SuiteSchemaKey("message", textConditions, "`grpc-message`"),
                        SuiteSchemaKey(
                            "metadata", map(term("header_conditions"), names: headerName), "of the answer"),
                        SuiteSchemaKey("time", below, "how long it may take"),
                    ]), "what it must be like"),
            ]
        ),
    ]
}
