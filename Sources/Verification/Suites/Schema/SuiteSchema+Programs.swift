import JSON

/// Kinds of checks that run somebody else's program.
extension SuiteSchema {
    static let environment = SuiteSchemaKey("env", map(template), "environment variables; the place for secrets")
    static let programExpectation = SuiteSchemaKey(
        "expect",
        object([
            SuiteSchemaKey("exit", oneOrList(integer(0...255)), "exit codes that are fine (0)"),
            SuiteSchemaKey("stdout", textConditions, "what it prints"),
            SuiteSchemaKey("stderr", textConditions, "what it complains about"),
            SuiteSchemaKey("json", jsonConditions, "its standard output as JSON"),
            SuiteSchemaKey("time", below, "how long it may take"),
        ]), "how it must end")

    static let programKinds: [(name: String, keys: [SuiteSchemaKey])] = [
        (
            "command",
            [
                SuiteSchemaKey(
                    "command",
                    object([
                        SuiteSchemaKey("argv", oneOrList(template), required: true, "the program and its arguments"),
                        environment,
                    ]), required: true, "a program of this machine, without a shell"),
                timeout, programExpectation, captures(textCaptures),
            ]
        ),
        (
            "container",
            [
                SuiteSchemaKey(
                    "container",
                    object([
                        SuiteSchemaKey("image", text, required: true, "what is run"),
                        SuiteSchemaKey("entrypoint", template, "(the image's)"),
                        SuiteSchemaKey("args", oneOrList(template), "(the image's)"),
                        environment,
                        SuiteSchemaKey(
                            "network", choice(ContainerProbeRequest.Network.allCases.map(\.rawValue)),
                            "what it can reach"),
                        SuiteSchemaKey("memory", size, "at most; 6MiB or more"),
                        SuiteSchemaKey("cpu", number(0.01, 512), "so many cores at most"),
                    ]), required: true, "a container of this machine's engine"),
                timeout, programExpectation, captures(textCaptures), auth,
            ]
        ),
    ]
}
