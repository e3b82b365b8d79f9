/// The keys of an environment's `priorities`, and how they are read.
enum PrioritySchema {
    static let field = SchemaField(
        "priorities",
        .object(
            ObjectSchema(
                ConfigurationSchema.priorities.map { priority in
                    SchemaField(
                        priority,
                        .object(
                            ObjectSchema([
                                SchemaField(
                                    "protects", .string(.text), required: true,
                                    "what depends on it, in a few words: `$120K MRR`")
                            ])), "the checks of \(priority)")
                })), "what each priority protects: reports tell what of it is protected and what is at risk")

    /// Nil where the file is silent.
    static func protects(_ node: ConfigurationNode?) -> [String: String]? {
        guard let node, node.isMapping else { return nil }
        let found = node.entries.compactMap { entry in entry.value["protects"]?.text.map { (entry.key, $0) } }
        return Dictionary(found, uniquingKeysWith: { _, last in last })
    }
}
