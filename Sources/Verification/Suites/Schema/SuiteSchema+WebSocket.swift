import JSON

/// A WebSocket: how it begins, what is said, how it ends.
extension SuiteSchema {
    static let webSocketKeys = [
        SuiteSchemaKey(
            "ws",
            object([
                SuiteSchemaKey("path", address, required: true, "the path, or a whole address"),
                SuiteSchemaKey("subprotocols", texts, "in the order of preference; the server must choose one"),
                SuiteSchemaKey("headers", headers, "sent with the upgrade"),
                SuiteSchemaKey("timeout", duration, "of the upgrade"),
            ]), required: true, "a WebSocket"),
        auth, ownHeaders, timeout, captures(textCaptures),
        SuiteSchemaKey("script", term("script"), "what is said, in order"),
        SuiteSchemaKey("expect", object(endingKeys), "how it begins and ends; left out: the upgrade is accepted"),
        SuiteSchemaKey("slo", objectives, "limits for the `round_trips` of all connections together"),
        SuiteSchemaKey(
            "connections",
            object([
                SuiteSchemaKey("count", integer(1...1000), required: true, "so many, all open at once"),
                SuiteSchemaKey("ramp", duration, "opened over this time"),
                SuiteSchemaKey("all_must", text, "the step that each must come to"),
            ]), "many connections instead of one"),
        SuiteSchemaKey("reconnect", object(reconnectionKeys), "the connection is lost and made again"),
    ]

    private static let endingKeys = [
        SuiteSchemaKey("upgrade", choice(["refused", "accepted"]), "what becomes of the upgrade"),
        SuiteSchemaKey("status", status, "of a refusal (4xx)"),
        SuiteSchemaKey(
            "header", map(term("header_conditions"), names: headerName), "of the answer with 101, or of the refusal"),
        SuiteSchemaKey("body", textConditions, "of a refusal"),
        SuiteSchemaKey("json", jsonConditions, "of a refusal's body"),
        SuiteSchemaKey(
            "subprotocol", either(textConditions, ["const": false]), "what the server chooses; `false`: it chooses none"
        ),
        SuiteSchemaKey(
            "time", object([SuiteSchemaKey("upgrade", below, "connection, TLS and upgrade together")]),
            "how long it may take"),
        SuiteSchemaKey(
            "closed",
            object([
                SuiteSchemaKey("code", oneOrList(integer(1000...4999)), required: true, "1006: without a close frame"),
                SuiteSchemaKey("reason", textConditions, "what it says"),
                SuiteSchemaKey("within", duration, "until when (5s)"),
            ]), "the server closes it"),
    ]

    private static let reconnectionKeys = [
        SuiteSchemaKey("times", integer(1...100), "so often (1)"),
        SuiteSchemaKey(
            "after", choice(["drop", "close", "server"]),
            "who ends it: this side without a close frame (the default), this side with one, or the server"),
        SuiteSchemaKey("wait", duration, "for the server's end (5s)"),
        SuiteSchemaKey("within", duration, "from the end until the connection is there again (5s)"),
        SuiteSchemaKey("path", address, "where to; left out: as before"),
        SuiteSchemaKey("headers", headers, "besides those of the first upgrade"),
        SuiteSchemaKey(
            "remember", map(jsonPath), "values of the newest message that has them, as `${ws.NAME}` from then on"),
        SuiteSchemaKey("continues", jsonPath, "a whole number that goes on over the end, nothing missing or twice"),
        SuiteSchemaKey("script", term("script"), "what is said then; left out: the same"),
    ]

    static var step: JSONValue {
        var step = object([
            SuiteSchemaKey("send", message, "a message to the server"),
            SuiteSchemaKey("receive", received, "a message from the server"),
            SuiteSchemaKey(
                "receive_ordered",
                object([
                    SuiteSchemaKey("key", jsonPath, required: true, "where a message says its place"),
                    SuiteSchemaKey("count", integer(1...100_000), "so many"),
                    SuiteSchemaKey("within", duration, "until when (5s)"),
                    SuiteSchemaKey("strictly", choice(["increasing"]), "the order"),
                    SuiteSchemaKey("no_gaps", boolean, "whole numbers without a gap"),
                    SuiteSchemaKey("equals", oneOrList(true), "the very values"),
                ]), "messages in order"),
            SuiteSchemaKey(
                "round_trips",
                object([
                    SuiteSchemaKey("count", integer(1...100_000), required: true, "so many, one after the other"),
                    SuiteSchemaKey("send", message, required: true, "may say `${ws.trip}`, from 1"),
                    SuiteSchemaKey("receive", received, required: true, "its answer"),
                    SuiteSchemaKey("pause", duration, "between two (none)"),
                ]), "questions and answers that are measured; `slo` has their limits"),
            SuiteSchemaKey("ping", object([SuiteSchemaKey("within", duration, "until when (5s)")]), "and its pong"),
            SuiteSchemaKey(
                "hold",
                object([
                    SuiteSchemaKey("for", duration, required: true, "how long"),
                    SuiteSchemaKey("ping", duration, "between two pings; left out: none"),
                    SuiteSchemaKey("pong_within", duration, "until when each must be answered (5s)"),
                    SuiteSchemaKey("send", message, "again and again"),
                    SuiteSchemaKey("every", duration, "between two of them (10s)"),
                    SuiteSchemaKey("receive", received, "the answer to each"),
                    SuiteSchemaKey("may_end_at", duration, "the server may end it at about this age, not before"),
                ]), "keeps the connection open and watches it"),
            SuiteSchemaKey(
                "quiet", object([SuiteSchemaKey("for", duration, required: true, "how long")]), "no message may come"),
            SuiteSchemaKey(
                "close",
                object([
                    SuiteSchemaKey("code", integer(1000...4999), "(1000)"),
                    SuiteSchemaKey("reason", template, "at most 123 bytes"),
                    SuiteSchemaKey("answered", boolean, "the server must answer the close frame (false)"),
                ]), "from here"),
        ])
        step["minProperties"] = 1
        step["maxProperties"] = 1
        return step
    }

    private static let hexadecimal: JSONValue = orGiven(["type": "string", "pattern": "^([0-9A-Fa-f]{2})*$"])

    private static var message: JSONValue {
        var kinds = object([
            SuiteSchemaKey("json", true, "a JSON document"), SuiteSchemaKey("text", template, "any text"),
            SuiteSchemaKey("bytes", hexadecimal, "a binary message, two hexadecimal digits for each byte"),
        ])
        kinds["minProperties"] = 1
        kinds["maxProperties"] = 1
        return either(template, kinds)
    }

    private static let received: JSONValue = object([
        SuiteSchemaKey("within", duration, "until when (5s)"),
        SuiteSchemaKey("json", jsonConditions, "what it says"),
        SuiteSchemaKey("text", textConditions, "what it says"),
        SuiteSchemaKey("bytes", hexadecimal, "its very bytes, two hexadecimal digits for each"),
        SuiteSchemaKey("next", boolean, "it must be the very next one (false)"),
    ])
}
