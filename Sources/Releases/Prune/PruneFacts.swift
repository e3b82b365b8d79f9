package import Configuration

/// What is known of one service in one region before anything of it is cleared away.
package struct PruneFacts: Sendable {
    package var placement: Placement
    package var policy: PrunePolicy
    package var observation: ServiceObservation
    /// Newest first.
    package var revisions: [RevisionObservation]
    /// Of the service, newest first.
    package var releases: [ReleaseDocument]
    package var unfinished: [UnfinishedWork]

    package init(
        placement: Placement, policy: PrunePolicy, observation: ServiceObservation, revisions: [RevisionObservation],
        releases: [ReleaseDocument] = [], unfinished: [UnfinishedWork] = []
    ) {
        self.placement = placement
        self.policy = policy
        self.observation = observation
        self.revisions = revisions
        self.releases = releases
        self.unfinished = unfinished
    }
}

/// What a run that has not ended needs of one service: what it goes on with, and what it goes back to.
package struct UnfinishedWork: Hashable, Sendable {
    package var run: String
    package var revisions: Set<String>
    package var tags: Set<String>

    package init(run: String, revisions: Set<String>, tags: Set<String>) {
        self.run = run
        self.revisions = revisions
        self.tags = tags
    }

    /// Nil where the run has nothing to do with the service.
    package init?(of service: ServiceIdentity, plan: Plan, progress: Progress) {
        guard plan.kind != .prune, let planned = plan.services.first(where: { $0.identity == service }) else {
            return nil
        }
        let before = progress.state(of: "lock:\(planned.key)").output?.snapshot
        run = plan.run
        revisions = Set(before?.trafficStatuses.map(\.revision) ?? [])
        revisions.formUnion([planned.baseline, progress.latest(of: planned.key, \.revision)].compactMap(\.self))
        if case .reuse(let revision) = planned.decision { revisions.insert(revision) }
        tags = Set((before?.trafficStatuses.compactMap(\.tag) ?? []) + [planned.tag])
        if let tag = planned.baselineTag { tags.insert(tag) }
    }
}
