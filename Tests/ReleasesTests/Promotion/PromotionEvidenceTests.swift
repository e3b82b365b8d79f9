import Configuration
import Testing

@testable import Releases

/// What speaks for an image of another environment, and what against.
@Suite struct PromotionEvidenceTests {
    static let digest = "sha256:" + String(repeating: "a", count: 64)
    static let other = "sha256:" + String(repeating: "b", count: 64)
    static let service = ModelWorld.service("backend")
    static let placement = Placement(
        service: service, identity: ServiceIdentity(project: "there", region: "r", name: "backend"), key: "backend")
    static let now = "2026-03-10T12:00:00Z"

    /// A release that made `backend-1` and gave it all traffic.
    static func release(
        _ run: String = "r1", revision: String = "backend-1", image: String = digest,
        result: VerdictSummary.Result = .pass, finished: String = "2026-03-10T10:00:00Z", isWitnessed: Bool = true,
        steps: [String] = ["candidate:backend", "health:backend", "smoke:backend"], kind: RunKind = .deploy
    ) -> ReleaseDocument {
        var service = ServiceResult(service: "backend", region: "r", outcome: .promoted)
        service.revision = revision
        service.candidate = revision
        service.image = "reg/backend@\(image)"
        service.witnessedHealthy = isWitnessed
        return ReleaseDocument(
            run: run, kind: kind, environment: "staging", started: "2026-03-10T09:00:00Z", finished: finished,
            initiator: "me@here", outcome: .promoted, services: [service],
            steps: steps.map { StepResult(id: $0, status: .done, seconds: 1) },
            verdict: VerdictSummary(result: result, rule: "the rule", counts: [:]))
    }

    static func place(
        serving: [String: Int] = ["backend-1": 100], image: String = "reg/backend@\(digest)",
        releases: [ReleaseDocument] = [release()], exists: Bool = true
    ) -> PromotionEvidence.Place {
        var observation = ServiceObservation(
            identity: placement.identity, url: "", generation: 1, observedGeneration: 1,
            condition: Condition(state: .succeeded))
        observation.trafficStatuses = serving.map { TrafficShare(revision: $0.key, percent: $0.value) }
        let revision = RevisionObservation(
            name: "backend-1", image: image,
            labels: [ReleaseLabel.commit: "c0ffee", ReleaseLabel.tree: "clean", ReleaseLabel.run: "r1"],
            condition: Condition(state: .succeeded))
        return PromotionEvidence.Place(
            placement: placement, observation: exists ? observation : nil, revisions: exists ? [revision] : [],
            releases: releases)
    }

    static func evidence(
        _ places: PromotionEvidence.Place..., gate: PromotionGate = PromotionGate(), variables: Set<String> = []
    ) -> PromotionEvidence {
        PromotionEvidence(
            from: "staging", places: places,
            target: .init(
                container: service.container, variables: variables,
                identity: ServiceIdentity(project: "here", region: "r", name: "backend")), gate: gate, at: now)
    }

    @Test func `what passed and serves is taken over as it is, with the commit of its build`() {
        let evidence = Self.evidence(Self.place())
        #expect(evidence.findings == [])
        let origin = evidence.origin
        #expect(origin?.image.value == "reg/backend@\(Self.digest)" && origin?.revision == "backend-1")
        #expect(origin?.commit == "c0ffee" && origin?.tree == "clean" && origin?.run == "r1")
        #expect(origin?.shown(at: Self.now).ageSeconds == 7200)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var place: PromotionEvidence.Place
        var gate = PromotionGate()
        var reason: PromotionFinding.Reason
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "no service there", place: place(exists: false), reason: .servesNothing),
        Case(name: "no history", place: place(releases: []), reason: .none(revision: "backend-1")),
        Case(
            name: "a history of another revision with the same image",
            place: place(releases: [release(revision: "backend-0")]), reason: .none(revision: "backend-1")),
        Case(
            name: "another image passed last",
            place: place(releases: [release("r7", revision: "backend-0", image: other)]),
            reason: .moved(run: "r7", passed: other, serving: digest)),
        Case(
            name: "smoke failed", place: place(releases: [release(result: .fail)]),
            reason: .failed(run: "r1", rule: "the rule")),
        Case(
            name: "skipped or overridden", place: place(releases: [release(result: .incomplete, isWitnessed: false)]),
            reason: .incomplete(run: "r1", result: .incomplete, rule: "the rule")),
        Case(
            name: "a canary that could not tell", place: place(releases: [release(result: .inconclusive)]),
            reason: .incomplete(run: "r1", result: .inconclusive, rule: "the rule")),
        Case(
            name: "a candidate that got its traffic by hand", place: place(releases: [release(isWitnessed: false)]),
            reason: .notWitnessed(revision: "backend-1", run: "r1")),
        Case(
            name: "older than the gate takes", place: place(), gate: PromotionGate(maximumAgeSeconds: 3600),
            reason: .tooOld(run: "r1", age: 7200, limit: 3600)),
        Case(
            name: "a split", place: place(serving: ["backend-1": 60, "backend-0": 40]),
            reason: .split("backend-1 60 %, backend-0 40 %")),
        Case(
            name: "a tag that nobody resolves", place: place(image: "reg/backend:latest"),
            reason: .unnamed(revision: "backend-1", image: "reg/backend:latest")),
        Case(
            name: "only a rollback knows it", place: place(releases: [release(kind: .rollback)]),
            reason: .none(revision: "backend-1")),
    ]

    @Test(arguments: cases) func `what is missing is said`(_ row: Case) {
        let evidence = Self.evidence(row.place, gate: row.gate)
        switch (row.reason, evidence.findings.first?.reason) {
        case (.split, .split): break
        default: #expect(evidence.findings.map(\.reason) == [row.reason])
        }
        #expect(evidence.findings.first?.category == .checks)
        #expect(evidence.findings.failure(from: "staging", of: 1)?.category == .checks)
    }

    @Test func `a later promotion to full traffic witnesses what the suites of an earlier run passed`() {
        let releases = [
            Self.release("r2", finished: "2026-03-10T11:00:00Z", steps: ["health:backend"]),
            Self.release("r1", isWitnessed: false),
        ]
        let evidence = Self.evidence(Self.place(releases: releases))
        #expect(evidence.findings == [])
        #expect(evidence.origin?.run == "r1", "the suites ran there, and its age counts")
    }

    @Test func `the newest word counts: what passed once and failed since has failed`() {
        let releases = [
            Self.release("r3", result: .fail, isWitnessed: false, steps: ["smoke:backend"]), Self.release("r1"),
        ]
        #expect(
            Self.evidence(Self.place(releases: releases)).findings.map(\.reason)
                == [.failed(run: "r3", rule: "the rule")])
    }

    @Test func `regions that serve different images have none in common`() {
        var second = Self.place(image: "reg/backend@\(Self.other)", releases: [Self.release(image: Self.other)])
        second.placement.key = "backend@s"
        let found = Self.evidence(Self.place(), second).findings.map(\.reason)
        #expect(found == [.regionsDiffer([Self.digest, Self.other])])
    }

    @Test func `several services are refused as one, each with its category and its hint`() throws {
        let findings = [
            PromotionFinding("auth", .servesNothing), PromotionFinding("backend", .none(revision: "backend-1")),
        ]
        let failure = try #require(findings.failure(from: "staging", of: 3))
        #expect(failure.summary == "2 of 3 services cannot be promoted from `staging`, so none is")
        #expect(failure.details.map(\.label) == ["auth", "backend"])
        #expect(failure.details.allSatisfy { $0.value.contains("[checks]; stagectl deploy") })
        let wrong = findings + [PromotionFinding("worker", .notThere(services: ["auth"]))]
        #expect(wrong.failure(from: "staging", of: 3)?.category == .configuration)
        #expect(wrong.failure(from: "staging", of: 3)?.hint?.contains("--override") == false)
    }

    @Test(arguments: [(59, "59 s"), (60, "1 m"), (7200, "2 h"), (86_400, "1 d"), (100_000, "27 h"), (604_800, "7 d")])
    func `ages are said as people do`(_ seconds: Int, _ text: String) {
        #expect(Age.text(seconds) == text)
    }
}
