/// One service as the configuration describes it for one environment.
package struct Service: Codable, Hashable, Sendable {
    package var name: String
    package var source: SourceSettings?
    /// The image's repository without registry, tag or digest; the service's name when the file is silent.
    package var image: String
    package var container: ContainerSettings
    /// Environment variables in file order. Values may still hold `${services.NAME.url}`, known only at run time.
    package var environment: [ConfiguredVariable]
    /// Anybody may call it; otherwise only who can show an identity token.
    package var isPublic: Bool
    /// The public URL where it is not Cloud Run's own (a load balancer).
    package var publicURL: String?
    package var identity: RevisionIdentity?
    package var health: HealthSettings
    package var dependsOn: [String]
    /// Names of the suites in `environments/suites/` that are this service's smoke test.
    package var suites: [String]
    package var traffic: TrafficSettings
    /// How traffic moves; nil for what `traffic` says, and in plans of earlier versions.
    package var strategy: StrategySettings?
    /// What runs before a new revision is made; nil for nothing, and in plans of earlier versions.
    package var migration: MigrationSettings?
    /// Those of the environment's regions that it is in; nil for all.
    package var regions: [String]?
    /// Its own, beside the environment's; nil for none, and in plans of earlier versions.
    package var hooks: [Hook]?
    /// What may be cleared away of it; nil for what the environment says, and in plans of earlier versions.
    package var prune: PruneSettings?

    package init(
        name: String, source: SourceSettings? = nil, image: String? = nil, container: ContainerSettings = .init(),
        environment: [ConfiguredVariable] = [], isPublic: Bool = false, publicURL: String? = nil,
        identity: RevisionIdentity? = nil, health: HealthSettings = .init(), dependsOn: [String] = [],
        suites: [String] = [], traffic: TrafficSettings = .init(), strategy: StrategySettings? = nil,
        migration: MigrationSettings? = nil,
        regions: [String]? = nil, prune: PruneSettings? = nil
    ) {
        self.name = name
        self.source = source
        self.image = image ?? name
        self.container = container
        self.environment = environment
        self.isPublic = isPublic
        self.publicURL = publicURL
        self.identity = identity
        self.health = health
        self.dependsOn = dependsOn
        self.suites = suites
        self.traffic = traffic
        self.strategy = strategy
        self.migration = migration
        self.regions = regions
        self.prune = prune
    }
}

/// From what, and how, the image is built. All paths are relative to the folder that holds `environments/`.
package struct SourceSettings: Codable, Hashable, Sendable {
    /// Files and folders whose content decides whether a build is needed.
    package var paths: [String]
    /// The build context.
    package var context: String
    package var dockerfile: String
    package var arguments: [String: String]
    /// A command that runs before the image build, as an argument vector (no shell); empty means none.
    package var before: [String]
    /// How the program starts as a plain process, for the runtime without images: an argument vector whose first
    /// element is a path; nil means that this service needs a container engine.
    package var process: [String]?
    /// The stage of the Dockerfile that is built; nil for the last one, and in plans of earlier versions.
    package var target: String?
    /// What the build may use and the image must not hold; nil in plans of earlier versions.
    package var secrets: [BuildSecret]?
    /// Where layers are kept for other machines: a repository, or `registry` for one beside the image's own.
    package var cache: String?
    /// Which builder builds it where images are pushed; nil for `auto`.
    package var builder: String?

    package init(
        paths: [String], context: String = ".", dockerfile: String = "Dockerfile", arguments: [String: String] = [:],
        before: [String] = [], process: [String]? = nil, target: String? = nil, secrets: [BuildSecret]? = nil,
        cache: String? = nil, builder: String? = nil
    ) {
        self.paths = paths
        self.context = context
        self.dockerfile = dockerfile
        self.arguments = arguments
        self.before = before
        self.process = process
        self.target = target
        self.secrets = secrets
        self.cache = cache
        self.builder = builder
    }
}

/// A build secret by reference: its value is read when the build begins, and nowhere else.
package struct BuildSecret: Codable, Hashable, Sendable {
    package enum Origin: Codable, Hashable, Sendable {
        /// An environment variable of whoever builds.
        case environment(String)
        /// A file, absolute or relative to the folder that holds `environments/`.
        case file(String)
    }

    /// As the Dockerfile asks for it: `RUN --mount=type=secret,id=ID`.
    package var id: String
    package var origin: Origin

    package init(id: String, origin: Origin) {
        self.id = id
        self.origin = origin
    }
}

/// An environment variable as the file gives it: a literal (perhaps with references) or a secret by reference.
package struct ConfiguredVariable: Codable, Hashable, Sendable {
    package enum Value: Codable, Hashable, Sendable {
        case literal(String)
        case secret(name: String, version: String)
    }

    package var name: String
    package var value: Value
    /// The value came from outside the file, or its name says that it is a secret: it is never shown.
    package var isSensitive: Bool

    package init(name: String, value: Value, isSensitive: Bool = false) {
        self.name = name
        self.value = value
        self.isSensitive = isSensitive
    }
}

extension ConfiguredVariable {
    func mapping(_ change: (String) -> String) -> ConfiguredVariable {
        guard case .literal(let text) = value else { return self }
        var copy = self
        copy.value = .literal(change(text))
        return copy
    }
}

extension Service {
    /// Those of its own container and of its sidecars.
    package var allVariables: [ConfiguredVariable] {
        environment + (container.sidecars ?? []).flatMap(\.environment)
    }

    /// Puts other texts in place of the literal values, of sidecars too.
    package mutating func mapVariables(_ change: (String) -> String) {
        environment = environment.map { $0.mapping(change) }
        guard var sidecars = container.sidecars else { return }
        for index in sidecars.indices {
            sidecars[index].environment = sidecars[index].environment.map { $0.mapping(change) }
        }
        container.sidecars = sidecars
    }
}

/// How a response says which revision gave it.
package enum RevisionIdentity: Codable, Hashable, Sendable {
    /// A response header whose value is the revision's name.
    case header(String)
    /// A JSON path into the body of the health response whose value is the revision's name.
    case json(path: String)
}

/// The health window: so many healthy samples in a row, before the window ends.
package struct HealthSettings: Codable, Hashable, Sendable {
    package var path: String
    /// Healthy samples in a row that are enough.
    package var samples: Int
    /// Milliseconds between two samples.
    package var intervalMilliseconds: Int
    /// Seconds after which the window ends and the service counts as unhealthy.
    package var windowSeconds: Int
    /// Milliseconds that one sample may take.
    package var timeoutMilliseconds: Int

    package init(
        path: String = "/health", samples: Int = 5, intervalMilliseconds: Int = 100, windowSeconds: Int = 30,
        timeoutMilliseconds: Int = 2000
    ) {
        self.path = path
        self.samples = samples
        self.intervalMilliseconds = intervalMilliseconds
        self.windowSeconds = windowSeconds
        self.timeoutMilliseconds = timeoutMilliseconds
    }
}

/// How traffic moves to a candidate that passed.
package struct TrafficSettings: Codable, Hashable, Sendable {
    /// Rising percentages, the last one 100.
    package var steps: [Int]

    package init(steps: [Int] = [100]) {
        self.steps = steps
    }
}
