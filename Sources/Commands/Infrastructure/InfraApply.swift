import Configuration
import Infrastructure
import JSON
import Releases
import Reporting

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// From a plan of Terraform to a run that carries it out.
struct InfraApply {
    let session: Session
    let change: ChangeFlags
    let allowed: [String]
    /// `apply` or `destroy`, as the document names it.
    let operation: String

    func run(plan fingerprint: String?, mode: TerraformArguments.PlanMode) async throws -> CommandResult {
        // What is to go need not agree with anything any more.
        try session.openInfrastructure(checks: mode == .change)
        let run = RunName.make()
        let file = try session.infrastructurePlanFile(run)
        let plan: InfrastructurePlan
        if let fingerprint {
            plan = try keptPlan(fingerprint, movedTo: file)
        } else {
            plan = try await session.planInfrastructure(mode, file: file)
        }
        // A plan that is not carried out goes: it may hold secrets.
        var isKept = false
        defer { if !isKept { unlink(file) } }
        let text = InfrastructureText(palette: session.console.style.resultPalette)
        let shown = text.plan(plan, title: try session.infrastructureTitle(operation))
        // Conditions that failed are only asked again by an apply, even of nothing.
        let failed = try session.failedApply()
        guard !plan.isEmpty || (failed != nil && mode == .change && !change.dryRun) else {
            return CommandResult(document(plan, run: nil), text: shown)
        }
        do {
            try InfrastructureGuards.demand(plan, allowing: allowed, environment: session.environmentName)
        } catch let refusal as Failure {
            session.console.progress(shown)
            var refused = document(plan, run: nil)
            refused["error"] = ReleaseJSON.failure(refusal)
            return CommandResult(refused, text: "", status: ExitStatus(refusal), failure: refusal)
        }
        if change.dryRun { return CommandResult(document(plan, run: nil), text: shown) }
        session.console.progress(shown)
        try await session.confirm("this \(operation) changes real infrastructure", isGiven: change.yes)
        isKept = true
        return try await carryOut(plan, run: run, destroys: mode == .destroy)
    }

    private func carryOut(_ plan: InfrastructurePlan, run: String, destroys: Bool) async throws -> CommandResult {
        let step = Step(
            InfrastructureStep.id, service: InfrastructureStep.key,
            action: .applyInfrastructure(plan.approval(destroys: destroys)), needs: [],
            deadlineSeconds: InfrastructureStep.deadlineSeconds)
        let release = Plan(
            run: run, kind: .infra, environment: session.environmentName, created: Timestamp.beginning(),
            initiator: session.initiator, source: nil, services: [], steps: [step], digest: Fingerprint.sha256)
        let decoded = try DecodedPlan(decoding: release.serialized())
        let result = try await session.execute(
            decoded.plan, access: try await session.infrastructureAccess(), report: nil
        ) { roles in
            ReleaseExecutor(decoded, roles: roles)
        } action: { executor in
            await executor.run()
        }
        var document = document(plan, run: run)
        document["outcome"] = result.document["outcome"] ?? .null
        document["steps"] = result.document["steps"] ?? []
        document["error"] = result.document["error"] ?? .null
        document["infrastructure"] = result.document["infrastructure"] ?? .null
        // What is applied stays applied, also where nobody can say what it has given.
        let outputs = (try? await session.infrastructureOutputs()) ?? []
        document["values"] = InfrastructureJSON.outputs(outputs)
        let end = result.failure == nil ? "\(operation) of \(session.environmentName) is done   run \(run)" : ""
        return CommandResult(document, text: end, status: result.status, failure: result.failure)
    }

    private func document(_ plan: InfrastructurePlan, run: String?) -> JSONValue {
        var members = InfrastructureJSON.plan(plan)
        members["run"] = run.map(JSONValue.string) ?? .null
        return InfraDocument.json(operation, environment: session.environmentName, members: members)
    }

    /// The plan that was shown last, from where it was kept. Throws `conflict` where it is another one.
    private func keptPlan(_ fingerprint: String, movedTo file: String) throws -> InfrastructurePlan {
        let kept = try session.infrastructurePlanFile(InfraDocument.latest)
        let environment = session.environmentName
        guard let plan = KeptPlan.read(beside: kept) else {
            throw Failure(
                .conflict, "no plan is kept for `\(environment)`", hint: "stagectl infra plan --env \(environment)")
        }
        guard try session.terraformRoot().fingerprint(of: kept) != nil else {
            throw Failure(
                .conflict, "the plan that was shown last for `\(environment)` was carried out, or is gone",
                details: [.init("plan", String(plan.fingerprint.prefix(12)))],
                hint: "stagectl infra plan --env \(environment) says what is left")
        }
        guard plan.fingerprint.hasPrefix(fingerprint.lowercased()),
            try session.terraformRoot().fingerprint(of: kept) == plan.fingerprint
        else {
            throw Failure(
                .conflict, "the plan that is kept for `\(environment)` is another one",
                details: [.init("asked for", fingerprint), .init("kept", String(plan.fingerprint.prefix(12)))],
                hint: "stagectl infra plan --env \(environment), and look at it again")
        }
        guard rename(kept, file) == 0 else {
            throw Failure(.unavailable, "`\(kept)` cannot be moved", hint: "see who owns it")
        }
        return plan
    }
}
