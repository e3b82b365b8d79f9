/// What an environment says to the suites that its services run.
extension ConfigurationSchema {
    static let suiteFields = [
        SchemaField(
            "values", .map(key: .valueName, value: .scalar),
            "what suites use as `${values.NAME}`, instead of their defaults"
        ),
        SchemaField(
            "secrets",
            .map(
                key: .valueName,
                value: .object(
                    ObjectSchema([
                        SchemaField(
                            "from_env", .string(.variableName), required: true,
                            "the environment variable that holds it")
                    ]))), "where secrets of suites come from here, by reference alone"),
        SchemaField("waivers", .list(.object(waiver)), "failures of checks that do not gate here, until a day"),
    ]

    private static let waiver = ObjectSchema([
        SchemaField("match", .string(.text), required: true, "a check's id, `SUITE/ID`, or a pattern with `*`"),
        SchemaField("owner", .string(.text), required: true, "who answers for it"),
        SchemaField("issue", .string(.text), required: true, "where it is being worked on"),
        SchemaField("reason", .string(.text), required: true, "why the failure can wait"),
        SchemaField(
            "expires", .string(.day), required: true,
            "its last day; at most 30 days ahead for P1 and P2, 90 for the others"),
        SchemaField("max_uses", .integer(1...10_000), "how many failures of a run it excuses (any number)"),
        SchemaField("wide", .boolean, "the pattern is meant to cover more than a twentieth of a suite (false)"),
    ])
}
