import Configuration
import Releases

/// What the last releases left, from annotations, ledger and journal.
extension Session {
    /// By place; services that no release has left are not among them.
    func lastReleases(
        of placements: [Placement], facts: [ServiceKey: ServiceFacts]
    ) async throws -> [ServiceKey: LastRelease] {
        func run(of placement: Placement) -> String? {
            facts[placement.key]?.observation?.annotations[ReleaseAnnotation.run]
        }
        // One release is often that of many services.
        let known = try await runs(named: Set(placements.compactMap(run)))
        return placements.reduce(into: [:]) { result, placement in
            guard let observation = facts[placement.key]?.observation else { return }
            let found = run(of: placement).flatMap { known[$0] }
            result[placement.key] = LastRelease(
                of: placement, observation, document: found?.document, journal: found?.journal)
        }
    }

    struct KnownRun: Sendable {
        var document: ReleaseDocument?
        /// Nil where it is not here, or of a version that cannot be read.
        var journal: (plan: Plan, progress: Progress)?
    }

    /// At the same time: with a team's state each is a request or two.
    func runs(named names: Set<String>) async throws -> [String: KnownRun] {
        let state = try state()
        return try await withThrowingTaskGroup(of: (String, KnownRun).self) { group in
            for name in names {
                group.addTask {
                    async let document = state.release(run: name)
                    let stored = try await state.read(run: name)
                    let journal = stored.flatMap { stored in
                        (try? DecodedPlan(decoding: stored.plan)).map {
                            (plan: $0.plan, progress: Progress(replaying: stored.entries))
                        }
                    }
                    return (name, KnownRun(document: try await document, journal: journal))
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    /// The variables that were set for the release of this revision alone.
    func overrides(of revision: String?, _ placement: Placement) async throws -> [String] {
        let releases = try await state().releases(
            environment: environmentName, service: placement.service.name, limit: 50)
        let results = releases.lazy.flatMap(\.services)
        // A revision never changes: what it was made with holds however it got its traffic later.
        let own = results.first {
            $0.isOf(placement) && $0.candidate == revision && !$0.environmentOverrides.isEmpty
        }
        return own?.environmentOverrides ?? []
    }

    /// Of what was looked at in one region, by service.
    static func urls(in region: String, _ facts: [ServiceKey: ServiceFacts]) -> [String: String] {
        facts.values.compactMap(\.observation).filter { $0.identity.region == region }.reduce(into: [:]) {
            $0[$1.identity.name] = $1.url
        }
    }
}
