/// Bounds that a release meets by what it does: revisions of a service, writes of a minute
/// (cloud.google.com/run/quotas).
package enum ReleaseQuota {
    package static let mostRevisions = 1000
    /// From so many on it is said; by then the oldest are some dozens of releases from being gone.
    private static let manyRevisions = 950
    package static let writesPerMinute = 60

    /// Of the services that a plan gives a new revision. Looks at what was seen already.
    package static func findings(of plan: Plan, facts: [ServiceKey: ServiceFacts]) -> [PreflightFinding] {
        plan.services.filter { $0.decision == .deploy }.compactMap { planned in
            guard let facts = facts[planned.key], let observation = facts.observation else { return nil }
            return revisions(facts.revisions, of: observation, key: planned.key)
        } + writes(of: plan)
    }

    /// Nil while there is room. Cloud Run removes the oldest revisions that do not serve by itself, and with them what a
    /// rollback could go back to.
    package static func revisions(
        _ revisions: [RevisionObservation], of service: ServiceObservation, key: ServiceKey
    ) -> PreflightFinding? {
        guard revisions.count >= manyRevisions else { return nil }
        let kept = Set(service.trafficStatuses.map(\.revision) + service.traffic.compactMap(\.revision))
        let identity = service.identity
        let oldest = revisions.reversed().filter { !kept.contains($0.name) }.prefix(50).map(\.name)
        let place = ShellWord.line(["--region", identity.region, "--project", identity.project])
        return PreflightFinding(
            "quota:revisions:\(key)", .warning,
            what: "`\(key)` has \(revisions.count) revisions, and Cloud Run keeps \(mostRevisions)",
            why: "at \(mostRevisions) it deletes the oldest that do not serve, wanted for a rollback or not",
            command: oldest.isEmpty
                ? nil
                : "for revision in \(oldest.map(ShellWord.quoted).joined(separator: " ")); do "
                    + "gcloud run revisions delete \"$revision\" \(place) --quiet; done")
    }

    /// One note for each region where a release writes more than a minute takes; the writes are spaced as they go out.
    private static func writes(of plan: Plan) -> [PreflightFinding] {
        var counts: [String: Int] = [:]
        for step in plan.steps where step.action.changesService {
            if let service = plan.service(step.service) { counts[service.identity.region, default: 0] += 1 }
        }
        return counts.sorted { $0.key < $1.key }.filter { $0.value > writesPerMinute }.map { region, count in
            let minutes = (count - 1) / writesPerMinute
            return PreflightFinding(
                "quota:writes:\(region)", .warning,
                what: "this release writes \(count) times to Cloud Run in `\(region)`, which takes "
                    + "\(writesPerMinute) a minute",
                why: "the writes wait for their turn, \(minutes) minute\(minutes == 1 ? "" : "s") at least in all")
        }
    }
}
