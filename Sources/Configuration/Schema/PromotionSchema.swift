/// The keys of `gates.promotion`, and how they are read.
enum PromotionSchema {
    static let field = SchemaField(
        "promotion",
        .object(
            ObjectSchema([
                SchemaField(
                    "from", .list(.string(.fileName), minimum: 1),
                    "the environments that `deploy --from` may name here (any)"),
                SchemaField(
                    "max_age", .duration(1000...31_536_000_000, step: 1000),
                    "how old the evidence may be, since its release ended (168h)"),
                SchemaField(
                    "same", .list(.choice(PromotionSetting.allCases.map(\.rawValue))),
                    "the settings that must be here what they were there ([env, port, command, probes])"),
            ])), "what must be known of an image that another environment has verified")

    /// Nil where the file is silent.
    static func gate(_ node: ConfigurationNode?) -> PromotionGate? {
        guard let node, node.isMapping else { return nil }
        return PromotionGate(
            environments: node["from"]?.texts,
            maximumAgeSeconds: node["max_age"]?.milliseconds.map { $0 / 1000 } ?? PromotionGate.usualAgeSeconds,
            sameSettings: node["same"]?.texts?.compactMap(PromotionSetting.init(rawValue:))
                ?? PromotionGate.usualSettings)
    }
}
