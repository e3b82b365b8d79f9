import Configuration

/// Whether a revision is what would be made, by its settings after what Cloud Run fills in where nothing is said: for one
/// that somebody else made, which has no fingerprint to go by, and for one that was built then and is given as an image
/// now, whose fingerprint is another.
enum RevisionComparison {
    /// - Parameters:
    ///   - image: what would be deployed; without one nothing is known before it is built.
    ///   - service: where, which short names go by.
    static func isSame(
        _ revision: RevisionObservation, of service: ServiceIdentity, image: ImageReference?,
        container: ContainerSettings, environment: [ConfiguredVariable]
    ) -> Bool {
        guard let seen = revision.template,
            // What has no key here would be gone from a new revision.
            seen.unexpressed.isEmpty, let digest = seen.digest, image.flatMap(Self.digest) == digest
        else { return false }
        return meaning(of: seen.container, at: service) == meaning(of: container, at: service)
            && values(seen.environment) == values(environment)
    }

    static func digest(of image: ImageReference) -> String? {
        image.value.split(separator: "@", omittingEmptySubsequences: false).dropFirst().first.map(String.init)
    }

    /// Settings with Cloud Run's defaults in place (v2 discovery document, `RevisionTemplate`); who may reach the service
    /// (ingress) is no part of a revision.
    static func meaning(of settings: ContainerSettings, at service: ServiceIdentity) -> ContainerSettings {
        var result = settings
        result.ingress = nil
        let cores = settings.cpu.flatMap(ProcessorText.milliCores) ?? 1000
        result.cpu = "\(cores)m"
        result.memory = memory(settings.memory)
        result.concurrency = settings.concurrency ?? (cores < 1000 ? 1 : 80)
        result.timeoutSeconds = settings.timeoutSeconds ?? 300
        result.minInstances = settings.minInstances ?? 0
        result.maxInstances = settings.maxInstances ?? 100
        if settings.serviceAccount.map(isDefaultAccount) == true { result.serviceAccount = nil }
        result.startupProbe = filled(
            settings.startupProbe
                ?? Probe(kind: .tcp, timeoutSeconds: 240, periodSeconds: 240, failureThreshold: 1),
            port: settings.port)
        result.livenessProbe = settings.livenessProbe.map { filled($0, port: settings.port) }
        result.readinessProbe = settings.readinessProbe.map { filled($0, port: settings.port) }
        result.usesHTTP2 = settings.usesHTTP2 ?? false
        result.cpuIdle = settings.cpuIdle ?? true
        result.startupCPUBoost = settings.startupCPUBoost ?? false
        result.gpu?.zonalRedundancy = settings.gpu?.zonalRedundancy ?? true
        result.sessionAffinity = settings.sessionAffinity ?? false
        result.labels = settings.labels ?? [:]
        result.vpc = settings.vpc?.meaning(at: service)
        result.cloudSQL = (settings.cloudSQL ?? []).sorted()
        result.volumes = (settings.volumes ?? []).map(meaning).sorted { $0.name < $1.name }
        result.mounts = meaning(of: settings.mounts ?? [])
        result.sidecars = (settings.sidecars ?? []).map(meaning).sorted { $0.name < $1.name }
        result.startsAfter = (settings.startsAfter ?? []).sorted()
        // With one container its name has no meaning to anybody.
        if result.sidecars?.isEmpty == true { result.name = nil }
        return result
    }

    private static func meaning(of sidecar: Sidecar) -> Sidecar {
        var result = sidecar
        result.image = sidecar.digest ?? sidecar.image
        result.environment = sidecar.environment.sorted { $0.name < $1.name }.map {
            ConfiguredVariable(name: $0.name, value: $0.value)
        }
        result.cpu = "\(sidecar.cpu.flatMap(ProcessorText.milliCores) ?? 1000)m"
        result.memory = memory(sidecar.memory)
        result.startupCPUBoost = sidecar.startupCPUBoost ?? false
        result.startupProbe = sidecar.startupProbe.map { filled($0, port: nil) }
        result.livenessProbe = sidecar.livenessProbe.map { filled($0, port: nil) }
        result.readinessProbe = sidecar.readinessProbe.map { filled($0, port: nil) }
        result.mounts = meaning(of: sidecar.mounts)
        result.dependsOn = sidecar.dependsOn.sorted()
        return result
    }

    private static func meaning(of volume: Volume) -> Volume {
        switch volume.kind {
        case .secret(var secret):
            secret.mode = secret.mode ?? 0o444
            secret.files = secret.files.sorted { $0.path < $1.path }
            return Volume(name: volume.name, kind: .secret(secret))
        case .emptyDirectory(var directory):
            directory.medium = directory.medium ?? .memory
            directory.sizeLimit = directory.sizeLimit.map { memory($0) }
            return Volume(name: volume.name, kind: .emptyDirectory(directory))
        case .bucket, .nfs: return volume
        }
    }

    private static func meaning(of mounts: [VolumeMount]) -> [VolumeMount] { mounts.sorted { $0.volume < $1.volume } }

    /// In bytes, as there are many ways to write it.
    private static func memory(_ text: String?) -> String { "\(text.flatMap(MemoryText.bytes) ?? 512 << 20)" }

    private static func filled(_ probe: Probe, port: Int?) -> Probe {
        Probe(
            kind: probe.kind, port: probe.port ?? port, initialDelaySeconds: probe.initialDelaySeconds ?? 0,
            timeoutSeconds: probe.timeoutSeconds ?? 1, periodSeconds: probe.periodSeconds ?? 10,
            failureThreshold: probe.failureThreshold ?? 3, headers: probe.headers ?? [:])
    }

    /// The project's account for Compute Engine, which a service without one of its own runs as.
    private static func isDefaultAccount(_ email: String) -> Bool {
        let suffix = "-compute@developer.gserviceaccount.com"
        return email.hasSuffix(suffix) && email.dropLast(suffix.count).allSatisfy(\.isNumber)
    }

    /// Order means nothing. A text that is filled in at run time is equal to nothing that is seen.
    private static func values(_ variables: [ConfiguredVariable]) -> [String: ConfiguredVariable.Value] {
        Dictionary(variables.map { ($0.name, $0.value) }, uniquingKeysWith: { _, last in last })
    }
}
