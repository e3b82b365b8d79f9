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

    @Argument(help: "The service.")
    var service: String

    @Option(help: "The revision (else the newest one that has a candidate's tag).")
    var revision: String?

    func run(in session: Session) async throws -> CommandResult {
        let selected = try session.select([service], all: false)
        let access = try await session.platformAccess()
        let facts = try await session.facts(
            of: selected, source: nil, repository: nil, platform: access.platform, digests: false)
        guard let observation = facts[service]?.observation else {
            throw Failure(.conflict, "`\(service)` is not deployed", hint: "stagectl deploy \(service)")
        }
        let runs = facts[service]?.revisions.filter { $0.labels[ReleaseLabel.run] != nil } ?? []
        let made = Set(runs.map(\.name))
        // After a first deploy with --no-traffic the candidate serves already, behind closed doors.
        let isClosed = facts[service]?.isUnverified ?? false
        let candidate = observation.trafficStatuses.last {
            $0.tag != nil && made.contains($0.revision) && (isClosed || $0.revision != observation.servingRevision)
        }
        guard let target = revision ?? candidate?.revision else {
            throw Failure(
                .conflict, "`\(service)` has no candidate that waits for traffic",
                details: [.init("traffic", TrafficPlan.text(observation.trafficStatuses))],
                hint: "stagectl deploy \(service) --no-traffic")
        }
        if let revision, facts[service]?.revisions.contains(where: { $0.name == revision }) != true {
            let known = facts[service]?.revisions.prefix(10).map(\.name).joined(separator: ", ") ?? ""
            throw Failure(
                .usage, "`\(service)` has no revision `\(SafeText.line(revision))`",
                details: [.init("revisions", known)], hint: "stagectl traffic show \(service)")
        }
        var options = ReleaseOptions()
        options.skipSmoke = try await unverified(target, session)
        let root = try session.configuration().root
        let plan = RollbackPlanner(digest: Fingerprint.sha256).plan(
            PlanRequest(
                run: RunName.make(), created: Timestamp.now(), initiator: session.initiator,
                environment: try session.environment(), selection: [service], source: nil, facts: facts, builder: "",
                root: root, options: options), targets: [service: target], kind: .deploy)
        return try await session.release(plan, access: access, change: change, report: nil)
    }

    /// Why the candidate counts as unverified, since a promotion runs no suites; nil when it passed. Throws `conflict`
    /// for one whose smoke failed.
    private func unverified(_ revision: String, _ session: Session) async throws -> String? {
        let releases = try await session.state().releases(
            environment: session.environmentName, service: service, limit: 200)
        switch RevisionEvidence.of(revision, service: service, releases: releases) {
        case .passed: return nil
        case .lacking(let reason): return reason
        case .failedSmoke(let run):
            throw Failure(
                .conflict, "smoke of `\(revision)` did not pass, so it gets no traffic",
                details: [.init("run", run)], hint: "deploy again: stagectl deploy \(service) --no-traffic")
        }
    }
}
