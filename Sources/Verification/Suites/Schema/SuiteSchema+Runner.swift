import JSON

/// Somebody else's tests.
extension SuiteSchema {
    static let runnerSettings = [
        SuiteSchemaKey("argv", oneOrList(template), required: true, "the program and its arguments, without a shell"),
        SuiteSchemaKey("report", choice(ExternalFormat.allCases.map(\.rawValue)), "what it writes (junit)"),
        SuiteSchemaKey(
            "junit", template, "where its JUnit XML is; the last part may hold `*` (the file that is `${junit}`)"),
        SuiteSchemaKey("file", template, "where a report of another format is (standard output, `${report}`)"),
        SuiteSchemaKey("timeout", duration, "after that it is ended with all that it started (10m)"),
        environment,
        SuiteSchemaKey("inherit", texts, "variables of the caller that it gets too, or patterns with `*`"),
        SuiteSchemaKey("cwd", template, "the folder in which it runs"),
        SuiteSchemaKey(
            "network", choice(RunnerCheck.Network.allCases.map(\.rawValue)),
            "how it reaches the target, and who counts (reverse)"),
        SuiteSchemaKey("hosts", oneOrList(template), "whom it may ask besides the target: `host`, `host:port`, `*`"),
        SuiteSchemaKey(
            "files", oneOrList(template), "files that become its last arguments; the last part may hold `*`"),
        SuiteSchemaKey(
            "shard",
            either(
                choice(["env", "files"]),
                object([
                    SuiteSchemaKey(
                        "args", oneOrList(template), required: true, "arguments that say which part: `${shard.index}`")
                ])), "how it learns its part of a run on several machines; left out: one of them runs all of it"),
    ]

    static let runnerKinds: [(name: String, keys: [SuiteSchemaKey])] = [
        (
            "runner",
            [
                SuiteSchemaKey(
                    "runner", object(runnerSettings), required: true,
                    "somebody else's tests, each of which is a result of its own: `CHECK/TEST`"),
                SuiteSchemaKey(
                    "expect_inventory",
                    object([
                        SuiteSchemaKey("min_tests", integer(1...100_000), "so many tests there must be (1)"),
                        SuiteSchemaKey(
                            "max_new_skips", integer(0...100_000), "so many more skips than in the last run that passed"
                        ),
                    ]), "what guards against success of nothing"),
                auth,
            ]
        )
    ]
}
