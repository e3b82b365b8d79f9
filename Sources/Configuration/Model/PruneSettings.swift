/// What may be cleared away of a service, as a file says it. Nil where it is silent.
package struct PruneSettings: Codable, Hashable, Sendable {
    package enum Tags: String, Codable, Hashable, Sendable, CaseIterable {
        /// Tags that stagectl gave to candidates, and that nothing needs any more, go.
        case stale
        /// Tags stay, and so does what they name.
        case keep
    }

    package enum Images: String, Codable, Hashable, Sendable, CaseIterable {
        case keep
        /// Images that no revision uses any more go with the revisions.
        case delete
    }

    package var keepRevisions: Int?
    package var olderThanSeconds: Int?
    package var rollbackTargets: Int?
    package var tags: Tags?
    package var images: Images?

    package init(
        keepRevisions: Int? = nil, olderThanSeconds: Int? = nil, rollbackTargets: Int? = nil, tags: Tags? = nil,
        images: Images? = nil
    ) {
        self.keepRevisions = keepRevisions
        self.olderThanSeconds = olderThanSeconds
        self.rollbackTargets = rollbackTargets
        self.tags = tags
        self.images = images
    }
}

/// What may be cleared away of a service: its own settings over its environment's over the usual ones.
package struct PrunePolicy: Codable, Hashable, Sendable {
    /// How many of the newest revisions stay, whatever they are.
    package var keepRevisions: Int
    /// Seconds that a revision must be old.
    package var olderThanSeconds: Int
    /// How many revisions that were witnessed healthy stay to go back to, beside what serves.
    package var rollbackTargets: Int
    package var tags: PruneSettings.Tags
    package var images: PruneSettings.Images

    package init(
        keepRevisions: Int = 10, olderThanSeconds: Int = 7 * 86_400, rollbackTargets: Int = 3,
        tags: PruneSettings.Tags = .stale, images: PruneSettings.Images = .keep
    ) {
        self.keepRevisions = keepRevisions
        self.olderThanSeconds = olderThanSeconds
        self.rollbackTargets = rollbackTargets
        self.tags = tags
        self.images = images
    }

    package init(of service: Service, in environment: Environment) {
        let usual = PrunePolicy()
        let (own, shared) = (service.prune, environment.prune)
        self.init(
            keepRevisions: own?.keepRevisions ?? shared?.keepRevisions ?? usual.keepRevisions,
            olderThanSeconds: own?.olderThanSeconds ?? shared?.olderThanSeconds ?? usual.olderThanSeconds,
            rollbackTargets: own?.rollbackTargets ?? shared?.rollbackTargets ?? usual.rollbackTargets,
            tags: own?.tags ?? shared?.tags ?? usual.tags, images: own?.images ?? shared?.images ?? usual.images)
    }
}
