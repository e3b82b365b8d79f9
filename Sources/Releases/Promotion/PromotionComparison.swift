package import Configuration

/// What a revision that was verified elsewhere and the one that would be made of its image have not in common: by
/// meaning, with Cloud Run's defaults in place, since one environment may write out what the other leaves out.
package enum PromotionComparison {
    /// One side: settings, where they hold, and the names of variables.
    package struct Side: Sendable {
        package var container: ContainerSettings
        package var variables: Set<String>
        package var identity: ServiceIdentity

        package init(container: ContainerSettings, variables: Set<String>, identity: ServiceIdentity) {
            self.container = container
            self.variables = variables
            self.identity = identity
        }

        fileprivate var meaning: ContainerSettings { RevisionComparison.meaning(of: container, at: identity) }
    }

    /// In the order of ``PromotionSetting``.
    package static func differences(
        verified: Side, wanted: Side, refusing refused: [PromotionSetting]
    ) -> [PromotionDifference] {
        let (there, here) = (verified.meaning, wanted.meaning)
        return PromotionSetting.allCases.compactMap { setting in
            let isRefused = refused.contains(setting)
            if setting == .env {
                guard verified.variables != wanted.variables else { return nil }
                return PromotionDifference(
                    .env, there: only(verified.variables.subtracting(wanted.variables)),
                    here: only(wanted.variables.subtracting(verified.variables)), isRefused: isRefused)
            }
            guard value(setting, there) != value(setting, here) else { return nil }
            let (first, second) = (text(setting, there), text(setting, here))
            return PromotionDifference(
                setting, there: first, here: first == second ? "others" : second, isRefused: isRefused)
        }
    }

    private static func only(_ names: Set<String>) -> String {
        names.isEmpty ? "nothing more" : names.sorted().joined(separator: ", ")
    }

    /// What is compared. Names of things that every environment has its own of (secrets, buckets, networks) are no part.
    private static func value(_ setting: PromotionSetting, _ settings: ContainerSettings) -> AnyHashable {
        switch setting {
        case .env: 0
        case .port: settings.port
        case .command: [settings.command, settings.arguments, [settings.workingDirectory ?? ""]]
        case .probes:
            settings.probes.map { $0?.withoutHeaders }
        case .cpu: settings.cpu
        case .memory: settings.memory
        case .concurrency: settings.concurrency
        case .timeout: settings.timeoutSeconds
        case .scaling: [settings.minInstances, settings.maxInstances]
        case .runtime:
            [
                settings.executionEnvironment ?? "", "\(settings.cpuIdle ?? true)",
                "\(settings.startupCPUBoost ?? false)", "\(settings.sessionAffinity ?? false)",
                "\(settings.usesHTTP2 ?? false)", settings.gpu.map { "\($0.type) \($0.count)" } ?? "",
            ]
        case .volumes: volumes(settings)
        case .sidecars: (settings.sidecars ?? []).map(\.name)
        case .network: network(settings)
        }
    }

    /// What a person is told: no argument, since some programs take secrets there, and no header of a probe.
    private static func text(_ setting: PromotionSetting, _ settings: ContainerSettings) -> String {
        switch setting {
        case .env: ""
        case .port: "\(settings.port)"
        case .command:
            (settings.command.isEmpty ? "the image's own" : settings.command.joined(separator: " "))
                + (settings.arguments.isEmpty ? "" : " with \(settings.arguments.count) arguments")
                + (settings.workingDirectory.map { " in \($0)" } ?? "")
        case .probes:
            zip(["startup", "liveness", "readiness"], settings.probes)
                .compactMap { name, probe in probe.map { "\(name) \($0.summary)" } }.joined(separator: ", ")
        case .cpu: settings.cpu ?? "1000m"
        case .memory: settings.memory.flatMap { Int($0) }.map { MemoryText.spelled($0) } ?? "512Mi"
        case .concurrency: "\(settings.concurrency ?? 80)"
        case .timeout: "\(settings.timeoutSeconds ?? 300)s"
        case .scaling: "\(settings.minInstances ?? 0) to \(settings.maxInstances ?? 100) instances"
        case .runtime:
            ([
                settings.executionEnvironment, settings.cpuIdle == false ? "cpu always" : nil,
                settings.startupCPUBoost == true ? "startup boost" : nil,
                settings.sessionAffinity == true ? "session affinity" : nil,
                settings.usesHTTP2 == true ? "http2" : nil, settings.gpu.map { "\($0.count) \($0.type)" },
            ].compactMap(\.self) as [String]).listed(orElse: "the usual")
        case .volumes: volumes(settings).listed(orElse: "none")
        case .sidecars: (settings.sidecars ?? []).map(\.name).listed(orElse: "none")
        case .network: network(settings).listed(orElse: "none")
        }
    }

    private static func volumes(_ settings: ContainerSettings) -> [String] {
        let mounts = Dictionary((settings.mounts ?? []).map { ($0.volume, $0.path) }, uniquingKeysWith: { $1 })
        return (settings.volumes ?? []).map { volume in
            let kind =
                switch volume.kind {
                case .secret: "secret"
                case .emptyDirectory: "empty"
                case .bucket: "bucket"
                case .nfs: "nfs"
                }
            return "\(volume.name) (\(kind))" + (mounts[volume.name].map { " at \($0)" } ?? "")
        }.sorted()
    }

    private static func network(_ settings: ContainerSettings) -> [String] {
        var words: [String] = []
        switch settings.vpc?.way {
        case .connector: words.append("a connector")
        case .direct: words.append("direct VPC egress")
        case nil: break
        }
        if let egress = settings.vpc?.egress { words.append(egress.rawValue) }
        if let databases = settings.cloudSQL, !databases.isEmpty { words.append("\(databases.count) databases") }
        return words
    }
}

extension [String] {
    fileprivate func listed(orElse nothing: String) -> String { isEmpty ? nothing : joined(separator: ", ") }
}

extension ContainerSettings {
    /// Startup, liveness, readiness. One that asks the container's own port goes with it.
    fileprivate var probes: [Probe?] {
        [startupProbe, livenessProbe, readinessProbe].map { probe in
            guard var probe, probe.port == port else { return probe }
            probe.port = nil
            return probe
        }
    }
}

extension Probe {
    /// Headers say who asks, and may hold what opens the door: their names are what counts.
    fileprivate var withoutHeaders: Probe {
        var probe = self
        probe.headers = headers?.mapValues { _ in "" }
        return probe
    }

    fileprivate var summary: String {
        let what =
            switch kind {
            case .http(let path): "http \(path)"
            case .tcp: "tcp"
            case .grpc: "grpc"
            }
        return what + (port.map { ":\($0)" } ?? "") + " every \(periodSeconds ?? 10)s, \(failureThreshold ?? 3) times"
    }
}
