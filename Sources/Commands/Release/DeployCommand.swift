import ArgumentParser
import Configuration
import Images
import JSON
import Releases
import Reporting

/// `stagectl deploy`
struct DeployCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy",
        abstract: "Build, push, candidate, health, smoke, traffic, record.",
        discussion: """
            Builds only what changed, starts it without traffic, proves it, and moves the traffic; whatever fails is \
            put back. The first thing to try after a first deploy of the samples: \
            stagectl deploy backend --set-env SAMPLE_FAULT=ws-1011
            """)
    static let schema = "stagectl.release/v1"

    @OptionGroup var global: GlobalOptions
    @OptionGroup var change: ChangeFlags
    @OptionGroup var regions: RegionOptions
    @OptionGroup var strategy: StrategyFlags

    @Argument(help: "Services to deploy.")
    var services: [String] = []

    @Flag(help: "Every service of the environment.")
    var all = false

    @Option(help: "Deploy this image and build nothing.")
    var image: String?

    @Option(
        help: "Deploy the very images that passed in this environment and serve there; refused without that evidence.")
    var from: String?

    @Option(help: "auto, docker, podman, buildah, cloud-build or process.")
    var builder = "auto"

    @Flag(name: .customLong("no-traffic"), help: "Stop when the candidate is verified; `traffic promote` goes on.")
    var noTraffic = false

    @Option(help: "Tag of the candidate (else c- and six characters of the run).")
    var tag: String?

    @Option(name: .customLong("skip-smoke"), help: "Promote without smoke, for this reason; the verdict is incomplete.")
    var skipSmoke: String?

    @Option(
        name: .customLong("override"),
        help: ArgumentHelp(
            "GATE=REASON: go on although it failed (preflight, health, smoke, canary, freeze, promotion, infra); "
                + "check:ID=REASON: although this check failed."))
    var overrides: [Assignment] = []

    @Flag(name: .customLong("allow-older"), help: "Deploy a commit that is older than the one that serves.")
    var allowOlder = false

    @Flag(name: .customLong("allow-dirty"), help: "Deploy with uncommitted changes, or without a repository.")
    var allowDirty = false

    @Flag(name: .customLong("with-infra"), help: "Apply the environment's Terraform first, when its plan is not empty.")
    var withInfra = false

    @Option(name: .customLong("wait-lock"), help: "Wait so long for a lock that somebody holds (30s, 5m).")
    var waitLock: DurationArgument?

    @Option(name: .customLong("set-env"), help: "KEY=VALUE for this release only.")
    var setEnvironment: [Assignment] = []

    @Option(help: "Write the release as release.json into this folder.")
    var report: String?

    func validate() throws {
        let gates = ["preflight", "health", "smoke", "canary", "freeze", "promotion", "infra"]
        for (flag, items) in [("--set-env", setEnvironment), ("--override", overrides)] {
            var seen: Set<String> = []
            for item in items where !seen.insert(item.name).inserted {
                throw ValidationError("\(flag) \(item.name) is given twice; which one is meant?")
            }
        }
        if report?.isEmpty == true { throw ValidationError("--report takes a folder") }
        for item in overrides where !gates.contains(item.name) && !CheckOverrides.isOne(item) {
            throw ValidationError(
                "--override takes one of \(gates.joined(separator: ", ")) or check:ID, not `\(item.name)`")
        }
        for item in overrides where item.value.allSatisfy(\.isWhitespace) {
            throw ValidationError("--override \(item.name)=REASON: say why, it goes into the record")
        }
        if from != nil, image != nil {
            throw ValidationError("--from and --image both say which image; leave out one")
        }
        if from == nil, overrides.contains(where: { $0.name == "promotion" }) {
            throw ValidationError("--override promotion goes with --from: nothing else is promoted")
        }
        if let skipSmoke, skipSmoke.allSatisfy(\.isWhitespace) {
            throw ValidationError("--skip-smoke REASON: say why, it goes into the record")
        }
        if noTraffic, strategy.strategy != nil || strategy.pauseAt != nil {
            throw ValidationError(
                "--no-traffic moves no traffic, so --strategy and --pause-at say nothing; leave out one")
        }
        if let tag, !StringRule.trafficTag.allows(tag) {
            throw ValidationError("--tag `\(tag)`: expected \(StringRule.trafficTag.expectation)")
        }
        for item in setEnvironment where !StringRule.variableName.allows(item.name) {
            throw ValidationError("--set-env `\(item.name)`: expected \(StringRule.variableName.expectation)")
        }
        if image != nil, all || services.count > 1 {
            throw ValidationError("--image is one service's image; name that service alone")
        }
        let reserved = ["PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION"]
        for item in setEnvironment where reserved.contains(item.name) {
            throw ValidationError("--set-env \(item.name): Cloud Run sets this variable itself")
        }
    }

    func run(in session: Session) async throws -> CommandResult {
        let selected = try session.place(services, all: all, in: regions)
        session.console.hide(setEnvironment.filter { SensitiveName.matches($0.name) }.map(\.value))
        var source = try await session.source(
            allowDirty: allowDirty,
            imageGiven: image != nil || from != nil || selected.allSatisfy { $0.service.pinnedImage != nil },
            services: selected.services)
        // What is checked out here is not what is deployed.
        if from != nil { source.snapshot = nil }
        return try await session.withLocks(
            of: selected, commit: source.snapshot?.commit, patience: waitLock?.duration, dryRun: change.dryRun
        ) {
            try await deploy(selected, source, $0, session)
        }
    }

    private func deploy(
        _ selected: [Placement], _ source: Session.Source, _ locked: LockedRun, _ session: Session
    ) async throws -> CommandResult {
        let created = Timestamp.beginning()
        try CheckOverrides.demand(overrides, among: selected.services, session)
        let promotions = try await promotions(selected, session, at: created)
        let access = try await session.platformAccess()
        let builderName = try await session.builder(named: builder, runtime: access.runtime)
        let pinned = try await session.pinningSidecars(of: selected, in: session.environment(), builder: builderName)
        let accepted = overrides.first { $0.name == "infra" }?.value
        if !withInfra, let refusal = try await session.infrastructureRefusal(override: accepted) { throw refusal }
        let infrastructure =
            withInfra ? try await session.infrastructureIntent(run: locked.run, dryRun: change.dryRun) : nil
        let environment = try await session.fillingOutputs(of: selected, in: pinned, before: infrastructure)
        let builds = image == nil && from == nil
        if builds { try session.demandImagesAreFound(of: builderName, runtime: access.runtime) }
        var options = ReleaseOptions()
        if let image { options.image = try await session.resolve(image: image, builder: builderName) }
        options.promotions = promotions?.origins ?? [:]
        options.tag = tag
        options.noTraffic = noTraffic
        options.strategy = strategy.strategy
        options.pauseAt = strategy.pauseAt
        options.skipSmoke = skipSmoke
        options.overrides = Dictionary(overrides.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        options.allowOlder = allowOlder
        options.infrastructure = infrastructure?.approval
        options.setEnvironment = setEnvironment.map { (name: $0.name, value: $0.value) }
        var facts = try await session.facts(
            of: selected, source: source.snapshot, repository: source.repository, platform: access.platform,
            digests: builds)
        if let promotions { facts = try await session.relating(facts, of: selected, to: promotions, source.repository) }
        if builds {
            facts = try await session.withBuilders(facts, of: selected, asked: builder, runtime: access.runtime)
            facts = await session.withBuiltImages(facts, of: selected, builder: builderName)
        }
        let notices = DeployNotices.lines(
            selected, facts: facts, commit: source.snapshot?.commit, noTraffic: noTraffic, endpoint: access.endpoint)
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
            plan, access: access, change: change, holding: locked.held, report: report)
    }

    /// Nil without `--from`. Throws what no plan could be made of.
    private func promotions(
        _ selected: [Placement], _ session: Session, at time: String
    ) async throws -> Promotions? {
        guard let from else { return nil }
        let promotions = try await session.promotions(
            of: selected, from: from, setting: setEnvironment.map(\.name), at: time)
        if promotions.cannotBePlanned, let refusal = promotions.refusal(overridden: nil, tell: { _ in }) {
            throw refusal
        }
        return promotions
    }
}
