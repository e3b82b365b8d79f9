import ArgumentParser
import Configuration
import Infrastructure
import JSON
import Releases
import Reporting

/// `stagectl infra plan`
struct InfraPlanCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "What an apply would do, and what forces each change.",
        discussion: """
            The plan is kept: `stagectl infra apply --plan FINGERPRINT` carries out this one and no other. Exit code 0 \
            also where there is something to do; --detailed-exitcode makes that 2.
            """)
    static let schema = InfraDocument.schema

    @OptionGroup var global: GlobalOptions

    @Flag(name: .customLong("detailed-exitcode"), help: "Exit with 2 when there is something to do.")
    var detailedExitcode = false

    func run(in session: Session) async throws -> CommandResult {
        try session.openInfrastructure()
        let file = try session.infrastructurePlanFile(InfraDocument.latest)
        let plan = try await session.planInfrastructure(file: file)
        try session.rememberApplied(plan)
        let text = InfrastructureText(palette: session.console.style.resultPalette)
        try KeptPlan.write(plan, beside: file)
        var lines = [text.plan(plan, title: try session.infrastructureTitle("plan"))]
        var warnings = InfrastructureGuards.warnings(plan)
        if plan.isEmpty, let failed = try session.failedApply() {
            warnings.append("nothing is left to change, and yet the last apply (run \(failed.run)) \(failed.words)")
            warnings += failed.errors.map { "  " + $0 }
            warnings.append("`stagectl infra apply` asks its conditions again")
        }
        lines += warnings
        return CommandResult(
            InfraDocument.json(
                "plan", environment: session.environmentName, members: InfrastructureJSON.plan(plan),
                warnings: warnings), text: lines.joined(separator: "\n"),
            status: detailedExitcode && !plan.isEmpty ? .changesPending : .done)
    }
}

/// `stagectl infra drift`
struct InfraDriftCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift", abstract: "What was changed outside Terraform since its last apply.",
        discussion: """
            Changes nothing. Exit code 0; with --detailed-exitcode 2 where something has drifted. Outputs that only an \
            apply would change (a new one, an edited one, after a destroy or an apply that failed) are named apart: \
            that is what `infra plan` is for.
            """)
    static let schema = InfraDocument.schema

    @OptionGroup var global: GlobalOptions

    @Flag(name: .customLong("detailed-exitcode"), help: "Exit with 2 when something has drifted.")
    var detailedExitcode = false

    func run(in session: Session) async throws -> CommandResult {
        try session.openInfrastructure(checks: false)
        let file = try session.infrastructurePlanFile("drift")
        let plan = try await session.planInfrastructure(.drift, file: file)
        try session.terraformRoot().discard(file)
        let text = InfrastructureText(palette: session.console.style.resultPalette)
        let title = try session.infrastructureTitle("drift")
        // An output that would be another one now is drift as well, where a file or a remote state behind it has changed.
        let outputs = OutputDrift(plan, after: try session.lastApply())
        var drifted = plan
        drifted.outputs = outputs.drifted
        let hasDrifted = !plan.drift.isEmpty || !outputs.drifted.isEmpty
        var members = InfrastructureJSON.plan(drifted)
        members["changes"] = .bool(hasDrifted)
        members["pendingOutputs"] = .array(outputs.pending.map { .string($0.name) })
        let warnings = outputs.pending.isEmpty ? [] : [pendingText(outputs.pending.count, session.environmentName)]
        let shown = hasDrifted ? text.drifted(drifted, title: title) : "\(title): nothing has drifted"
        return CommandResult(
            InfraDocument.json("drift", environment: session.environmentName, members: members, warnings: warnings),
            text: ([shown] + warnings).joined(separator: "\n"),
            status: detailedExitcode && hasDrifted ? .changesPending : .done)
    }

    private func pendingText(_ count: Int, _ environment: String) -> String {
        "\(Counted.text(count, "output")) not applied yet, which is no drift: stagectl infra plan --env \(environment)"
    }
}

/// `stagectl infra output`
struct InfraOutputCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "output", abstract: "The root's outputs, with their types; sensitive ones without their values.",
        discussion: "In the configuration they are `${infra.NAME}`.")
    static let schema = InfraDocument.schema

    @OptionGroup var global: GlobalOptions

    @Argument(help: "One output, printed bare.")
    var name: String?

    func run(in session: Session) async throws -> CommandResult {
        try session.openInfrastructure(checks: false)
        var outputs = try await session.infrastructureOutputs()
        if let name { outputs = [try InfraDocument.output(name, among: outputs)] }
        let text = InfrastructureText(palette: session.console.style.resultPalette)
        let bare = name == nil ? nil : outputs.first.map { $0.text ?? $0.value.serialized() }
        return CommandResult(
            InfraDocument.json(
                "output", environment: session.environmentName,
                members: ["outputs": InfrastructureJSON.outputs(outputs)]),
            text: bare ?? text.outputs(outputs, columns: session.console.resultColumns))
    }
}
