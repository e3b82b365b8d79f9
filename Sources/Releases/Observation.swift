package import Configuration

/// What the platform says of a service at one moment. The platform is the truth; state is history and intent.
package struct ServiceObservation: Codable, Hashable, Sendable {
    package var identity: ServiceIdentity
    /// The public URL.
    package var url: String
    /// Every URL under which the service answers, the public one first.
    package var urls: [String]
    package var generation: Int64
    package var observedGeneration: Int64
    package var reconciling: Bool
    package var etag: String?
    package var latestReadyRevision: String?
    package var latestCreatedRevision: String?
    /// What was asked for.
    package var traffic: [TrafficTarget]
    /// What is true. The two differ while the platform works, and after a failure.
    package var trafficStatuses: [TrafficShare]
    /// Annotations and labels of the service itself, not of its revisions.
    package var annotations: [String: String]
    package var labels: [String: String]
    /// Labels of the latest template, which its revision has too; nil in journals of versions that did not ask.
    package var templateLabels: [String: String]?
    /// Whether anybody may call it (`allUsers` may invoke).
    package var isPublic: Bool
    /// Whether that is because nobody is asked for the permission, whatever the policy says.
    package var isInvokerCheckDisabled: Bool?
    /// From where it can be called, in the configuration's words; nil where nobody has read it.
    package var ingress: String?
    /// Who may invoke it by a binding of its own policy; nil where nobody has read it.
    package var invokers: [String]?
    /// What the service itself says of its instances, beside its revisions (v2 `ServiceScaling`), without what is a
    /// default; nil where nobody has read it.
    package var scaling: [String: String]?
    /// Who changed it last; nil where the platform does not say.
    package var lastChange: LastChange?
    package var condition: Condition

    package init(
        identity: ServiceIdentity, url: String, urls: [String] = [], generation: Int64, observedGeneration: Int64,
        reconciling: Bool = false, etag: String? = nil, latestReadyRevision: String? = nil,
        latestCreatedRevision: String? = nil, traffic: [TrafficTarget] = [], trafficStatuses: [TrafficShare] = [],
        annotations: [String: String] = [:], labels: [String: String] = [:],
        templateLabels: [String: String]? = nil, isPublic: Bool = false, isInvokerCheckDisabled: Bool? = nil,
        ingress: String? = nil, invokers: [String]? = nil, scaling: [String: String]? = nil,
        lastChange: LastChange? = nil, condition: Condition
    ) {
        self.identity = identity
        self.url = url
        self.urls = urls
        self.generation = generation
        self.observedGeneration = observedGeneration
        self.reconciling = reconciling
        self.etag = etag
        self.latestReadyRevision = latestReadyRevision
        self.latestCreatedRevision = latestCreatedRevision
        self.traffic = traffic
        self.trafficStatuses = trafficStatuses
        self.annotations = annotations
        self.labels = labels
        self.templateLabels = templateLabels
        self.isPublic = isPublic
        self.isInvokerCheckDisabled = isInvokerCheckDisabled
        self.ingress = ingress
        self.invokers = invokers
        self.scaling = scaling
        self.lastChange = lastChange
        self.condition = condition
    }
}

/// The last write to a service, as the platform tells it. Writes to its access policy are none.
package struct LastChange: Codable, Hashable, Sendable {
    /// A person's or an account's address.
    package var by: String?
    /// RFC 3339.
    package var at: String?

    package init(by: String? = nil, at: String? = nil) {
        self.by = by
        self.at = at
    }
}

extension ServiceObservation {
    /// The revision with the largest share of real traffic: never simply the first entry, which may be a tag at 0 %
    /// (a rollback elsewhere picked the wrong revision that way).
    package var servingRevision: String? {
        trafficStatuses.filter { $0.percent > 0 }.max { $0.percent < $1.percent }?.revision
    }

    package func share(of revision: String) -> Int {
        trafficStatuses.filter { $0.revision == revision }.reduce(0) { $0 + $1.percent }
    }

    /// A split that was asked for as it would be read back, "the latest" by its name.
    package func asServed(_ targets: [TrafficTarget]) -> [TrafficShare] {
        targets.map { target in
            let revision = target.revision ?? latestReadyRevision ?? ""
            let known = trafficStatuses.first { $0.revision == revision && $0.tag == target.tag }
            return TrafficShare(revision: revision, percent: target.percent, tag: target.tag, url: known?.url)
        }
    }

    package func url(ofTag tag: String) -> String? {
        trafficStatuses.first { $0.tag == tag }?.url
    }
}

/// One line of the wanted split. A nil revision means "whatever is the latest ready one".
package struct TrafficTarget: Codable, Hashable, Sendable {
    package var revision: String?
    /// 0 to 100.
    package var percent: Int
    package var tag: String?

    package init(revision: String?, percent: Int, tag: String? = nil) {
        self.revision = revision
        self.percent = percent
        self.tag = tag
    }
}

/// One line of the real split: who gets how much, and under which URL a tag answers.
package struct TrafficShare: Codable, Hashable, Sendable {
    package var revision: String
    package var percent: Int
    package var tag: String?
    package var url: String?

    package init(revision: String, percent: Int, tag: String? = nil, url: String? = nil) {
        self.revision = revision
        self.percent = percent
        self.tag = tag
        self.url = url
    }
}

/// What the platform says about readiness. `reason` is Cloud Run's own word (`HEALTH_CHECK_CONTAINER_ERROR`, …), an
/// open set: new ones appear between two API documents.
package struct Condition: Codable, Hashable, Sendable {
    package enum State: String, Codable, Hashable, Sendable {
        case pending, reconciling, failed, succeeded, unknown
    }

    package var state: State
    package var reason: String?
    package var message: String?

    package init(state: State, reason: String? = nil, message: String? = nil) {
        self.state = state
        self.reason = reason
        self.message = message
    }
}

/// What the platform says of one revision.
package struct RevisionObservation: Codable, Hashable, Sendable {
    package var name: String
    package var image: String
    package var labels: [String: String]
    package var annotations: [String: String]
    /// Seconds since 1970.
    package var created: Double
    package var condition: Condition
    /// All conditions by type (`Ready`, `ContainerHealthy`, …).
    package var conditions: [String: Condition]
    /// What it is made of; nil where nobody has read it.
    package var template: TemplateReading?
    /// Whose write made it; nil where the platform does not say.
    package var creator: String?

    package init(
        name: String, image: String, labels: [String: String] = [:], annotations: [String: String] = [:],
        created: Double = 0, condition: Condition, conditions: [String: Condition] = [:],
        template: TemplateReading? = nil, creator: String? = nil
    ) {
        self.name = name
        self.image = image
        self.labels = labels
        self.annotations = annotations
        self.created = created
        self.condition = condition
        self.conditions = conditions
        self.template = template
        self.creator = creator
    }
}
