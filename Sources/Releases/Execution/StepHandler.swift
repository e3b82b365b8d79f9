import Configuration

/// Performs the actions of a plan: one function per kind.
final class StepHandler: Sendable {
    enum Result: Sendable {
        case done(StepOutput)
        case skipped(StepOutput, reason: String)
        /// A person decides how it goes on; the reason is nil where the standstill was asked for.
        case held(StepOutput, reason: Failure?)
    }

    let plan: Plan
    let roles: ReleaseRoles
    let journal: RunJournal
    let lease: Duration
    let held: HeldLocks
    let looks: ServiceLooks
    /// Who takes the run up; nil for whoever began it.
    let approver: String?

    init(
        plan: Plan, roles: ReleaseRoles, journal: RunJournal, lease: Duration, held: HeldLocks, approver: String?
    ) {
        self.approver = approver
        self.plan = plan
        self.roles = roles
        self.journal = journal
        self.lease = lease
        self.held = held
        looks = ServiceLooks(clock: roles.clock)
    }

    /// - Parameter state: what the journal knew before this attempt; in doubt means "look before doing it again".
    func perform(_ step: Step, inDoubt state: Progress.StepState) async throws -> Result {
        if case .applyInfrastructure(let approval) = step.action {
            return .done(try await applyInfrastructure(approval, step: step, state: state))
        }
        guard let service = plan.service(of: step) else {
            throw Failure(.internalError, "the plan has a step for `\(step.service)`, which it does not release")
        }
        switch step.action {
        case .applyInfrastructure: throw Failure(.internalError, "infrastructure belongs to no service")
        case .build(let request, let builder): return try await build(request, builder: builder, step: step)
        case .push(let builder): return try await push(service, builder: builder, step: step)
        case .lock: return .done(try await lock(service))
        case .migrate: return .done(try await migrate(service, step: step))
        case .candidate:
            return .done(
                try await explainingRefusal(of: service) { try await candidate(service, step: step, state: state) })
        case .ready: return .done(try await ready(service, step: step))
        case .tag(let revision): return .done(try await tag(service, revision: revision, step: step, state: state))
        case .health: return .done(try await health(service, step: step))
        case .smoke(let priorities): return .done(try await smoke(service, priorities: priorities, step: step))
        case .shift(let percent):
            return .done(try await shift(service, percent: percent, step: step, state: state))
        case .analyse(let analysis):
            return try await analyse(service, analysis, step: step, state: state)
        case .hold(let percent): return await hold(service, percent: percent, state: state)
        case .keep(let seconds): return .done(try await keep(service, seconds: seconds, step: step))
        case .drain(let seconds): return .done(try await drain(service, seconds: seconds, step: step))
        case .retire: return .done(try await retire(service, step: step, state: state))
        case .open: return .done(try await open(service, state: state))
        case .assertTraffic(let percent): return .done(try await assertTraffic(service, percent: percent, step: step))
        case .hook(let hook, let moment):
            return try await self.hook(service, hook, at: moment, step: step, state: state)
        case .untag(let tags): return try await untag(service, tags: tags, step: step, state: state)
        case .deleteRevision(let name): return try await deleteRevision(name, of: service, step: step, state: state)
        case .deleteImage(let image): return try await deleteImage(image, of: service)
        case .record: return .done(try await record(service, step: step, state: state))
        }
    }

    // MARK: - Shared

    /// The snapshot that the lock step took; nil for a service that did not exist.
    func snapshot(_ service: PlannedService) async -> ServiceObservation? {
        await journal.progress.state(of: "lock:\(service.key)").output?.snapshot
    }

    /// The revision that this run is about.
    func candidateRevision(_ service: PlannedService) async throws -> String {
        if case .reuse(let revision) = service.decision { return revision }
        guard let name = await journal.progress.latest(of: service.key, \.revision) else {
            throw Failure(.internalError, "no candidate revision is known for `\(service.key)`")
        }
        return name
    }

    func target(
        _ service: PlannedService, url: String, observation: ServiceObservation
    ) async throws -> VerificationTarget {
        let revision = try await candidateRevision(service)
        let token = observation.isPublic ? nil : try await roles.platform.identityToken(audience: observation.url)
        return VerificationTarget(
            // The request log shows an answer seconds after it was given, and a way back does not wait for proof.
            service: service.service, identity: plan.kind == .rollback ? nil : service.identity, url: url,
            revision: revision, identityToken: token,
            references: [
                "deploy.revision": revision, "deploy.revision_url": url, "deploy.service_url": observation.url,
                "deploy.region": service.identity.region, "run.id": plan.run,
            ])
    }
}
