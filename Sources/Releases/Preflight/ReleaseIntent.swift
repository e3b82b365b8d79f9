package import Configuration

/// What a release is about to ask of Google, as far as permissions, APIs and secrets follow from it.
package struct ReleaseIntent: Hashable, Sendable {
    package struct ServiceIntent: Hashable, Sendable {
        package var identity: ServiceIdentity
        package var service: Service
        /// Whether it is there already; a service that is not has no policy of its own yet.
        package var exists: Bool
        package var makesRevision: Bool
        /// It is going to be opened to everybody.
        package var opens: Bool
        package var pushes: Bool
        /// It is asked with an identity token at least once.
        package var isClosed: Bool
        /// Known already when nothing is built.
        package var image: ImageReference?
        /// Its migration runs as a job.
        package var migrates = false
        /// A canary's real requests are judged by what Cloud Monitoring has counted.
        package var isJudgedByMonitoring = false
        /// Connections of what serves before are waited for so long that Cloud Monitoring can tell of them.
        package var drains = false

        package init(
            identity: ServiceIdentity, service: Service, exists: Bool, makesRevision: Bool, opens: Bool, pushes: Bool,
            isClosed: Bool, image: ImageReference? = nil
        ) {
            self.identity = identity
            self.service = service
            self.exists = exists
            self.makesRevision = makesRevision
            self.opens = opens
            self.pushes = pushes
            self.isClosed = isClosed
            self.image = image
        }
    }

    package var project: String
    package var registry: String?
    package var builder: String
    /// The service account whose identity tokens open services that are not public; nil when there is none.
    package var identityAccount: String?
    /// Only what changes.
    package var services: [ServiceIntent]

    package init(
        project: String, registry: String?, builder: String, identityAccount: String?, services: [ServiceIntent]
    ) {
        self.project = project
        self.registry = registry
        self.builder = builder
        self.identityAccount = identityAccount
        self.services = services
    }

    /// What a plan will ask; without services when it changes nothing.
    package init(_ plan: Plan, environment: Environment, builder: String, identityAccount: String?) {
        let builders = plan.steps.compactMap { step -> String? in
            if case .build(_, let name) = step.action { name } else { nil }
        }
        self.init(
            project: environment.project, registry: environment.registry,
            builder: builders.contains("cloud-build") ? "cloud-build" : builders.first ?? builder,
            identityAccount: identityAccount,
            services: plan.services.filter { $0.decision != .unchanged }.map { planned in
                let actions = plan.steps.filter { [planned.key, planned.imageKey].contains($0.service) }.map(\.action)
                var intent = ServiceIntent(
                    identity: planned.identity, service: planned.withReleaseVariables, exists: planned.exists,
                    makesRevision: planned.decision == .deploy, opens: actions.contains(.open),
                    pushes: actions.contains { if case .push = $0 { true } else { false } },
                    isClosed: !planned.service.isPublic || planned.isFirst,
                    image: planned.decision == .deploy ? planned.image : nil)
                intent.migrates = actions.contains(.migrate)
                intent.isJudgedByMonitoring =
                    planned.service.strategy?.analysis.monitoring == true
                    && actions.contains { if case .analyse = $0 { true } else { false } }
                intent.drains = actions.contains {
                    if case .drain(let seconds) = $0 { seconds >= CountingDelay.shortestStep } else { false }
                }
                return intent
            })
    }

    /// A first deploy of everything that an environment has: what `doctor` looks for.
    package init(
        everythingOf environment: Environment, existing: Set<ServiceKey>, builder: String, identityAccount: String?
    ) {
        self.init(
            project: environment.project, registry: environment.registry, builder: builder,
            identityAccount: identityAccount,
            services: environment.services.flatMap { environment.placements(of: $0) }.map { placement in
                let service = placement.service
                let exists = existing.contains(placement.key)
                var intent = ServiceIntent(
                    identity: placement.identity, service: service, exists: exists, makesRevision: true,
                    opens: service.isPublic && !exists, pushes: service.source != nil && environment.registry != nil,
                    isClosed: !service.isPublic)
                intent.migrates = service.migration != nil
                intent.isJudgedByMonitoring =
                    service.strategy?.kind == .canary && service.strategy?.analysis.monitoring == true
                intent.drains = service.strategy.map { $0.drainSeconds >= CountingDelay.shortestStep } ?? false
                return intent
            })
    }
}

extension PlannedService {
    /// With the variables of this release, `--set-env` included.
    fileprivate var withReleaseVariables: Service {
        var service = service
        service.environment = environment
        return service
    }
}
