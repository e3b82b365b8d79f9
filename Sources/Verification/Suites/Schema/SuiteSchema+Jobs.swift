import JSON

/// Checks that run in the cloud.
extension SuiteSchema {
    static let jobKinds: [(name: String, keys: [SuiteSchemaKey])] = [
        (
            "job",
            [
                SuiteSchemaKey(
                    "job",
                    object([
                        SuiteSchemaKey("name", template, required: true, "a Cloud Run job that is there already"),
                        SuiteSchemaKey("region", template, "where it is (the target's)"),
                        SuiteSchemaKey("container", text, "which of its containers, where it has several"),
                        SuiteSchemaKey("args", oneOrList(template), "(the job's)"),
                        SuiteSchemaKey("env", map(template), "added to the job's; readable in its executions"),
                        SuiteSchemaKey("tasks", integer(1...10_000), "(the job's)"),
                    ]), required: true, "a Cloud Run job, all of whose tasks must succeed"),
                timeout,
                SuiteSchemaKey(
                    "expect",
                    object([
                        SuiteSchemaKey(
                            "retried", numberConditions(wholeNumber), "how many tasks may need more than one try"),
                        SuiteSchemaKey("time", below, "how long it may take"),
                    ]), "how it must end"),
            ]
        )
    ]
}
