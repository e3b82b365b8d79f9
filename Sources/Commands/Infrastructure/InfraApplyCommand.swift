import ArgumentParser
import Infrastructure
import JSON
import Releases
import Reporting

/// `stagectl infra apply`
struct InfraApplyCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Carry out a plan: the one that was shown, or a new one that is shown first.",
        discussion: """
            Ctrl-C interrupts Terraform once: it finishes what it is doing and writes its state. The run ends with that: \
            what is done, cut and left is said, and which `infra apply` does the rest. Where stagectl itself was killed, \
            Terraform goes on to its end; `stagectl resume` waits for it and does what is left of the plan, and \
            `stagectl abort` closes the run and says what was done.
            """)
    static let schema = InfraDocument.schema

    @OptionGroup var global: GlobalOptions
    @OptionGroup var change: ChangeFlags

    @Option(help: "FINGERPRINT: the plan that `infra plan` has shown last, and no other.")
    var plan: String?

    @Option(name: .customLong("allow-destroy"), help: "ADDRESS: this may be destroyed or replaced (repeatable).")
    var allowDestroy: [String] = []

    func validate() throws {
        if let plan, plan.count < 8 || !plan.allSatisfy(\.isHexDigit) {
            throw ValidationError("--plan takes at least 8 digits of the fingerprint that `infra plan` has printed")
        }
    }

    func run(in session: Session) async throws -> CommandResult {
        try await InfraApply(session: session, change: change, allowed: allowDestroy, operation: "apply")
            .run(plan: plan, mode: .change)
    }
}

/// `stagectl infra destroy`
struct InfraDestroyCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "destroy", abstract: "Destroy everything that the root has made.",
        discussion:
            "Each address that exists has to be named with --allow-destroy, or its module; --dry-run lists them.")
    static let schema = InfraDocument.schema

    @OptionGroup var global: GlobalOptions
    @OptionGroup var change: ChangeFlags

    @Option(name: .customLong("allow-destroy"), help: "ADDRESS: this may be destroyed (repeatable).")
    var allowDestroy: [String] = []

    func run(in session: Session) async throws -> CommandResult {
        try await InfraApply(session: session, change: change, allowed: allowDestroy, operation: "destroy")
            .run(plan: nil, mode: .destroy)
    }
}
