import Configuration
import Images
import Releases
import Reporting

/// One release of named services, from the flags to its end: the same for `deploy` and for each iteration of a loop.
struct Deployment {
    private let selected: [Placement]
    private let flags: DeployFlags
    private let change: ChangeFlags
    private let report: String?
    private let name: String
    private let first: [String]

    /// - Parameters:
    ///   - run: its name, where somebody has written it down before.
    ///   - first: checks that a candidate is asked before all others (`SUITE/ID`), as they failed before.
    init(
        of selected: [Placement], _ flags: DeployFlags, change: ChangeFlags, report: String? = nil,
        run: String = RunName.make(), first: [String] = []
    ) {
        self.first = first
        self.selected = selected
        self.flags = flags
        self.change = change
        self.report = report
        name = run
    }

    func run(in session: Session) async throws -> CommandResult {
        session.console.hide(flags.setEnvironment.filter { SensitiveName.matches($0.name) }.map(\.value))
        var source = try await session.source(
            allowDirty: flags.allowDirty,
            imageGiven: flags.image != nil || flags.from != nil
                || selected.allSatisfy { $0.service.pinnedImage != nil },
            services: selected.services)
        // What is checked out here is not what is deployed.
        if flags.from != nil { source.snapshot = nil }
        return try await session.withLocks(
            of: selected, commit: source.snapshot?.commit, patience: flags.waitLock?.duration, dryRun: change.dryRun,
            run: name
        ) {
            try await deploy(source, $0, session)
        }
    }

    private func deploy(
        _ source: Session.Source, _ locked: LockedRun, _ session: Session
    ) async throws -> CommandResult {
        let created = Timestamp.beginning()
        try CheckOverrides.demand(flags.overrides, among: selected.services, session)
        let promotions = try await promotions(session, at: created)
        let access = try await session.platformAccess()
        let builderName = try await session.builder(named: flags.builder, runtime: access.runtime)
        let pinned = try await session.pinningSidecars(of: selected, in: session.environment(), builder: builderName)
        let accepted = flags.overrides.first { $0.name == "infra" }?.value
        if !flags.withInfra, let refusal = try await session.infrastructureRefusal(override: accepted) { throw refusal }
        let infrastructure =
            flags.withInfra ? try await session.infrastructureIntent(run: locked.run, dryRun: change.dryRun) : nil
        let environment = try await session.fillingOutputs(of: selected, in: pinned, before: infrastructure)
        let builds = flags.image == nil && flags.from == nil
        if builds { try session.demandImagesAreFound(of: builderName, runtime: access.runtime) }
        var options = ReleaseOptions()
        if let image = flags.image { options.image = try await session.resolve(image: image, builder: builderName) }
        options.promotions = promotions?.origins ?? [:]
        options.tag = flags.tag
        options.noTraffic = flags.noTraffic
        options.strategy = flags.strategy.strategy
        options.pauseAt = flags.strategy.pauseAt
        options.skipSmoke = flags.skipSmoke
        options.overrides = Dictionary(flags.overrides.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        options.allowOlder = flags.allowOlder
        options.infrastructure = infrastructure?.approval
        options.setEnvironment = flags.setEnvironment.map { (name: $0.name, value: $0.value) }
        var facts = try await session.facts(
            of: selected, source: source.snapshot, repository: source.repository, platform: access.platform,
            digests: builds)
        if let promotions { facts = try await session.relating(facts, of: selected, to: promotions, source.repository) }
        if builds {
            facts = try await session.withBuilders(facts, of: selected, asked: flags.builder, runtime: access.runtime)
            facts = await session.withBuiltImages(facts, of: selected, builder: builderName)
        }
        let notices = DeployNotices.lines(
            selected, facts: facts, commit: source.snapshot?.commit, noTraffic: flags.noTraffic,
            endpoint: access.endpoint)
        for notice in notices { session.console.progress("  ! " + notice) }
        try await session.tellUnfinishedRuns(of: selected)
        let request = PlanRequest(
            run: locked.run, created: created, initiator: session.initiator, environment: environment,
            selection: selected.map(\.key), source: source.snapshot, facts: facts, builder: builderName,
            root: try session.configuration().root, options: options)
        try OfflineRules.check(request, digest: Fingerprint.sha256)
        let plan = try DeployPlanner(digest: Fingerprint.sha256).plan(request)
        if plan.changes,
            let refusal = FreezeGate.refusal(
                environment, at: Int(Today.secondsSince1970), override: options.overrides["freeze"])
        {
            guard change.dryRun else { throw refusal }
            return session.plan(plan, refusedFor: refusal)
        }
        let reason = options.overrides["promotion"]
        // Also where nothing would change: what was asked for is what passed there.
        if let refusal = promotions?.refusal(overridden: reason, tell: session.console.progress) {
            guard change.dryRun else { throw refusal }
            return session.plan(plan, refusedFor: refusal)
        }
        if let refusal = try await session.preflight(plan, builder: builderName, facts: facts) {
            guard change.dryRun else { throw refusal }
            return session.plan(plan, refusedFor: refusal)
        }
        return try await session.release(
            plan, access: access, change: change, holding: locked.held, report: report, first: first)
    }

    /// Nil without `--from`. Throws what no plan could be made of.
    private func promotions(_ session: Session, at time: String) async throws -> Promotions? {
        guard let from = flags.from else { return nil }
        let promotions = try await session.promotions(
            of: selected, from: from, setting: flags.setEnvironment.map(\.name), at: time)
        if promotions.cannotBePlanned, let refusal = promotions.refusal(overridden: nil, tell: { _ in }) {
            throw refusal
        }
        return promotions
    }
}
