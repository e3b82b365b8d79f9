/// One resolved environment: `environments/<name>.yaml` over `environments/services.yaml`, references filled in as
/// far as they can be offline.
package struct Environment: Codable, Hashable, Sendable {
    package var name: String
    package var platform: PlatformSettings
    package var project: String
    /// At least one, each once; a service is in all of them unless it says otherwise.
    package var regions: [String]
    /// How a release goes through them; nil where the file is silent.
    package var regionRollout: RegionRollout?
    /// Where images are pushed, as `host/path`; nil means they stay in the engine (the local Cloud Run finds them
    /// there).
    package var registry: String?
    package var services: [Service]
    package var gates: Gates
    /// The name of the test index; nil where the environment has none.
    package var index: String?
    /// How the builder `cloud-build` works; nil where the file is silent.
    package var cloudBuild: CloudBuildConfiguration?
    /// Times in which nothing is deployed; nil where the file is silent.
    package var freeze: [FreezeWindow]?

    /// Where journal, history and locks are kept; nil where the file is silent.
    package var state: StateSettings?
    /// Of every release; nil where the file is silent.
    package var hooks: [Hook]?
    /// What may be cleared away of services that say nothing of their own; nil where the file is silent.
    package var prune: PruneSettings?
    /// What each priority protects, by its name, in the team's words; nil where the file is silent.
    package var protects: [String: String]?
    /// How the test-deploy loop works here; nil where the file is silent.
    package var loop: LoopSettings?
    /// The Terraform root that belongs to it; nil for none.
    package var infrastructure: InfrastructureSettings?

    package init(
        name: String, platform: PlatformSettings, project: String, regions: [String], registry: String? = nil,
        services: [Service], gates: Gates = Gates(), index: String? = nil,
        cloudBuild: CloudBuildConfiguration? = nil, freeze: [FreezeWindow]? = nil,
        state: StateSettings? = nil, prune: PruneSettings? = nil, infrastructure: InfrastructureSettings? = nil
    ) {
        self.name = name
        self.platform = platform
        self.project = project
        self.regions = regions
        self.registry = registry
        self.services = services
        self.gates = gates
        self.index = index
        self.cloudBuild = cloudBuild
        self.freeze = freeze
        self.state = state
        self.prune = prune
        self.infrastructure = infrastructure
    }

    package func service(_ name: String) -> Service? {
        services.first { $0.name == name }
    }

    /// The environment's and the service's own, which replace those of the same name, in the order of the files.
    package func hooks(of service: Service) -> [Hook] {
        let own = service.hooks ?? []
        return (hooks ?? []).filter { hook in !own.contains { $0.name == hook.name } } + own
    }

    package var hasSeveralRegions: Bool { regions.count > 1 }

    /// Where the service is, in the environment's order.
    package func regions(of service: Service) -> [String] {
        regions.filter { service.regions?.contains($0) ?? true }
    }
}

/// How images are built in Google's Cloud Build. Nil means the builder's own default.
package struct CloudBuildConfiguration: Codable, Hashable, Sendable {
    package var region: String?
    /// For the build itself, without its wait for a worker.
    package var timeoutSeconds: Int?
    /// Where sources are uploaded.
    package var bucket: String?

    package init(region: String? = nil, timeoutSeconds: Int? = nil, bucket: String? = nil) {
        self.region = region
        self.timeoutSeconds = timeoutSeconds
        self.bucket = bucket
    }
}

/// Which Cloud Run: Google's, or the one built in.
package struct PlatformSettings: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
        case google, local
    }

    package var kind: Kind
    /// The API's base URL where it is not the kind's own.
    package var endpoint: String?

    package init(kind: Kind, endpoint: String? = nil) {
        self.kind = kind
        self.endpoint = endpoint
    }
}

/// How strict a release is in this environment. Nil means the default that is named.
package struct Gates: Codable, Hashable, Sendable {
    /// The priorities whose suites run before traffic moves, `P1` first. Empty means all.
    package var smokePriorities: [String]
    /// The share of the test index, in percent, that must have run; 100.
    package var indexCoverage: Int?
    /// The share of checks, in percent, that may pass only after a retry; 2, and one check is always tolerated.
    package var maximumFlaky: Int?
    /// How many checks may be waived, quarantined or expected to fail; any number.
    package var maximumExcused: Int?
    /// Whether more checks may be skipped than in the last run that passed; false.
    package var skipsMayGrow: Bool?
    /// What must be known of an image that another environment has verified; nil for the usual.
    package var promotion: PromotionGate?

    package init(
        smokePriorities: [String] = [], indexCoverage: Int? = nil, maximumFlaky: Int? = nil,
        maximumExcused: Int? = nil, skipsMayGrow: Bool? = nil, promotion: PromotionGate? = nil
    ) {
        self.smokePriorities = smokePriorities
        self.indexCoverage = indexCoverage
        self.maximumFlaky = maximumFlaky
        self.maximumExcused = maximumExcused
        self.skipsMayGrow = skipsMayGrow
        self.promotion = promotion
    }
}
