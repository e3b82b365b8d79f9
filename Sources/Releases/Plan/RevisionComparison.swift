import Configuration

/// Whether a revision is what would be made, by its settings after what Cloud Run fills in where nothing is said: for one
/// that somebody else made, which has no fingerprint to go by, and for one that was built then and is given as an image
/// now, whose fingerprint is another.
enum RevisionComparison {
    /// - Parameter image: what would be deployed; without one nothing is known before it is built.
    static func isSame(
        _ revision: RevisionObservation, image: ImageReference?, container: ContainerSettings,
        environment: [ConfiguredVariable]
    ) -> Bool {
        guard let seen = revision.template,
            // What has no key here would be gone from a new revision.
            seen.unexpressed.isEmpty, let digest = seen.digest, image.flatMap(Self.digest) == digest
        else { return false }
        return meaning(of: seen.container) == meaning(of: container)
            && values(seen.environment) == values(environment)
    }

    private static func digest(of image: ImageReference) -> String? {
        image.value.split(separator: "@", omittingEmptySubsequences: false).dropFirst().first.map(String.init)
    }

    /// Settings with Cloud Run's defaults in place (v2 discovery document, `RevisionTemplate`); who may reach the service
    /// (ingress) is no part of a revision.
    private static func meaning(of settings: ContainerSettings) -> ContainerSettings {
        var result = settings
        result.ingress = nil
        let cores = settings.cpu.flatMap(ProcessorText.milliCores) ?? 1000
        result.cpu = "\(cores)m"
        result.memory = "\(settings.memory.flatMap(MemoryText.bytes) ?? 512 << 20)"
        result.concurrency = settings.concurrency ?? (cores < 1000 ? 1 : 80)
        result.timeoutSeconds = settings.timeoutSeconds ?? 300
        result.minInstances = settings.minInstances ?? 0
        result.maxInstances = settings.maxInstances ?? 100
        if settings.serviceAccount.map(isDefaultAccount) == true { result.serviceAccount = nil }
        result.startupProbe =
            settings.startupProbe.map { filled($0, port: settings.port) }
            ?? Probe(
                kind: .tcp, port: settings.port, initialDelaySeconds: 0, timeoutSeconds: 240, periodSeconds: 240,
                failureThreshold: 1)
        result.livenessProbe = settings.livenessProbe.map { filled($0, port: settings.port) }
        return result
    }

    private static func filled(_ probe: Probe, port: Int) -> Probe {
        Probe(
            kind: probe.kind, port: probe.port ?? port, initialDelaySeconds: probe.initialDelaySeconds ?? 0,
            timeoutSeconds: probe.timeoutSeconds ?? 1, periodSeconds: probe.periodSeconds ?? 10,
            failureThreshold: probe.failureThreshold ?? 3)
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
