/// The two kinds of files: services that all environments share, and one environment.
package enum ConfigurationFileKind: String, Hashable, Sendable, CaseIterable {
    case services, environment
}

/// The tables of every key that a configuration file can have.
package enum ConfigurationSchema {
    package static func schema(for kind: ConfigurationFileKind) -> ObjectSchema {
        switch kind {
        case .services: ObjectSchema([services])
        case .environment: environment
        }
    }

    static let reservedVariables = ["PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION"]
    static let priorities = ["P1", "P2", "P3", "P4", "P5", "P6"]
    static let builders = ["auto", "docker", "podman", "buildah", "cloud-build"]
    static let ingress = ["all", "internal", "internal-and-cloud-load-balancing"]

    private static let services = SchemaField(
        "services", .map(key: .serviceName, value: .object(service)),
        "the services by name; an environment's are laid over the shared ones")

    private static let environment = ObjectSchema(
        environmentFields + suiteFields, oneOf: [["region", "regions"]])

    private static let environmentFields = [
        SchemaField(
            "platform",
            .scalarOr(
                .choice(PlatformSettings.Kind.allCases.map(\.rawValue)),
                ObjectSchema([
                    SchemaField(
                        "kind", .choice(PlatformSettings.Kind.allCases.map(\.rawValue)), required: true,
                        "`google` for Cloud Run, `local` for the built-in one"),
                    SchemaField("endpoint", .string(.url), "the API's base URL where it is not the kind's own"),
                ])), required: true, "which Cloud Run: `google`, `local`, or a mapping with an endpoint"),
        SchemaField("project", .string(.project), required: true, "the Google Cloud project's id"),
        SchemaField("region", .string(.region), "the Cloud Run region"),
        SchemaField(
            "regions", .list(.string(.region), minimum: 1),
            "the Cloud Run regions, where there are several: each service is in all of them"),
        RegionSchema.order, RegionSchema.rollback,
        SchemaField(
            "registry", .string(.registry), "where images are pushed; without it they stay in the container engine"),
        SchemaField(
            "gates",
            .object(
                ObjectSchema([
                    SchemaField(
                        "smoke_priorities", .list(.choice(priorities)),
                        "the priorities whose suites run before traffic moves; all where it is missing"),
                    SchemaField(
                        "index_coverage", .percent(0...100), "the share of the test index that must have run (100)"),
                    SchemaField(
                        "max_flaky", .percent(0...100),
                        "the share of checks that may pass only after a retry; one always may, unless it is 0 (2)"),
                    SchemaField(
                        "max_excused", .integer(0...10_000),
                        "how many failures may be waived, quarantined or expected (any number)"),
                    SchemaField(
                        "skips_may_grow", .boolean,
                        "more checks may be skipped than in the last run that passed (false)"),
                    PromotionSchema.field,
                ])), "how strict a release is here"),
        SchemaField(
            "index", .string(.fileName), "the tests that there should be, a file in `environments/index/`"),
        SchemaField("cloud_build", .object(cloudBuild), "how the builder `cloud-build` works here"),
        state,
        FreezeSchema.field,
        PrioritySchema.field,
        HookSchema.ofEnvironment,
        PruneSchema.environmentField,
        InfrastructureSchema.field,
        LoopSchema.field,
        services,
    ]

    /// Cloud Build's own bound for a timeout is a day (`builds` resource, `timeout`).
    private static let cloudBuild = ObjectSchema([
        SchemaField("region", .string(.region), "where builds run (global)"),
        SchemaField("timeout", .duration(60_000...86_400_000, step: 1000), "how long a build may take (20m)"),
        SchemaField("bucket", .string(.bucket), "where sources are uploaded (PROJECT_cloudbuild)"),
    ])

    static let service = ObjectSchema(serviceFields + instanceFields)

    private static let serviceFields = [
        SchemaField("source", .object(source), "from what the image is built"),
        SchemaField(
            "image", .string(.image),
            "the image's repository (the service's name), or an image pinned by digest that is not built"),
        SchemaField("port", .integer(1...65535), "the port that the container listens on (8080)"),
        SchemaField("cpu", .processor, "cores per instance (1)"),
        SchemaField("memory", .memory(128 << 20...32 << 30), "memory per instance (512Mi)"),
        SchemaField("concurrency", .integer(1...1000), "requests at once per instance (80)"),
        SchemaField("timeout", .duration(1000...3_600_000, step: 1000), "how long a request may take (300s)"),
        SchemaField("min_instances", .integer(0...1000), "instances that are always there (0)"),
        SchemaField("max_instances", .integer(1...1000), "the most instances (100)"),
        SchemaField("command", .list(.string(.word)), "replaces the image's entry point"),
        SchemaField("args", .list(.string(.word)), "replaces the image's arguments"),
        SchemaField("service_account", .string(.text), "the identity that the service runs as"),
        SchemaField("ingress", .choice(ingress), "from where it can be called (all)"),
        SchemaField(
            "env", variables,
            "environment variables: text, which may name `${services.NAME.url}` or `${infra.NAME}`, or a secret by reference"
        ),
        SchemaField("public", .boolean, "anybody may call it (false)"),
        SchemaField("public_url", .string(.url), "its public URL where that is not Cloud Run's own"),
        SchemaField("identity", .object(identity), "how a response says which revision gave it"),
        SchemaField("probes", .object(probes), "Cloud Run's own probes"),
        SchemaField("health", .object(health), "the health window of a release"),
        SchemaField("depends_on", .list(.string(.serviceName)), "services that must be there first"),
        SchemaField("suites", .list(.string(.fileName)), "smoke suites, files in `environments/suites/`"),
        SchemaField(
            "traffic",
            .object(
                ObjectSchema([
                    SchemaField(
                        "steps", .list(.percent(1...100), minimum: 1), "rising percentages, the last one 100 ([100])")
                ])), "how traffic moves to a candidate that passed"),
        StrategySchema.field,
        MigrationSchema.field,
        HookSchema.ofService,
        PruneSchema.serviceField,
        SchemaField(
            "regions", .list(.string(.region), minimum: 1), "those of the environment's regions that it is in (all)"),
    ]

    static let variables = SchemaType.map(
        key: .variableName,
        value: .scalarOr(
            .scalar,
            ObjectSchema([
                SchemaField("secret", .string(.secretName), required: true, "the Secret Manager secret"),
                SchemaField("version", .scalar, "its version (latest)"),
            ])))

    private static let source = ObjectSchema([
        SchemaField(
            "paths", .list(.string(.relativePath), minimum: 1), required: true,
            "files and folders whose content decides whether a build is needed"),
        SchemaField("context", .string(.relativePath), "the build context (.)"),
        SchemaField("dockerfile", .string(.relativePath), "the Dockerfile (Dockerfile)"),
        SchemaField("args", .map(key: .variableName, value: .scalar), "build arguments"),
        SchemaField("before", .list(.string(.word)), "a command that runs before the build, without a shell"),
        SchemaField(
            "process", .list(.string(.word), minimum: 1), "how it starts as a plain process, where no engine runs"),
        SchemaField("target", .string(.variableName), "the stage of the Dockerfile that is built (the last one)"),
        SchemaField(
            "secrets",
            .map(
                key: .variableName,
                value: .object(
                    ObjectSchema(
                        [
                            SchemaField("env", .string(.variableName), "the environment variable that holds it"),
                            SchemaField("file", .string(.text), "the file that holds it"),
                        ], oneOf: [["env", "file"]]))),
            "what `RUN --mount=type=secret,id=…` may use and the image never holds, by id"),
        SchemaField(
            "cache", .string(.cacheRepository),
            "where layers are kept for other machines: a repository, or `registry` for one beside the image's own"),
        SchemaField("builder", .choice(builders), "which builder builds it where images are pushed (auto)"),
    ])

    private static let identity = ObjectSchema(
        [
            SchemaField("header", .string(.headerName), "a response header whose value is the revision's name"),
            SchemaField("json", .string(.jsonPath), "a JSON path into the health response"),
        ], oneOf: [["header", "json"]])

    private static let health = ObjectSchema([
        SchemaField("path", .string(.urlPath), "the path that is asked (/health)"),
        SchemaField("samples", .integer(1...1000), "healthy samples in a row that are enough (5)"),
        SchemaField("interval", .duration(10...60_000, step: 1), "the time between two samples (100ms)"),
        SchemaField("window", .duration(1000...3_600_000, step: 1000), "how long it may take in all (30s)"),
        SchemaField("timeout", .duration(10...60_000, step: 1), "how long one sample may take (2s)"),
    ])

    static let probes = ObjectSchema([
        SchemaField("startup", .object(probe(longest: 240)), "decides when an instance is ready"),
        SchemaField("liveness", .object(probe(longest: 3600)), "decides when an instance is restarted"),
        SchemaField("readiness", .object(probe(longest: 3600)), "decides whether an instance gets requests"),
    ])

    /// `longest` is Cloud Run's bound in seconds: 240 for startup, 3600 for the others.
    private static func probe(longest: Int) -> ObjectSchema {
        ObjectSchema(
            [
                SchemaField("http", .string(.urlPath), "a GET of this path must answer 2xx or 3xx"),
                SchemaField("tcp", .boolean, "the port must accept a connection"),
                SchemaField("grpc", .boolean, "the health service of gRPC must answer SERVING"),
                SchemaField(
                    "headers", .map(key: .headerName, value: .string(.word)), "request headers, with `http`"),
                SchemaField("service", .string(.text), "which service is asked, with `grpc` (the whole server)"),
                SchemaField("port", .integer(1...65535), "the port, where it is not the container's"),
                SchemaField(
                    "initial_delay", .duration(0...longest * 1000, step: 1000), "the wait before the first (0s)"),
                SchemaField("timeout", .duration(1000...longest * 1000, step: 1000), "how long one may take (1s)"),
                SchemaField("period", .duration(1000...longest * 1000, step: 1000), "the time between two (10s)"),
                SchemaField("failure_threshold", .integer(1...1000), "failures in a row that decide (3)"),
            ], oneOf: [["http", "tcp", "grpc"]])
    }
}
