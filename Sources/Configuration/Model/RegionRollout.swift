/// How a release goes through the regions of an environment.
package struct RegionRollout: Codable, Hashable, Sendable {
    package enum Order: String, Codable, Hashable, Sendable, CaseIterable {
        /// At the same time; traffic moves in none of them before the candidates have passed in all.
        case parallel
        /// One after the other: a region is finished before the next one begins.
        case sequential
    }

    /// What goes back when a region fails.
    package enum Rollback: String, Codable, Hashable, Sendable, CaseIterable {
        /// Every region: all or none.
        case all
        /// Regions that are not finished; what was finished before stays.
        case unfinished
    }

    package var order: Order
    package var rollback: Rollback

    package init(order: Order = .parallel, rollback: Rollback = .all) {
        self.order = order
        self.rollback = rollback
    }
}
