/// What the ledger knows of a revision that exists already, for a plan that does not run its suites again.
package enum RevisionEvidence: Hashable, Sendable {
    case passed
    case failedSmoke(run: String)
    /// Why nothing says that it passed.
    case lacking(String)

    /// The word of the last deploy that ran the revision's gates.
    /// - Parameter releases: newest first.
    package static func of(
        _ revision: String, of placement: Placement, releases: [ReleaseDocument]
    ) -> RevisionEvidence {
        guard let release = releases.first(where: { ranGates(of: revision, placement, in: $0) }) else {
            return .lacking("no release in the ledger ran the gates of `\(revision)`")
        }
        // Smoke that failed and was overridden is a step that is done.
        if release.steps.contains(where: { $0.is("smoke", of: placement) && $0.status == .failed }) {
            return .failedSmoke(run: release.run)
        }
        guard release.verdict.result == .pass else {
            return .lacking(
                "`\(revision)` was not verified: run \(release.run) ended as \(release.verdict.result.rawValue) "
                    + "(\(release.verdict.rule))")
        }
        return .passed
    }

    /// Whether a release saw it healthy under full traffic with every gate passed.
    package static func isWitnessed(_ revision: String, of placement: Placement, releases: [ReleaseDocument]) -> Bool {
        releases.contains { release in
            release.services.contains { $0.isOf(placement) && $0.witnessedHealthy && $0.revision == revision }
        }
    }

    private static func ranGates(
        of revision: String, _ placement: Placement, in release: ReleaseDocument
    ) -> Bool {
        if ranSuites(of: revision, placement, in: release) { return true }
        // A promotion probes health alone. Where that stopped it, what its candidate had passed before still stands.
        return ran("health", revision, placement, in: release) && release.verdict.result != .fail
    }

    /// Whether the release made the revision, or ran its suites: more than another look at its health.
    static func ranSuites(of revision: String, _ placement: Placement, in release: ReleaseDocument) -> Bool {
        ran("candidate", revision, placement, in: release) || ran("smoke", revision, placement, in: release)
    }

    private static func ran(
        _ verb: String, _ revision: String, _ placement: Placement, in release: ReleaseDocument
    ) -> Bool {
        release.kind == .deploy
            && release.services.contains { $0.isOf(placement) && $0.candidate == revision }
            && release.steps.contains {
                $0.is(verb, of: placement) && [.done, .failed, .undone].contains($0.status)
            }
    }
}

extension StepResult {
    /// The environment may have had one region when the release was made.
    fileprivate func `is`(_ verb: String, of placement: Placement) -> Bool {
        let parts = id.split(separator: ":", maxSplits: 1)
        return parts.count == 2 && parts[0] == verb
            && ServiceKey(parsing: String(parts[1])).names(placement.name, in: placement.region)
    }
}
