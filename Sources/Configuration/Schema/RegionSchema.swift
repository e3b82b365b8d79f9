/// The keys of an environment that say how a release goes through its regions.
enum RegionSchema {
    static let order = SchemaField(
        "region_order", .choice(RegionRollout.Order.allCases.map(\.rawValue)),
        "whether a release takes all regions at once, or finishes one before it begins the next (parallel)")
    static let rollback = SchemaField(
        "region_rollback", .choice(RegionRollout.Rollback.allCases.map(\.rawValue)),
        "what goes back when a region fails: all of them, or those that are not finished (all)")

    /// Nil where the file is silent.
    static func rollout(_ root: ConfigurationNode) -> RegionRollout? {
        let order = root["region_order"]?.text.flatMap(RegionRollout.Order.init)
        let rollback = root["region_rollback"]?.text.flatMap(RegionRollout.Rollback.init)
        guard order != nil || rollback != nil else { return nil }
        return RegionRollout(order: order ?? .parallel, rollback: rollback ?? .all)
    }
}
