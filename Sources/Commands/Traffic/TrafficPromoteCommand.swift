import ArgumentParser
import Configuration
import Releases
import Reporting

/// `stagectl traffic promote`
struct TrafficPromoteCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote",
        abstract: "Give a verified candidate (of --no-traffic) all traffic, probing it again first.")
    static let schema = "stagectl.release/v1"

    @OptionGroup var global: GlobalOptions
    @OptionGroup var change: ChangeFlags
    @OptionGroup var regions: RegionOptions
    @OptionGroup var freeze: FreezeFlags

    @Argument(help: "The service.")
    var service: String

    @Option(help: "The revision (else the newest one that has a candidate's tag).")
    var revision: String?

    func run(in session: Session) async throws -> CommandResult {
        let access = try await session.platformAccess()
        var placements = try session.place([service], all: false, in: regions)
        if let revision {
            placements = [
                try await session.placeOne(service, in: regions, having: [revision], on: access.platform)
            ]
        }
        let facts = try await session.facts(
            of: placements, source: nil, repository: nil, platform: access.platform, digests: false)
        var targets: [ServiceKey: String] = [:]
        var options = ReleaseOptions()
        for placement in placements {
            let target = try candidate(of: placement, facts[placement.key])
            targets[placement.key] = target
            // One that is unverified makes the promotion unverified.
            if let reason = try await unverified(target, of: placement, session) { options.skipSmoke = reason }
        }
        options.overrides["freeze"] = freeze.reason
        let environment = try session.environment()
        let root = try session.configuration().root
        let plan = RollbackPlanner(digest: Fingerprint.sha256).plan(
            PlanRequest(
                run: RunName.make(), created: Timestamp.beginning(), initiator: session.initiator,
                environment: environment, selection: placements.map(\.key), source: nil, facts: facts,
                builder: "", root: root, options: options), targets: targets, kind: .deploy)
        if plan.changes,
            let refusal = FreezeGate.refusal(
                environment, at: Int(Today.secondsSince1970), override: freeze.reason)
        {
            guard change.dryRun else { throw refusal }
            return session.plan(plan, refusedFor: refusal)
        }
        return try await session.release(plan, access: access, change: change, report: nil)
    }

    /// The revision that waits for traffic, or the one that was named.
    private func candidate(of placement: Placement, _ facts: ServiceFacts?) throws(Failure) -> String {
        let key = placement.key
        guard let facts, let observation = facts.observation else {
            throw Failure(.conflict, "`\(key)` is not deployed", hint: "stagectl deploy \(key.arguments)")
        }
        if let revision {
            guard facts.revisions.contains(where: { $0.name == revision }) else {
                throw Failure(
                    .usage, "`\(key)` has no revision `\(SafeText.line(revision))`",
                    details: [.init("revisions", facts.revisions.prefix(10).map(\.name).joined(separator: ", "))],
                    hint: "stagectl traffic show \(key.arguments)")
            }
            return revision
        }
        let made = Set(facts.revisions.filter { $0.labels[ReleaseLabel.run] != nil }.map(\.name))
        // After a first deploy with --no-traffic the candidate serves already, behind closed doors.
        let candidate = observation.trafficStatuses.last {
            $0.tag != nil && made.contains($0.revision)
                && (facts.isUnverified || $0.revision != observation.servingRevision)
        }
        guard let candidate else {
            throw Failure(
                .conflict, "`\(key)` has no candidate that waits for traffic",
                details: [.init("traffic", TrafficPlan.text(observation.trafficStatuses))],
                hint: "stagectl deploy \(key.arguments) --no-traffic")
        }
        return candidate.revision
    }

    /// Why the candidate counts as unverified, since a promotion runs no suites; nil when it passed. Throws `conflict`
    /// for one whose smoke failed.
    private func unverified(_ revision: String, of placement: Placement, _ session: Session) async throws -> String? {
        let releases = try await session.state().releases(
            environment: session.environmentName, service: service, limit: 200)
        switch RevisionEvidence.of(revision, of: placement, releases: releases) {
        case .passed: return nil
        case .lacking(let reason): return reason
        case .failedSmoke(let run):
            throw Failure(
                .conflict, "smoke of `\(revision)` did not pass, so it gets no traffic",
                details: [.init("run", run)],
                hint: "deploy again: stagectl deploy \(placement.key.arguments) --no-traffic")
        }
    }
}
