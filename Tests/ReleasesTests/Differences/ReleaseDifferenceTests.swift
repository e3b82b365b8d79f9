import Configuration
import Testing

@testable import Releases

/// One release against another.
@Suite struct ReleaseDifferenceTests {
    private func check(_ id: String, _ status: String, _ milliseconds: Double = 10) -> CheckOutcome {
        CheckOutcome(suite: "smoke", id: id, status: status, milliseconds: milliseconds, attempts: 1)
    }

    @Test(
        arguments: [
            ("passed", "failed", .broken), ("passed", "error", .broken), ("passed", "waived", .broken),
            ("flaky", "failed", .broken), ("skipped", "failed", .broken), ("failed", "passed", .fixed),
            ("waived", "passed", .fixed), ("failed", "failed", .stillFailing), ("failed", "waived", .stillFailing),
            ("passed", "flaky", .flaky), ("failed", "flaky", .flaky), ("flaky", "passed", .flaky),
            ("passed", "skipped", .notRun), ("failed", "blocked", .notRun), ("notRun", "passed", .new),
            (nil, "passed", .new), (nil, "failed", .new), ("passed", nil, .gone), ("skipped", "notRun", nil),
            ("passed", "passed", nil),
        ] as [(String?, String?, CheckDifference.Kind?)])
    func `what became of a check`(before: String?, now: String?, kind: CheckDifference.Kind?) {
        let found = CheckDifference.between(
            before.map { [check("a", $0)] } ?? [], now.map { [check("a", $0)] } ?? [])
        #expect(found.map(\.kind) == [kind].compactMap(\.self))
        #expect(found.allSatisfy { $0.earlier?.status == before && $0.later?.status == now })
    }

    @Test func `a pass that takes more than twice as long is slower, the worst first`() {
        let before = [check("a", "passed", 100), check("b", "passed", 100), check("c", "passed", 1)]
        let now = [check("a", "passed", 250), check("b", "passed", 900), check("c", "passed", 90)]
        let found = CheckDifference.between(before, now)
        #expect(found.map(\.kind) == [.slower, .slower] && found.map(\.id) == ["b", "a"])
    }

    // MARK: - Releases

    private func release(
        _ run: String, at started: String, environment: String = "local", commit: String = "a",
        outcome: ReleaseOutcome = .promoted, services: [String] = ["backend"]
    ) -> ReleaseDocument {
        ReleaseDocument(
            run: run, kind: .deploy, environment: environment, started: started, finished: nil, initiator: "me",
            outcome: outcome,
            services: services.map { name in
                var result = ServiceResult(service: name, region: "r", outcome: outcome)
                result.commit = String(repeating: commit, count: 40)
                result.image = "\(name)@sha256:\(commit)"
                return result
            },
            steps: [
                StepResult(id: "build:backend", status: .done, seconds: 2),
                StepResult(id: "only:\(run)", status: .done, seconds: 1),
            ], verdict: VerdictSummary(result: outcome == .promoted ? .pass : .fail, rule: run, counts: [:]))
    }

    private func planned(_ change: (inout PlannedService) -> Void = { _ in }) -> PlannedService {
        var planned = PlannedService(
            placement: Placement(
                service: Service(name: "backend"),
                identity: ServiceIdentity(project: "p", region: "r", name: "backend"), key: "backend"),
            decision: .deploy, isFirst: false, exists: true, baseline: nil, generation: nil, wasPublic: nil, tag: "",
            labels: [:], environment: [ConfiguredVariable(name: "A", value: .literal("s3cret"))])
        change(&planned)
        return planned
    }

    private func compared(_ document: ReleaseDocument, _ planned: PlannedService? = nil) -> ComparedRelease {
        ComparedRelease(
            document: document, configurations: planned.map { [ComparedRelease.key(of: $0): $0] } ?? [:],
            checks: [check("a", "passed")])
    }

    @Test func `the older one is first, however they were named`() {
        let (old, new) = (
            compared(release("run-b", at: "2026-01-01T00:00:00Z")),
            compared(release("run-a", at: "2026-01-02T00:00:00Z"))
        )
        for difference in [ReleaseDifference(old, new), ReleaseDifference(new, old)] {
            #expect(difference.earlier.run == "run-b" && difference.later.run == "run-a")
            #expect(difference.steps.map(\.id) == ["build:backend", "only:run-a", "only:run-b"])
            #expect(difference.services.first?.commits?.relation == .same)
        }
    }

    @Test func `settings are compared by what each release was planned with`() {
        let old = compared(release("a", at: "1"), planned())
        let new = compared(
            release("b", at: "2", commit: "b"),
            planned {
                $0.service.container.memory = "1Gi"
                $0.service.isPublic = true
                $0.environment = [ConfiguredVariable(name: "A", value: .literal("0ther"))]
            })
        let difference = ReleaseDifference(old, new)
        let service = difference.services.first
        #expect(service?.settings?.map(\.field) == ["env.A", "memory", "public"])
        #expect(service?.settings?.first?.earlier == .value("(value 1)"))
        let told = String(describing: service?.settings)
        #expect(!told.contains("s3cret"))
        #expect(service?.commits?.relation == .unknown && !difference.isEmpty)
        #expect(difference.notes == [])
        #expect(ReleaseDifference(old, compared(release("b", at: "2"), planned())).isEmpty)
    }

    @Test func `what is not known is said and not guessed`() {
        var old = compared(release("a", at: "1"))
        old.checks = nil
        let difference = ReleaseDifference(
            old, compared(release("b", at: "2", environment: "staging", services: ["backend", "web"]), planned()))
        #expect(difference.checks == nil && difference.services.first?.settings == nil)
        #expect(difference.services.map { $0.earlier == nil } == [false, true])
        #expect(difference.notes.count == 4, "\(difference.notes)")
        #expect(difference.notes.first?.contains("different environments") == true)
    }

    @Test func `a revision that gets traffic again is what the run that made it was planned with`() {
        let maker = Plan(
            run: "run-old", kind: .deploy, environment: "local", created: "", initiator: "", source: nil,
            services: [planned { $0.service.container.memory = "2Gi" }], steps: [], digest: { $0 })
        let back = Plan(
            run: "run-back", kind: .rollback, environment: "local", created: "", initiator: "", source: nil,
            services: [
                planned {
                    $0.decision = .reuse(revision: "backend-1")
                    $0.labels = [ReleaseLabel.run: "run-old"]
                    $0.environment = []
                }
            ], steps: [], digest: { $0 })
        #expect(ComparedRelease.makers(in: back) == ["run-old"] && ComparedRelease.makers(in: maker) == [])
        let known = ComparedRelease(
            release("b", at: "2"), plan: back, progress: Progress(), makers: ["run-old": maker])
        #expect(known.configurations.values.first?.service.container.memory == "2Gi")
        let unknown = ComparedRelease(release("b", at: "2"), plan: back, progress: Progress())
        #expect(unknown.configurations == [:])
    }

    @Test func `checks come from the journal, and one of an earlier version has none`() {
        let smoke = Step(
            "smoke:backend", service: "backend", action: .smoke(priorities: []), needs: [], deadlineSeconds: 1)
        let plan = Plan(
            run: "r", kind: .deploy, environment: "local", created: "", initiator: "", source: nil,
            services: [planned()], steps: [smoke], digest: { $0 })
        func checks(_ outcomes: [CheckOutcome]?) -> [CheckOutcome]? {
            var output = StepOutput()
            output.smoke = SmokeResult(
                verdict: VerdictSummary(result: .pass, rule: "", counts: [:]), problems: [], checks: outcomes)
            let progress = Progress(replaying: [
                JournalEntry(time: "", event: .outcome(step: "smoke:backend", .done(output, seconds: 1)))
            ])
            return ComparedRelease(release("r", at: "1"), plan: plan, progress: progress).checks
        }
        #expect(checks([check("a", "passed")]) == [check("a", "passed")])
        #expect(checks(nil) == nil)
        #expect(ComparedRelease(release("r", at: "1"), plan: plan, progress: Progress()).checks == nil)
    }
}
