import JSON

/// Answers that go on: server-sent events, and lines.
extension SuiteSchema {
    private static let place = [
        SuiteSchemaKey("path", address, required: true, "the path, or a whole address"),
        SuiteSchemaKey("within", duration, "until when it is read, if it does not end (10s)"),
    ]

    static let eventStreamKeys = [
        SuiteSchemaKey("sse", object(place), required: true, "server-sent events"), auth, ownHeaders,
        SuiteSchemaKey("expect", object(eventKeys + streamKeys), "which events must come"),
        SuiteSchemaKey(
            "reconnect",
            object([
                SuiteSchemaKey("times", integer(1...100), "so often (1)"),
                SuiteSchemaKey("after", duration, "this side ends it then; left out: the server does"),
            ]), "read on with `Last-Event-ID`, as browsers do; no id may come twice"),
    ]

    static let lineStreamKeys = [
        SuiteSchemaKey("stream", object(place), required: true, "lines, such as JSON Lines"), auth, ownHeaders,
        SuiteSchemaKey("expect", object(lineKeys + streamKeys), "which lines must come"),
    ]

    private static let eventKeys = [
        SuiteSchemaKey(
            "events",
            oneOrList(
                object([
                    SuiteSchemaKey("event", text, "its type"),
                    SuiteSchemaKey("data", streamData, "its data"),
                    SuiteSchemaKey("id", textConditions, "its id"),
                ])), "in this order; others may come between them"),
        SuiteSchemaKey("first_event", below, "when the first must have come"),
        SuiteSchemaKey("min_events", integer(1...100_000), "so many at least (1)"),
    ]

    private static let lineKeys = [
        SuiteSchemaKey("lines", oneOrList(streamData), "in this order; others may come between them"),
        SuiteSchemaKey("first_line", below, "when the first must have come"),
        SuiteSchemaKey("min_lines", integer(1...100_000), "so many at least (1)"),
    ]

    private static let streamData: JSONValue = either(
        textConditions,
        object([SuiteSchemaKey("json", jsonConditions, required: true, "as in `expect` of a request")]))

    private static let streamKeys = [
        SuiteSchemaKey("header", map(term("header_conditions"), names: headerName), "response headers"),
        SuiteSchemaKey(
            "ordered",
            object([
                SuiteSchemaKey("key", jsonPath, required: true, "where the data says its place"),
                SuiteSchemaKey("count", integer(1...100_000), "so many at least (1)"),
                SuiteSchemaKey("no_gaps", boolean, "whole numbers without a gap"),
            ]), "strictly increasing"),
        SuiteSchemaKey("ends", boolean, "`true`: the server must end it; `false`: it must not"),
        SuiteSchemaKey("gap", below, "the longest time without one"),
        SuiteSchemaKey("silence", below, "the longest time without any byte, comments too"),
    ]
}
