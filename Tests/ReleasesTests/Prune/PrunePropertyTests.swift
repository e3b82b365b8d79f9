import Configuration
import Foundation
import Testing

@testable import Releases

/// Whatever the world looks like and whatever a policy says. `STAGECTL_FUZZ_SEED=N` repeats one that was printed.
@Suite struct PrunePropertyTests {
    private struct Random: RandomNumberGenerator {
        var state: UInt64

        /// splitmix64.
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private static let worlds = 5000
    private static let placement = PruneDecisionTests.placement

    private static let seed: UInt64 =
        ProcessInfo.processInfo.environment["STAGECTL_FUZZ_SEED"].flatMap { UInt64($0) } ?? .random(in: 0 ... .max)

    private static func facts(_ random: inout Random) -> PruneFacts {
        let count = Int.random(in: 1...12, using: &random)
        let names = (1...count).map { "backend-\($0)" }
        func any() -> String { names.randomElement(using: &random) ?? "" }
        let tags = ["c-abcdef", "b-abcdef", "c-bbbbbb", "stable", "c-x", "canary"]
        func shares() -> [TrafficShare] {
            let cut = Int.random(in: 0...100, using: &random)
            let serving = [(any(), cut), (any(), 100 - cut)].filter { $0.1 > 0 || Bool.random(using: &random) }
            var left = tags.shuffled(using: &random).prefix(Int.random(in: 0...4, using: &random)).map(\.self)
            return serving.map {
                TrafficShare(revision: $0.0, percent: $0.1, tag: Bool.random(using: &random) ? left.popLast() : nil)
            } + left.map { TrafficShare(revision: any(), percent: 0, tag: $0) }
        }
        var observation = ServiceObservation(
            identity: PruneDecisionTests.identity, url: "", generation: 1, observedGeneration: 1,
            latestReadyRevision: any(), latestCreatedRevision: any(), condition: Condition(state: .succeeded))
        observation.trafficStatuses = shares()
        observation.traffic = (Bool.random(using: &random) ? observation.trafficStatuses : shares()).map {
            TrafficTarget(
                revision: Int.random(in: 0..<8, using: &random) == 0 ? nil : $0.revision, percent: $0.percent,
                tag: $0.tag)
        }
        let revisions = names.map { name in
            RevisionObservation(
                name: name, image: "reg/backend@sha256:\(Int.random(in: 0..<4, using: &random))",
                created: Double.random(in: 0...1_000_000, using: &random),
                condition: Condition(state: Int.random(in: 0..<5, using: &random) == 0 ? .failed : .succeeded))
        }
        let outcomes: [ReleaseOutcome] = [.promoted, .held, .rolledBack, .failed, .unchanged]
        let releases = (0..<Int.random(in: 0...8, using: &random)).map { index in
            var service = ServiceResult(
                service: "backend", region: "r", outcome: outcomes.randomElement(using: &random) ?? .promoted)
            service.revision = any()
            service.candidate = any()
            service.previousRevision = any()
            service.witnessedHealthy = Bool.random(using: &random)
            return ReleaseDocument(
                run: "r\(index)", kind: Bool.random(using: &random) ? .deploy : .rollback, environment: "test",
                started: "", finished: nil, initiator: "", outcome: service.outcome, services: [service], steps: [],
                verdict: VerdictSummary(result: .pass, rule: "", counts: [:]))
        }
        let unfinished = (0..<Int.random(in: 0...2, using: &random)).map { index in
            UnfinishedWork(run: "u\(index)", revisions: [any()], tags: Set(tags.shuffled(using: &random).prefix(1)))
        }
        return PruneFacts(
            placement: placement,
            policy: PrunePolicy(
                keepRevisions: Int.random(in: 0...5, using: &random),
                olderThanSeconds: Int.random(in: 0...900_000, using: &random),
                rollbackTargets: Int.random(in: 1...3, using: &random),
                tags: Bool.random(using: &random) ? .stale : .keep),
            observation: observation, revisions: revisions, releases: releases, unfinished: unfinished)
    }

    @Test
    func `what serves, a person has tagged, a rollback needs or a run holds is never deleted, whatever the policy`() {
        print("property of prune: STAGECTL_FUZZ_SEED=\(Self.seed) repeats it")
        var random = Random(state: Self.seed)
        var deletions = 0
        var untagged = 0
        for _ in 0..<Self.worlds {
            let facts = Self.facts(&random)
            let decision = PruneDecision(facts, now: 1_000_000)
            let observation = facts.observation
            let gone = Set(decision.deleted.map(\.revision))
            let goingTags = Set(decision.tags.compactMap(\.tag))
            deletions += gone.count
            untagged += goingTags.count

            // Told apart from the code under test by its own words.
            for share in observation.trafficStatuses {
                if share.percent > 0 {
                    #expect(!gone.contains(share.revision))
                    #expect(share.tag.map { !goingTags.contains($0) } ?? true)
                }
                if let tag = share.tag, gone.contains(share.revision) { #expect(goingTags.contains(tag)) }
            }
            for target in observation.traffic
            where target.percent > 0 || (target.tag.map { !goingTags.contains($0) } ?? false) {
                #expect(!gone.contains(target.revision ?? observation.latestReadyRevision ?? ""))
            }
            #expect(goingTags.isDisjoint(with: ["stable", "c-x", "canary"]))
            #expect(!gone.contains(observation.latestCreatedRevision ?? ""))
            #expect(!gone.contains(observation.latestReadyRevision ?? ""))
            for work in facts.unfinished {
                #expect(gone.isDisjoint(with: work.revisions) && goingTags.isDisjoint(with: work.tags))
            }
            let back = RollbackPlanner.lastWitnessed(
                of: facts.placement, releases: facts.releases,
                facts: ServiceFacts(observation: observation, revisions: facts.revisions))
            #expect(back.map { !gone.contains($0) } ?? true)
            // After the tags have gone, the platform has no reason to refuse a deletion either.
            var after = observation
            after.traffic.removeAll { $0.percent == 0 && $0.tag.map(goingTags.contains) ?? false }
            after.trafficStatuses.removeAll { $0.percent == 0 && $0.tag.map(goingTags.contains) ?? false }
            for name in gone { #expect(!after.needs(name)) }
            #expect(gone.count <= max(0, facts.revisions.count - facts.policy.keepRevisions))
        }
        #expect(
            deletions > Self.worlds / 4 && untagged > Self.worlds / 50,
            "a property of nothing: \(deletions), \(untagged)")
    }
}
