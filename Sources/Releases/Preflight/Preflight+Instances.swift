import Configuration

/// What instances need besides an image and secrets: networks, databases, room.
extension Preflight {
    /// In a fixed order: networks, databases, who may connect to them, quotas, images of sidecars.
    func instances(_ intent: ReleaseIntent, accounts: [String: String]) async -> [PreflightFinding] {
        let deployed = intent.services.filter(\.makesRevision)
        async let networks = all(distinct(deployed.flatMap { NetworkUse.of($0.service.container, at: $0.identity) })) {
            $0.finding(await self.inspection.network($0))
        }
        async let databases = all(distinct(deployed.flatMap { DatabaseUse.of($0.service.container) })) {
            $0.existence(await self.inspection.database($0.instance))
        }
        async let access = databaseAccess(deployed, accounts)
        async let quotas = quotas(deployed)
        async let images = sidecarImages(deployed)
        return await networks + databases + access + quotas + images
    }

    private struct Connection: Hashable {
        var project: String
        var account: String
        var use: DatabaseUse
    }

    private func databaseAccess(
        _ services: [ReleaseIntent.ServiceIntent], _ accounts: [String: String]
    ) async -> [PreflightFinding] {
        var connections: [Connection] = []
        for service in services {
            guard let account = accounts[service.identity.name] else { continue }
            for use in DatabaseUse.of(service.service.container) {
                let project = use.instance.project
                guard !connections.contains(where: { $0.project == project && $0.account == account }) else { continue }
                connections.append(Connection(project: project, account: account, use: use))
            }
        }
        return await all(connections) {
            $0.use.access(by: $0.account, policy: await self.inspection.policy(of: .project($0.project)))
        }
    }

    /// One question for each kind, and none where no service says how many instances there may be.
    private func quotas(_ services: [ReleaseIntent.ServiceIntent]) async -> [PreflightFinding] {
        let wanted = services.flatMap { InstanceQuota.of($0.service.container, at: $0.identity) }
        guard let project = wanted.first?.service.project else { return [] }
        async let processors = inspection.limits(of: InstanceQuota.Kind.processor.metric, in: project)
        async let memory = inspection.limits(of: InstanceQuota.Kind.memory.metric, in: project)
        let limits = await [InstanceQuota.Kind.processor: processors, .memory: memory]
        return wanted.map { $0.finding(limits[$0.kind] ?? .undetermined(.unreachable("not asked"))) }
    }

    private func sidecarImages(_ services: [ReleaseIntent.ServiceIntent]) async -> [PreflightFinding] {
        guard let images else { return [] }
        let sidecars = services.flatMap { service in
            (service.service.container.sidecars ?? []).map { ("\(service.identity.name)/\($0.name)", $0.image) }
        }
        return await all(sidecars) { name, text in
            let image = ImageReference(text)
            return ResourceFindings.image(image, service: name, refusal: await images.refusal(of: image))
        }
    }

    /// Each once, in its order.
    private func distinct<Subject: Hashable>(_ subjects: [Subject]) -> [Subject] {
        var seen: Set<Subject> = []
        return subjects.filter { seen.insert($0).inserted }
    }
}
