import ArgumentParser

/// `stagectl infra …`
struct InfraCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "infra", abstract: "The environment's Terraform root: plan, apply, output, drift, destroy.",
        discussion: """
            Works on `infra.root` of the environment's file, with Terraform or OpenTofu. A plan is kept, and an apply \
            carries out that very plan. What would destroy or replace something is refused unless each address is \
            named with --allow-destroy.
            """,
        subcommands: [
            InfraPlanCommand.self, InfraApplyCommand.self, InfraOutputCommand.self, InfraDriftCommand.self,
            InfraDestroyCommand.self,
        ])
}
