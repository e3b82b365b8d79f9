/// The keys of `prune`, of an environment and of a service, and how they are read.
enum PruneSchema {
    static let environmentField = SchemaField(
        "prune", .object(settings), "what `stagectl prune` may clear away of services that say nothing of their own")
    static let serviceField = SchemaField("prune", .object(settings), "what `stagectl prune` may clear away of it")

    private static let settings = ObjectSchema([
        SchemaField(
            "keep_revisions", .integer(0...1000), "how many of the newest revisions stay, whatever they are (10)"),
        SchemaField("older_than", .duration(0...31_536_000_000, step: 1000), "how old what goes must be (168h)"),
        SchemaField(
            "rollback_targets", .integer(1...100),
            "how many revisions that were witnessed healthy stay to go back to, beside what serves (3)"),
        SchemaField(
            "tags", .choice(PruneSettings.Tags.allCases.map(\.rawValue)),
            "whether stagectl's own tags go that nothing needs any more, `stale`, or stay, `keep` (stale)"),
        SchemaField(
            "images", .choice(PruneSettings.Images.allCases.map(\.rawValue)),
            "whether images that no revision uses any more stay, `keep`, or go, `delete` (keep)"),
    ])

    /// Nil where the file is silent.
    static func settings(_ node: ConfigurationNode?) -> PruneSettings? {
        guard let node, node.isMapping else { return nil }
        return PruneSettings(
            keepRevisions: node["keep_revisions"]?.integer,
            olderThanSeconds: node["older_than"]?.milliseconds.map { $0 / 1000 },
            rollbackTargets: node["rollback_targets"]?.integer,
            tags: node["tags"]?.text.flatMap(PruneSettings.Tags.init(rawValue:)),
            images: node["images"]?.text.flatMap(PruneSettings.Images.init(rawValue:)))
    }
}
