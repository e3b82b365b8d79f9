/// The keys of a service's `migration`, and how they are read.
enum MigrationSchema {
    static let field = SchemaField(
        "migration",
        .object(
            ObjectSchema([
                SchemaField("command", .list(.string(.word)), "replaces the image's entry point"),
                SchemaField("args", .list(.string(.word)), "its arguments"),
                SchemaField("timeout", .duration(1000...86_400_000, step: 1000), "how long it may take (10m)"),
                SchemaField("retries", .integer(0...10), "how often it is tried again (0)"),
                SchemaField(
                    "irreversible", .boolean,
                    "the old revision cannot run after it: traffic that has moved stays until somebody decides (false)"),
            ])), "a Cloud Run job that runs before a new revision is made, with its image and variables")

    static func settings(_ node: ConfigurationNode?) -> MigrationSettings? {
        guard let node, node.isMapping else { return nil }
        return MigrationSettings(
            command: node["command"]?.texts ?? [], arguments: node["args"]?.texts ?? [],
            timeoutSeconds: node["timeout"]?.milliseconds.map { $0 / 1000 } ?? 600,
            retries: node["retries"]?.integer ?? 0, isIrreversible: node["irreversible"]?.boolean ?? false)
    }
}
