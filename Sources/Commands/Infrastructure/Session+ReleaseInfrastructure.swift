import Configuration
import Infrastructure
import Releases
import Reporting

/// What `--with-infra` does before anything is built.
struct InfrastructureIntent: Sendable {
    var approval: InfrastructureApproval
    /// Outputs whose values are others afterwards.
    var changingOutputs: Set<String>
}

/// What a release has to do with the environment's Terraform root.
extension Session {
    /// For `--with-infra`: the plan that this run carries out first; nil where nothing is to be done.
    func infrastructureIntent(run: String, dryRun: Bool) async throws -> InfrastructureIntent? {
        _ = try infrastructureSettings()
        if let failure = InfrastructureConsistency.failure(of: try configuration()) { throw failure }
        let file = try infrastructurePlanFile(run)
        let root = try terraformRoot()
        let plan = try await planInfrastructure(file: file)
        try rememberApplied(plan)
        guard !plan.isEmpty else {
            root.discard(file)
            return nil
        }
        let text = InfrastructureText(palette: console.style.resultPalette)
        console.progress(text.plan(plan, title: try infrastructureTitle("infrastructure")))
        do {
            try InfrastructureGuards.demand(plan, allowing: [], environment: environmentName)
        } catch var refusal as Failure {
            root.discard(file)
            if refusal.hint?.contains("--allow-destroy") == true {
                refusal.hint = "a release destroys nothing: stagectl infra apply --env \(environmentName) can, by name"
            }
            throw refusal
        }
        if dryRun { root.discard(file) }
        return InfrastructureIntent(
            approval: plan.approval(), changingOutputs: Set(plan.outputs.filter { $0.action != .destroy }.map(\.name)))
    }

    /// For `infra.require_clean_plan`: nil where the plan is empty and the last apply was a good one, or the gate is
    /// overridden.
    func infrastructureRefusal(override reason: String?) async throws -> Failure? {
        guard let settings = try environment().infrastructure, settings.requiresCleanPlan, reason == nil else {
            return nil
        }
        let file = try infrastructurePlanFile("gate")
        let plan = try await planInfrastructure(file: file)
        try terraformRoot().discard(file)
        try rememberApplied(plan)
        guard plan.isEmpty else {
            return Failure(
                .checks, "gate infra: Terraform has \(InfrastructureText.counts(plan))",
                details: plan.changes.prefix(8).map { .init($0.action.rawValue, $0.address) },
                hint: "deploy with --with-infra, or see it first: stagectl infra plan --env \(environmentName)")
        }
        return try failedApply().map { failed in
            Failure(
                .checks, "gate infra: nothing is left to change, and yet the last apply \(failed.words)",
                details: [.init("run", failed.run)] + failed.errors.map { .init("it failed with", $0) },
                hint: "stagectl infra apply --env \(environmentName) tries it again")
        }
    }

    /// The last apply, where it failed.
    func failedApply() throws -> FailedApply? {
        FailedApply.read(in: try stateFolder() + "/infra/\(environmentName)")
    }

    /// What `drift` knows of the last apply that was made from here.
    func lastApply() throws -> OutputDrift.LastApply {
        let folder = try stateFolder() + "/infra/\(environmentName)"
        if FailedApply.read(in: folder) != nil { return .unfinished }
        return AppliedConfiguration.read(in: folder).map { .complete(configuration: $0) } ?? .unknown
    }

    /// With nothing left to do the files are what was applied, whoever did that.
    func rememberApplied(_ plan: InfrastructurePlan) throws {
        guard plan.isEmpty, let configuration = plan.configuration, try failedApply() == nil else { return }
        AppliedConfiguration.write(configuration, in: try stateFolder() + "/infra/\(environmentName)")
    }

    /// The environment with `${infra.NAME}` filled in as far as outputs are known; untouched where nothing names one.
    ///
    /// Throws `configuration` for an output that is not there, that is sensitive or that is no text.
    ///
    /// - Parameters:
    ///   - selected: the services that it matters for.
    ///   - intent: an apply that comes first: what it makes or changes is put in by the step that makes the revision.
    func fillingOutputs(
        of selected: [Placement], in environment: Environment, before intent: InfrastructureIntent? = nil
    ) async throws -> Environment {
        let names = Set(selected.map(\.service.name))
        let services = environment.services.filter { names.contains($0.name) }
        let wanted = services.flatMap(\.allVariables).flatMap { variable -> [String] in
            guard case .literal(let text) = variable.value else { return [] }
            return ReferenceText.outputs(in: text)
        }
        guard !wanted.isEmpty else { return environment }
        let outputs = try await infrastructureOutputs()
        let later = intent?.changingOutputs ?? []
        try demand(Set(wanted), among: outputs, later: later)
        let texts = outputs.texts.filter { !later.contains($0.key) }
        var filled = environment
        for index in filled.services.indices where names.contains(filled.services[index].name) {
            filled.services[index].mapVariables { ReferenceText.filling(outputs: texts, in: $0) }
        }
        return filled
    }

    private func demand(_ wanted: Set<String>, among outputs: [InfrastructureOutput], later: Set<String>) throws {
        var details: [Failure.Detail] = []
        for name in wanted.sorted() {
            guard let output = outputs.first(where: { $0.name == name }) else {
                if !later.contains(name) { details.append(.init("${infra.\(name)}", "no output is called so")) }
                continue
            }
            if output.isSensitive {
                details.append(.init("${infra.\(name)}", "it is sensitive: pass it through Secret Manager"))
            } else if output.text == nil, !later.contains(name) {
                details.append(.init("${infra.\(name)}", "it is of type \(output.type), which is no text"))
            }
        }
        guard details.isEmpty else {
            throw Failure(
                .configuration, "the configuration names outputs that cannot be used", details: details,
                hint: "stagectl infra output --env \(environmentName)")
        }
    }
}
