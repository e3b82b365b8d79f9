import Configuration
import Testing

@testable import Releases

/// What goes and what stays, and which reason is told.
@Suite struct PruneDecisionTests {
    static let identity = ServiceIdentity(project: "p", region: "r", name: "backend")
    static let placement = Placement(service: ModelWorld.service("backend"), identity: identity, key: "backend")
    static let now = 1_000_000.0
    static let eager = PrunePolicy(keepRevisions: 0, olderThanSeconds: 0, rollbackTargets: 1)

    /// `backend-6` is the newest, each an hour older than the one before.
    static let revisions = (1...6).reversed().map { number in
        RevisionObservation(
            name: "backend-\(number)", image: "reg/backend@sha256:\(number)",
            labels: [ReleaseLabel.run: "r\(number)"], created: now - Double(7 - number) * 3600,
            condition: Condition(state: .succeeded))
    }

    static func release(
        _ number: Int, outcome: ReleaseOutcome = .promoted, isWitnessed: Bool = true, kind: RunKind = .deploy,
        previous: String? = nil
    ) -> ReleaseDocument {
        var service = ServiceResult(service: "backend", region: "r", outcome: outcome)
        service.revision = "backend-\(number)"
        service.candidate = "backend-\(number)"
        service.previousRevision = previous
        service.witnessedHealthy = isWitnessed
        return ReleaseDocument(
            run: "r\(number)", kind: kind, environment: "test", started: "", finished: nil, initiator: "",
            outcome: outcome, services: [service], steps: [],
            verdict: VerdictSummary(result: .pass, rule: "", counts: [:]))
    }

    static func facts(
        policy: PrunePolicy = eager, serving: Int = 6, tags: [(String, Int)] = [], latest: Int = 6,
        releases: [ReleaseDocument] = [], unfinished: [UnfinishedWork] = [], asked: [TrafficTarget]? = nil
    ) -> PruneFacts {
        var observation = ServiceObservation(
            identity: identity, url: "", generation: 1, observedGeneration: 1, condition: Condition(state: .succeeded))
        observation.latestCreatedRevision = "backend-\(latest)"
        observation.latestReadyRevision = "backend-\(latest)"
        observation.trafficStatuses =
            [TrafficShare(revision: "backend-\(serving)", percent: 100)]
            + tags.map { TrafficShare(revision: "backend-\($0.1)", percent: 0, tag: $0.0) }
        observation.traffic = asked ?? TrafficPlan.pinned(observation.trafficStatuses)
        return PruneFacts(
            placement: placement, policy: policy, observation: observation, revisions: revisions, releases: releases,
            unfinished: unfinished)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var facts: PruneFacts
        /// By number; what is not named goes.
        var kept: [Int: RevisionFate.Reason]
        var tags: [String] = []
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "what serves", facts: facts(), kept: [6: .serves]),
        Case(
            name: "the latest, which is not what serves", facts: facts(serving: 2),
            kept: [2: .serves, 6: .isLatest(.both)]),
        Case(
            name: "the last that is ready, and the last that was made and is not",
            facts: {
                var two = facts(serving: 2, latest: 5)
                two.observation.latestCreatedRevision = "backend-6"
                return two
            }(), kept: [2: .serves, 5: .isLatest(.ready), 6: .isLatest(.made)]),
        Case(
            name: "what is asked for and not served yet",
            facts: facts(asked: [TrafficTarget(revision: "backend-3", percent: 100)]), kept: [6: .serves, 3: .isWanted]),
        Case(
            name: "the latest ready one by another name",
            facts: facts(serving: 2, latest: 5, asked: [TrafficTarget(revision: nil, percent: 100)]),
            kept: [2: .serves, 5: .isWanted]),
        Case(name: "a person's tag", facts: facts(tags: [("stable", 1)]), kept: [6: .serves, 1: .tagged("stable")]),
        Case(
            name: "a tag of stagectl's that nothing needs", facts: facts(tags: [("c-abcdef", 1)]), kept: [6: .serves],
            tags: ["c-abcdef"]),
        Case(
            name: "a tag of stagectl's that policy keeps",
            facts: facts(
                policy: PrunePolicy(keepRevisions: 0, olderThanSeconds: 0, rollbackTargets: 1, tags: .keep),
                tags: [("c-abcdef", 1)]), kept: [6: .serves, 1: .tagged("c-abcdef")]),
        Case(
            name: "a tag that looks like one of stagectl's and is not", facts: facts(tags: [("c-abcdefg", 1)]),
            kept: [6: .serves, 1: .tagged("c-abcdefg")]),
        Case(
            name: "both kinds of tag on one", facts: facts(tags: [("c-abcdef", 1), ("mine", 1)]),
            kept: [6: .serves, 1: .tagged("mine")], tags: ["c-abcdef"]),
        Case(
            name: "of the newest so many",
            facts: facts(policy: PrunePolicy(keepRevisions: 3, olderThanSeconds: 0, rollbackTargets: 1)),
            kept: [6: .serves, 5: .newest(3), 4: .newest(3)]),
        Case(
            name: "what is young",
            facts: facts(policy: PrunePolicy(keepRevisions: 0, olderThanSeconds: 3 * 3600, rollbackTargets: 1)),
            kept: [6: .serves, 5: .young(10_800)]),
        Case(
            name: "the one to go back to", facts: facts(releases: [release(6), release(4), release(3)]),
            kept: [6: .serves, 4: .rollbackTarget]),
        Case(
            name: "as many to go back to as policy says",
            facts: facts(
                policy: PrunePolicy(keepRevisions: 0, olderThanSeconds: 0, rollbackTargets: 2),
                releases: [release(6), release(4), release(3), release(2)]),
            kept: [6: .serves, 4: .rollbackTarget, 3: .rollbackTarget]),
        Case(
            name: "nobody goes back to what was never witnessed",
            facts: facts(releases: [release(6), release(5, isWitnessed: false), release(2)]),
            kept: [6: .serves, 2: .rollbackTarget]),
        Case(
            name: "after a rollback: the next one back, and the one that was left",
            facts: facts(
                serving: 4, latest: 6,
                releases: [
                    release(4, outcome: .rolledBack, kind: .rollback, previous: "backend-5"), release(5), release(4),
                    release(2),
                ]), kept: [4: .serves, 6: .isLatest(.both), 5: .rollbackTarget, 2: .rollbackTarget]),
        Case(
            name: "a run that has not ended",
            facts: facts(
                tags: [("c-abcdef", 2), ("b-abcdef", 1)],
                unfinished: [
                    UnfinishedWork(run: "r9", revisions: ["backend-2", "backend-1"], tags: ["c-abcdef", "b-abcdef"])
                ]), kept: [6: .serves, 2: .tagged("c-abcdef"), 1: .tagged("b-abcdef")]),
        Case(
            name: "what such a run goes back to, without a tag",
            facts: facts(unfinished: [UnfinishedWork(run: "r9", revisions: ["backend-3"], tags: [])]),
            kept: [6: .serves, 3: .unfinished(run: "r9")]),
        Case(
            name: "a candidate that waits for traffic, with its tag",
            facts: facts(
                serving: 4, tags: [("c-abcdef", 5)],
                releases: [release(5, outcome: .held, isWitnessed: false), release(4)]),
            kept: [4: .serves, 6: .isLatest(.both), 5: .tagged("c-abcdef")]),
        Case(
            name: "a candidate that another release has overtaken",
            facts: facts(
                tags: [("c-abcdef", 5)], releases: [release(6), release(5, outcome: .held, isWitnessed: false)]),
            kept: [6: .serves], tags: ["c-abcdef"]),
    ]

    @Test(arguments: cases) func `what nothing needs goes, and nothing else`(_ row: Case) {
        let decision = PruneDecision(row.facts, now: Self.now)
        let kept = decision.revisions.filter { !$0.isDeleted }
        let expected = row.kept.map { ("backend-\($0.key)", $0.value) }
        #expect(
            Dictionary(kept.map { ($0.revision, $0.reason) }, uniquingKeysWith: { $1 })
                == Dictionary(expected, uniquingKeysWith: { $1 }))
        #expect(decision.deleted.count == 6 - row.kept.count)
        #expect(decision.tags.compactMap(\.tag) == row.tags)
    }

    @Test func `one whose age is unknown is young`() {
        var facts = Self.facts()
        for index in facts.revisions.indices { facts.revisions[index].created = 0 }
        #expect(PruneDecision(facts, now: Self.now).deleted == [])
    }

    @Test func `a plan locks first, takes tags away in one write, deletes the oldest first and images last`() throws {
        let facts = Self.facts(tags: [("c-abcdef", 1), ("c-bcdefg", 2)], releases: [Self.release(5)])
        let decision = PruneDecision(facts, now: Self.now)
        let hex = String(repeating: "ab", count: 32)
        let image = ImageReference("reg/backend@sha256:\(hex)")
        let plan = PrunePlanner(digest: fakeDigest).plan(
            .init(
                run: "run-aaaaaa", created: "2026-01-01T00:00:00Z", initiator: "me@here", environment: "test",
                facts: [facts], decisions: [decision], images: ["backend": [image]]))
        #expect(
            plan.steps.map(\.id) == [
                "lock:backend", "untag:backend", "delete-backend-1:backend", "delete-backend-2:backend",
                "delete-backend-3:backend", "delete-backend-4:backend", "image-abababababab:backend",
            ])
        #expect(plan.steps[1].action == .untag(["c-abcdef", "c-bcdefg"]))
        var seen: Set<String> = []
        for step in plan.steps {
            #expect(seen.isSuperset(of: step.needs))
            seen.insert(step.id)
        }
        #expect(try DecodedPlan(decoding: plan.serialized()).plan == plan)
        let nothing = PruneDecision(Self.facts(policy: PrunePolicy()), now: Self.now)
        #expect(!nothing.changes)
    }

    @Test func `an image goes when no revision that stays runs it, and only from the service's own repository`() {
        func image(_ digit: String, _ repository: String = "reg/backend") -> ImageReference {
            ImageReference("\(repository)@sha256:\(digit)")
        }
        func use(_ digit: String, _ revision: String, project: String = "p") -> ImageUse {
            ImageUse(
                digest: "sha256:\(digit)", service: ServiceIdentity(project: project, region: "r", name: "backend"),
                revision: revision)
        }
        let going: Set<[String]> = [NeedlessImages.name(Self.identity, "backend-1")]
        let found = NeedlessImages.of(
            repository: "reg/backend",
            candidates: [image("1"), image("2"), image("3"), image("1"), image("4", "else/backend"), image("5")],
            uses: [
                use("1", "backend-1"), use("2", "backend-1"), use("2", "backend-6"), use("3", "x", project: "other"),
            ],
            going: going)
        #expect(found.map(\.value) == ["reg/backend@sha256:1", "reg/backend@sha256:5"])
    }
}
