import ArgumentParser
import Configuration
import Releases

/// `stagectl rollback`
struct RollbackCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Back to the last revision witnessed healthy (or --to).")
    static let schema = "stagectl.release/v1"

    @OptionGroup var global: GlobalOptions
    @OptionGroup var change: ChangeFlags
    @OptionGroup var regions: RegionOptions

    @Argument(help: "Services to roll back.")
    var services: [String] = []

    @Flag(help: "Every service of the environment.")
    var all = false

    @Option(help: "A revision, or a commit: its newest revision that was witnessed healthy.")
    var to: String?

    @Option(
        name: .customLong("override"),
        help: """
            smoke=REASON: back to what --to names although its smoke did not pass; migration=REASON: past a migration \
            that is irreversible; recorded.
            """)
    var overrides: [Assignment] = []

    @Option(name: .customLong("wait-lock"), help: "Wait so long for a lock that somebody holds (30s, 5m).")
    var waitLock: DurationArgument?

    @Option(help: "Write the release as release.json into this folder.")
    var report: String?

    func validate() throws {
        var seen: Set<String> = []
        for item in overrides {
            guard ["smoke", "migration"].contains(item.name) else {
                throw ValidationError("--override takes smoke or migration, not `\(item.name)`")
            }
            guard seen.insert(item.name).inserted else {
                throw ValidationError("--override \(item.name) is given twice; which one is meant?")
            }
            guard !item.value.allSatisfy(\.isWhitespace) else {
                throw ValidationError("--override \(item.name)=REASON: say why, it goes into the record")
            }
            guard to != nil || item.name != "smoke" else {
                throw ValidationError(
                    "--override smoke goes with --to: without it nothing is taken whose smoke did not pass")
            }
        }
    }

    func run(in session: Session) async throws -> CommandResult {
        try await run(in: session, named: RunName.make())
    }

    /// - Parameter revisions: where each service goes, in place of `--to`.
    func run(
        in session: Session, named run: String, to revisions: [ServiceKey: String] = [:]
    ) async throws -> CommandResult {
        let selected = try session.place(services, all: all, in: regions)
        return try await session.withLocks(
            of: selected, patience: waitLock?.duration, dryRun: change.dryRun, run: run
        ) {
            try await rollBack(selected, to: revisions, $0, session)
        }
    }

    private func rollBack(
        _ selected: [Placement], to revisions: [ServiceKey: String], _ locked: LockedRun, _ session: Session
    ) async throws -> CommandResult {
        let environment = try session.environment()
        let access = try await session.platformAccess()
        let source = try? await session.source(allowDirty: true, imageGiven: true, services: selected.services)
        let facts = try await session.facts(
            of: selected, source: nil, repository: nil, platform: access.platform, digests: false)
        try await session.tellUnfinishedRuns(of: selected)
        let commit = try await wantedCommit(source?.repository)
        var targets = RollbackTargets()
        var options = ReleaseOptions()
        for placement in selected {
            do {
                let releases = try await session.state().releases(
                    environment: session.environmentName, service: placement.service.name, limit: 200)
                let revision =
                    try revisions[placement.key]
                    ?? target(of: placement, facts: facts[placement.key], commit: commit, releases)
                if let reason = try unverified(revision, of: placement, releases) { options.skipSmoke = reason }
                if let barrier = MigrationBarrier.before(revision, of: placement, releases: releases) {
                    guard let reason = reason(of: "migration") else {
                        throw barrier.refusal(of: revision, key: placement.key)
                    }
                    options.overrides["migration"] = reason
                }
                targets.add(placement.key, .success(revision))
            } catch let failure as Failure where [.conflict, .usage].contains(failure.category) {
                targets.add(placement.key, .failure(failure))
            }
        }
        let plan = RollbackPlanner(digest: Fingerprint.sha256).plan(
            PlanRequest(
                run: locked.run, created: Timestamp.beginning(), initiator: session.initiator, environment: environment,
                selection: selected.map(\.key), source: nil, facts: facts, builder: "",
                root: try session.configuration().root, options: options), targets: try targets.complete(to: to))
        return try await session.release(
            plan, access: access, change: change, holding: locked.held, report: report)
    }

    /// Why the revision counts as unverified; nil when it was witnessed healthy. Throws `conflict` for one whose smoke did
    /// not pass when it was last run, unless that is overridden.
    private func unverified(
        _ revision: String, of placement: Placement, _ releases: [ReleaseDocument]
    ) throws(Failure) -> String? {
        if to != nil, case .failedSmoke(let run) = RevisionEvidence.of(revision, of: placement, releases: releases) {
            guard let reason = reason(of: "smoke") else {
                throw Failure(
                    .conflict, "smoke of `\(revision)` did not pass, so nothing goes back to it",
                    details: [.init("run", run)],
                    hint: "stagectl show \(run) says why; all the same: "
                        + "stagectl rollback \(placement.key.arguments) --to \(revision) --override smoke=REASON")
            }
            return "smoke of `\(revision)` did not pass in run \(run); overridden: \(reason)"
        }
        return RevisionEvidence.isWitnessed(revision, of: placement, releases: releases)
            ? nil : "`\(revision)` was named by hand and never witnessed healthy"
    }

    private func reason(of gate: String) -> String? { overrides.first { $0.name == gate }?.value }

    private func wantedCommit(_ repository: (any SourceRepository)?) async throws -> String? {
        guard let to, let repository else { return to }
        return try await repository.resolve(to) ?? to
    }

    private func target(
        of placement: Placement, facts: ServiceFacts?, commit: String?, _ releases: [ReleaseDocument]
    ) throws(Failure) -> String {
        let key = placement.key
        guard let facts, let observation = facts.observation else {
            throw Failure(
                .conflict, "`\(key)` is not deployed", hint: "stagectl deploy \(key.arguments)")
        }
        guard let to else {
            guard
                let witnessed = RollbackPlanner.lastWitnessed(
                    of: placement, releases: releases, facts: facts)
            else {
                throw Failure(
                    .conflict, "`\(key)` has no earlier revision that was witnessed healthy",
                    details: [.init("serving", observation.servingRevision ?? "nothing")],
                    hint: "name one: stagectl rollback \(key.arguments) --to REVISION (stagectl history shows them)")
            }
            return witnessed
        }
        let ready = facts.revisions.filter { $0.condition.state == .succeeded }
        if let exact = ready.first(where: { $0.name == to }) { return exact.name }
        let made = ready.filter { commit != nil && $0.labels[ReleaseLabel.commit] == commit }
        if let commit, !made.isEmpty {
            let witnessed = RollbackPlanner.lastWitnessed(
                of: placement, commit: commit, releases: releases, facts: facts)
            if let witnessed { return witnessed }
            throw Failure(
                .usage, "no revision of `\(key)` that was made from `\(to)` was witnessed healthy",
                details: [.init("revisions", made.prefix(10).map(\.name).joined(separator: ", "))],
                hint: "name one: stagectl rollback \(key.arguments) --to \(made[0].name) (stagectl history shows them)")
        }
        throw Failure(
            .usage, "`\(to)` is neither a ready revision of `\(key)` nor a commit that one was made from",
            details: [.init("revisions", ready.prefix(10).map(\.name).joined(separator: ", "))],
            hint: "stagectl history")
    }
}
