import Configuration
import Testing

@testable import Releases

/// How a run came to its end: each chain ends with a cause and what shows it, or says that nobody knows.
@Suite struct CausalChainTests {
    private func release(
        _ outcome: ReleaseOutcome = .failed, services: [ServiceResult]? = nil, steps: [StepResult],
        error: Failure? = nil
    ) -> ReleaseDocument {
        var backend = ServiceResult(service: "backend", region: "r", outcome: outcome)
        backend.revision = "backend-00001-old"
        return ReleaseDocument(
            run: "r20260102-abc123", kind: .deploy, environment: "local", started: "2026-01-02T00:00:00Z",
            finished: nil,
            initiator: "me", outcome: outcome, services: services ?? [backend], steps: steps,
            verdict: VerdictSummary(result: .fail, rule: "a step failed", counts: [:]), error: error)
    }

    private func chain(_ release: ReleaseDocument, _ failures: [FailedStep]) -> CausalChain {
        CausalChain(of: ComparedRelease(document: release, failures: failures), since: nil)
    }

    private func causes(_ chain: CausalChain) -> [CausalChain.Link] { chain.links.filter { $0.kind == .cause } }

    private func failed(_ id: String, _ note: String) -> StepResult {
        StepResult(id: id, status: .failed, seconds: 1, note: note)
    }

    /// A step that fails of itself names its own cause: a build, a hook, a lock, the platform, a person.
    @Test(
        arguments: [
            ("build:backend", .release, "`docker build` ended with exit code 1", "shop.swift:3: cannot find Foo"),
            (
                "hook-schema:backend", .release, "hook `schema` ended with exit code 3",
                "schema 14 is wanted, 13 is there"
            ),
            ("lock:backend", .conflict, "`backend` is locked", "held by: ada"),
            ("candidate:backend", .permission, "run.services.update is missing", "HTTP: 403"),
            ("ready:backend", .deadline, "600 s were not enough", "deadline: 600 s"),
        ] as [(String, Failure.Category, String, String)])
    func `what a step has seen itself is the cause, with its evidence`(
        step: String, category: Failure.Category, summary: String, detail: String
    ) throws {
        let failure = Failure(category, summary, details: [.init("output", detail)], hint: "mend it")
        let found = chain(
            release(steps: [failed(step, summary)], error: failure),
            [FailedStep(step, service: ServiceKey("backend"), failure: failure)])
        let cause = try #require(causes(found).first)
        #expect(causes(found).count == 1 && cause.isKnown && cause.service == "backend")
        #expect(cause.text == summary && cause.evidence == [detail])
        #expect(found.next == "mend it")
        #expect(!found.links.contains { $0.text.contains("no cause") })
    }

    @Test func `of Terraform the cause is no service's`() throws {
        let failure = Failure(
            .release, "Terraform could not carry out its plan", details: [.init("", "Error: quota exceeded")])
        let found = chain(
            release(services: [], steps: [failed("infra", failure.summary)], error: failure),
            [FailedStep("infra", service: nil, failure: failure)])
        let cause = try #require(causes(found).first)
        #expect(causes(found).count == 1 && cause.isKnown && cause.service == nil)
        #expect(cause.evidence == ["Error: quota exceeded"])
    }

    @Test func `a gate that only measured has the cause that a check named, else none is known`() throws {
        let failure = Failure(.checks, "smoke of `backend` is fail")
        func found(_ cause: String?) -> CausalChain {
            chain(
                release(steps: [failed("smoke:backend", failure.summary)], error: failure),
                [
                    FailedStep(
                        "smoke:backend", service: ServiceKey("backend"), failure: failure,
                        problems: [
                            CheckProblem(check: "ws", status: "failed", summary: "closed with 1011", cause: cause)
                        ])
                ])
        }
        let named = try #require(causes(found("the handler raised")).first)
        #expect(
            named.isKnown && named.text == "the handler raised" && named.evidence == ["ws failed: closed with 1011"])
        let unnamed = try #require(causes(found(nil)).first)
        #expect(!unnamed.isKnown && unnamed.evidence == ["ws failed: closed with 1011"])
    }

    @Test func `a diagnosis is the cause, and nothing below it says that none is known`() throws {
        var service = ServiceResult(service: "backend", region: "r", outcome: .failed)
        service.candidate = "backend-00002-new"
        service.diagnosis = Diagnosis(
            kind: "database-refused", cause: "the database refuses connections", fix: "start it",
            command: "stagectl config show", evidence: ["connection refused"], logs: ["ECONNREFUSED"])
        let failure = Failure(.release, "not ready: the database refuses connections")
        let found = chain(
            release(services: [service], steps: [failed("ready:backend", failure.summary)], error: failure),
            [FailedStep("ready:backend", service: ServiceKey("backend"), failure: failure)])
        #expect(causes(found).map(\.text) == ["the database refuses connections"])
        #expect(found.links.map(\.kind) == [.verdict, .step, .revision, .cause, .log, .commits])
        #expect(found.links.filter { !$0.isKnown }.map(\.kind) == [.commits])
        #expect(found.next == "stagectl config show")
    }

    @Test func `without a journal the run's own error is the cause, and without one nobody knows`() throws {
        let error = Failure(.unavailable, "the platform does not answer", details: [.init("host", "run.example.test")])
        let known = try #require(causes(chain(release(steps: [], error: error), [])).first)
        #expect(known.isKnown && known.evidence == ["host: run.example.test"] && known.service == nil)
        let unknown = try #require(causes(chain(release(steps: [failed("ready:backend", "it failed")]), [])).first)
        #expect(!unknown.isKnown && unknown.text.hasPrefix("no cause of it is known"))
    }

    @Test func `what was only stopped because another step failed is no cause`() {
        let planned = ["build:auth", "build:backend"]
        let entries =
            planned.map { JournalEntry(time: "2026-01-02T00:00:00Z", event: .intent(step: $0)) } + [
                JournalEntry(
                    time: "2026-01-02T00:00:01Z",
                    event: .outcome(
                        step: "build:auth",
                        .failed(Failure(.interrupted, "stopped"), StepOutput(), seconds: 1))),
                JournalEntry(
                    time: "2026-01-02T00:00:01Z",
                    event: .outcome(
                        step: "build:backend", .failed(Failure(.release, "exit code 1"), StepOutput(), seconds: 1))),
            ]
        let plan = Plan(
            run: "r1", kind: .deploy, environment: "local", created: "2026-01-02T00:00:00Z", initiator: "me",
            source: nil, services: [], steps: [], digest: { $0 })
        let found = FailedStep.all(plan, Progress(replaying: entries))
        #expect(found.map(\.id) == ["build:backend"] && found.first?.service == ServiceKey("backend"))
    }

    @Test func `a service that was only taken back with another one has no cause of its own`() {
        let failure = Failure(.release, "exit code 1")
        let services = ["auth", "backend"].map { ServiceResult(service: $0, region: "r", outcome: .failed) }
        let found = chain(
            release(services: services, steps: [failed("build:backend", "exit code 1")], error: failure),
            [FailedStep("build:backend", service: ServiceKey("backend"), failure: failure)])
        #expect(Set(found.links.compactMap(\.service)) == ["backend"])
    }

    @Test func `a step in doubt and one that waits say so`() {
        let found = chain(
            release(
                .needsAttention,
                steps: [
                    StepResult(id: "hook-x:backend", status: .inDoubt, seconds: 0),
                    StepResult(id: "hold:backend", status: .held, seconds: 0, note: "40 % of the traffic"),
                ]), [])
        #expect(
            found.links.contains {
                $0.text == "step hook-x:backend is in doubt: nobody knows whether it came to its end"
            })
        #expect(found.links.contains { $0.text == "step hold:backend waits for a person" })
        #expect(causes(found).isEmpty)
    }
}
