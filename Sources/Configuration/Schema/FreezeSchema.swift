/// The keys of an environment's `freeze`.
enum FreezeSchema {
    static let field = SchemaField(
        "freeze",
        .list(
            .object(
                ObjectSchema([
                    SchemaField(
                        "days", .list(.choice(MomentText.weekdays), minimum: 1),
                        "the days of the week on which it begins; without them it is once"),
                    SchemaField(
                        "from", .string(.text), required: true,
                        "when it begins: a moment (RFC 3339), or with `days` a time of day in UTC"),
                    SchemaField("until", .string(.text), required: true, "when it ends, written the same way"),
                    SchemaField("reason", .string(.text), required: true, "what a refused deploy is told"),
                ]))), "times in which nothing is deployed without `--override freeze=REASON`")
}
