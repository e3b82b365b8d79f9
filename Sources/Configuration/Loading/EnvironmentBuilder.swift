/// Turns a merged document into the model. What is missing or wrong becomes a default: the findings were collected
/// before, and a document with findings is never used.
enum EnvironmentBuilder {
    static func environment(name: String, from root: ConfigurationNode) -> Environment {
        var environment = Environment(
            name: name, platform: platform(root["platform"]), project: root["project"]?.text ?? "",
            regions: root["regions"]?.texts ?? root["region"]?.text.map { [$0] } ?? [""],
            registry: root["registry"]?.text,
            services: root["services"]?.entries.map { service($0.key, $0.value) } ?? [],
            gates: gates(root["gates"]), index: root["index"]?.text,
            cloudBuild: root["cloud_build"].map { node in
                CloudBuildConfiguration(
                    region: node["region"]?.text, timeoutSeconds: node["timeout"]?.wholeSeconds,
                    bucket: node["bucket"]?.text)
            }, freeze: FreezeReading.windows(root["freeze"]), state: StateReading.settings(root["state"]),
            prune: PruneSchema.settings(root["prune"]),
            infrastructure: InfrastructureSchema.settings(root["infra"]))
        environment.hooks = HookReading.hooks(root["hooks"])
        environment.protects = PrioritySchema.protects(root["priorities"])
        environment.loop = LoopSchema.settings(root["loop"])
        environment.regionRollout = RegionSchema.rollout(root)
        return environment
    }

    private static func gates(_ node: ConfigurationNode?) -> Gates {
        Gates(
            smokePriorities: node?["smoke_priorities"]?.texts ?? [], indexCoverage: node?["index_coverage"]?.percent,
            maximumFlaky: node?["max_flaky"]?.percent, maximumExcused: node?["max_excused"]?.integer,
            skipsMayGrow: node?["skips_may_grow"]?.boolean, promotion: PromotionSchema.gate(node?["promotion"]))
    }

    private static func platform(_ node: ConfigurationNode?) -> PlatformSettings {
        let kind = node?["kind"]?.text ?? node?.text ?? ""
        return PlatformSettings(
            kind: PlatformSettings.Kind(rawValue: kind) ?? .local, endpoint: node?["endpoint"]?.text)
    }

    private static func service(_ name: String, _ node: ConfigurationNode) -> Service {
        var service = Service(
            name: name, source: node["source"].map(source), image: node["image"]?.text,
            container: container(node, of: name),
            environment: node["env"]?.entries.map { variable($0) } ?? [], isPublic: node["public"]?.boolean ?? false,
            publicURL: node["public_url"]?.text, identity: identity(node["identity"]), health: health(node["health"]),
            dependsOn: node["depends_on"]?.texts ?? [], suites: node["suites"]?.texts ?? [],
            traffic: TrafficSettings(
                steps: node["traffic"]?["steps"]?.elements.compactMap(\.percent) ?? TrafficSettings().steps),
            strategy: StrategyReading.strategy(node["strategy"]),
            migration: MigrationSchema.settings(node["migration"]), regions: node["regions"]?.texts,
            prune: PruneSchema.settings(node["prune"]))
        service.hooks = HookReading.hooks(node["hooks"])
        return service
    }

    private static func source(_ node: ConfigurationNode) -> SourceSettings {
        let arguments = node["args"]?.entries.compactMap { entry in entry.value.text.map { (entry.key, $0) } } ?? []
        return SourceSettings(
            paths: node["paths"]?.texts ?? [], context: node["context"]?.text ?? ".",
            dockerfile: node["dockerfile"]?.text ?? "Dockerfile",
            arguments: Dictionary(arguments, uniquingKeysWith: { _, last in last }),
            before: node["before"]?.texts ?? [], process: node["process"]?.texts, target: node["target"]?.text,
            secrets: node["secrets"]?.entries.compactMap(buildSecret), cache: node["cache"]?.text,
            builder: node["builder"]?.text)
    }

    private static func buildSecret(_ entry: ConfigurationEntry) -> BuildSecret? {
        if let name = entry.value["env"]?.text { return BuildSecret(id: entry.key, origin: .environment(name)) }
        return entry.value["file"]?.text.map { BuildSecret(id: entry.key, origin: .file($0)) }
    }

    private static func container(_ node: ConfigurationNode, of service: String) -> ContainerSettings {
        var settings = ContainerSettings(
            port: node["port"]?.integer ?? 8080, cpu: node["cpu"]?.text, memory: node["memory"]?.text,
            concurrency: node["concurrency"]?.integer, timeoutSeconds: node["timeout"]?.wholeSeconds,
            minInstances: node["min_instances"]?.integer, maxInstances: node["max_instances"]?.integer,
            command: node["command"]?.texts ?? [], arguments: node["args"]?.texts ?? [],
            serviceAccount: node["service_account"]?.text, ingress: node["ingress"]?.text,
            startupProbe: node["probes"]?["startup"].flatMap(probe),
            livenessProbe: node["probes"]?["liveness"].flatMap(probe))
        addInstance(node, of: service, to: &settings)
        return settings
    }

    static func probe(_ node: ConfigurationNode) -> Probe? {
        guard node.isMapping else { return nil }
        return Probe(
            kind: probeKind(node), port: node["port"]?.integer,
            initialDelaySeconds: node["initial_delay"]?.wholeSeconds, timeoutSeconds: node["timeout"]?.wholeSeconds,
            periodSeconds: node["period"]?.wholeSeconds, failureThreshold: node["failure_threshold"]?.integer,
            headers: node["headers"].map(texts))
    }

    private static func probeKind(_ node: ConfigurationNode) -> Probe.Kind {
        if let path = node["http"]?.text { return .http(path: path) }
        return node["grpc"] == nil ? .tcp : .grpc(service: node["service"]?.text)
    }

    static func variable(_ entry: ConfigurationEntry) -> ConfiguredVariable {
        if let secret = entry.value["secret"]?.text {
            let version = entry.value["version"]?.text ?? "latest"
            return ConfiguredVariable(name: entry.key, value: .secret(name: secret, version: version))
        }
        let isFilledIn = entry.value.scalar?.written != nil
        return ConfiguredVariable(
            name: entry.key, value: .literal(entry.value.scalar?.text ?? ""),
            isSensitive: isFilledIn || SensitiveName.matches(entry.key))
    }

    private static func identity(_ node: ConfigurationNode?) -> RevisionIdentity? {
        if let header = node?["header"]?.text { return .header(header) }
        return node?["json"]?.text.map { .json(path: $0) }
    }

    private static func health(_ node: ConfigurationNode?) -> HealthSettings {
        let usual = HealthSettings()
        return HealthSettings(
            path: node?["path"]?.text ?? usual.path, samples: node?["samples"]?.integer ?? usual.samples,
            intervalMilliseconds: node?["interval"]?.milliseconds ?? usual.intervalMilliseconds,
            windowSeconds: node?["window"]?.wholeSeconds ?? usual.windowSeconds,
            timeoutMilliseconds: node?["timeout"]?.milliseconds ?? usual.timeoutMilliseconds)
    }
}

extension ConfigurationNode {
    var wholeSeconds: Int? { milliseconds.map { $0 / 1000 } }
}

/// Variables whose value is hidden although it was written out.
package enum SensitiveName {
    private static let words: Set<String> = [
        "SECRET", "TOKEN", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIAL", "CREDENTIALS", "KEY", "APIKEY", "PRIVATE",
        "AUTHORIZATION",
    ]

    package static func matches(_ name: String) -> Bool {
        name.uppercased().split(whereSeparator: { "_-.".contains($0) }).contains { words.contains(String($0)) }
    }
}
