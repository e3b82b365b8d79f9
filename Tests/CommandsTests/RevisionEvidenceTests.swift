import Configuration
import Releases
import Testing

@Suite struct RevisionEvidenceTests {
    private let placement = Placement(
        service: Service(name: "api"), identity: ServiceIdentity(project: "p", region: "here", name: "api"), key: "api")

    private func release(
        _ run: String, of revision: String, kind: RunKind = .deploy, steps: [(String, StepResult.Status)],
        _ result: VerdictSummary.Result = .pass, witnessed: Bool = false
    ) -> ReleaseDocument {
        var service = ServiceResult(service: "api", region: "here", outcome: .promoted)
        service.candidate = revision
        service.revision = revision
        service.witnessedHealthy = witnessed
        return ReleaseDocument(
            run: run, kind: kind, environment: "local", started: "", finished: nil, initiator: "me@here",
            outcome: .promoted, services: [service],
            steps: steps.map { StepResult(id: "\($0.0):api", status: $0.1, seconds: 1) },
            verdict: VerdictSummary(result: result, rule: "the rule", counts: [:]))
    }

    private func evidence(_ releases: [ReleaseDocument]) -> RevisionEvidence {
        .of("api-1", of: placement, releases: releases)
    }

    private let passing: [(String, StepResult.Status)] = [("candidate", .done), ("health", .done), ("smoke", .done)]

    @Test func `what passed its gates needs no other word`() {
        #expect(
            evidence([release("b", of: "api-2", steps: passing, .fail), release("a", of: "api-1", steps: passing)])
                == .passed)
    }

    @Test func `what nobody verified says so`() {
        #expect(evidence([]) == .lacking("no release in the ledger ran the gates of `api-1`"))
        #expect(evidence([release("a", of: "api-2", steps: passing)]) != .passed)
        let hurried = release("a", of: "api-1", steps: [("candidate", .done), ("health", .done)], .incomplete)
        #expect(evidence([hurried]) == .lacking("`api-1` was not verified: run a ended as incomplete (the rule)"))
    }

    @Test func `smoke that failed is told apart, until a later deploy ran it again`() {
        let failed = release("a", of: "api-1", steps: [("candidate", .done), ("smoke", .failed)], .fail)
        let again = release("b", of: "api-1", steps: [("tag", .done), ("smoke", .done)])
        #expect(evidence([failed]) == .failedSmoke(run: "a"))
        #expect(evidence([again, failed]) == .passed)
        #expect(
            evidence([release("c", of: "api-1", kind: .rollback, steps: [("health", .done)]), failed])
                == .failedSmoke(run: "a"))
    }

    @Test func `smoke that failed and was overridden is not verified`() {
        #expect(
            evidence([release("a", of: "api-1", steps: passing, .fail)])
                == .lacking("`api-1` was not verified: run a ended as fail (the rule)"))
    }

    @Test func `a promotion hands on what it found, and one that was stopped takes nothing away`() {
        let hurried = release("a", of: "api-1", steps: [("candidate", .done)], .incomplete)
        let promoted = release("b", of: "api-1", steps: [("tag", .done), ("health", .done)], .incomplete)
        #expect(
            evidence([promoted, hurried])
                == .lacking("`api-1` was not verified: run b ended as incomplete (the rule)"))
        let stopped = release("c", of: "api-1", steps: [("tag", .done), ("health", .failed)], .fail)
        #expect(evidence([stopped, release("a", of: "api-1", steps: passing)]) == .passed)
    }

    @Test(
        arguments: [
            // Revisions of the commit, newest first; which were witnessed, newest first; the answer.
            (["api-3", "api-2", "api-1"], ["api-2", "api-1"], "api-2"),
            (["api-3", "api-2", "api-1"], ["api-1", "api-3"], "api-3"),
            (["api-3"], [], nil),
            ([], ["api-3"], nil),
            (["api-9 failed", "api-1"], ["api-9", "api-1"], "api-1"),
        ] as [([String], [String], String?)])
    func `a commit means its newest revision that was witnessed healthy`(
        made: [String], witnessed: [String], expected: String?
    ) {
        let revisions = made.map { text in
            RevisionObservation(
                name: String(text.prefix(5)), image: "", labels: [ReleaseLabel.commit: "abc"],
                condition: Condition(state: text.hasSuffix("failed") ? .failed : .succeeded))
        }
        let other = RevisionObservation(
            name: "api-4", image: "", labels: [ReleaseLabel.commit: "def"], condition: Condition(state: .succeeded))
        let releases = (["api-4"] + witnessed).map { release("run-\($0)", of: $0, steps: passing, witnessed: true) }
        let found = RollbackPlanner.lastWitnessed(
            of: placement, commit: "abc", releases: releases,
            facts: ServiceFacts(observation: nil, revisions: [other] + revisions))
        #expect(found == expected)
    }
}
