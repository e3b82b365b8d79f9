package import Configuration

/// Everything that a planner needs to know; gathering it is somebody else's work, so that planning stays pure.
package struct PlanRequest: Sendable {
    package var run: String
    package var created: String
    package var initiator: String
    package var environment: Environment
    /// What to release, checked already.
    package var selection: [ServiceKey]
    package var source: SourceSnapshot?
    package var facts: [ServiceKey: ServiceFacts]
    package var builder: String
    /// The folder that relative paths start from.
    package var root: String
    package var options: ReleaseOptions

    package init(
        run: String, created: String, initiator: String, environment: Environment, selection: [ServiceKey],
        source: SourceSnapshot?, facts: [ServiceKey: ServiceFacts], builder: String, root: String,
        options: ReleaseOptions = .init()
    ) {
        self.run = run
        self.created = created
        self.initiator = initiator
        self.environment = environment
        self.selection = selection
        self.source = source
        self.facts = facts
        self.builder = builder
        self.root = root
        self.options = options
    }
}

/// What was seen of one service.
package struct ServiceFacts: Sendable {
    package var observation: ServiceObservation?
    /// Newest first.
    package var revisions: [RevisionObservation]
    /// Digest of its source; nil when the image is given.
    package var sourceDigest: String?
    /// Images that this very source was built into, as far as the histories here know; empty when the image is given.
    package var built: [ImageReference]
    /// How the commit to ship relates to the one that serves.
    package var relation: CommitRelation?
    /// What builds it; nil for the request's.
    package var builder: String?

    package init(
        observation: ServiceObservation?, revisions: [RevisionObservation] = [], sourceDigest: String? = nil,
        built: [ImageReference] = [], relation: CommitRelation? = nil, builder: String? = nil
    ) {
        self.observation = observation
        self.revisions = revisions
        self.sourceDigest = sourceDigest
        self.built = built
        self.relation = relation
        self.builder = builder
    }

    /// Nothing of stagectl's on this service ever passed its gates, so whatever runs there is still closed.
    package var isUnverified: Bool {
        guard let observation else { return true }
        if observation.isPublic || observation.annotations[ReleaseAnnotation.revision] != nil { return false }
        // A private service that somebody else deployed is a baseline like any other.
        guard let serving = revisions.first(where: { $0.name == observation.servingRevision }) else { return true }
        return serving.labels[ReleaseLabel.run] != nil
    }
}

/// What the flags of `deploy` say.
package struct ReleaseOptions: Sendable {
    package var image: ImageReference?
    /// Images that another environment has verified, by service; the same in all regions.
    package var promotions: [String: PromotionOrigin] = [:]
    package var tag: String?
    package var noTraffic = false
    /// In place of each service's own.
    package var strategy: StrategySettings.Kind?
    /// The share at which the release is held until somebody goes on with it.
    package var pauseAt: Int?
    package var skipSmoke: String?
    /// What Terraform carries out before anything is built; nil for nothing.
    package var infrastructure: InfrastructureApproval?
    package var overrides: [String: String] = [:]
    package var allowOlder = false
    package var setEnvironment: [(name: String, value: String)] = []
    package init() {}
}
