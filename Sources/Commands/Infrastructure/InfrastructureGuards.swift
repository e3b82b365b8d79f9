import Infrastructure
import Releases
import Reporting

/// What keeps a plan from being applied, and what is only told.
enum InfrastructureGuards {
    /// Throws one failure with everything that would be lost and was not named, and everything that is stagectl's own.
    static func demand(_ plan: InfrastructurePlan, allowing allowed: [String], environment: String) throws {
        let slips = DestroyGuard.unmatched(allowed, in: plan)
        guard slips.isEmpty else {
            throw Failure(
                .usage, "--allow-destroy names what this plan neither destroys nor replaces",
                details: slips.map { .init("address", $0) }, hint: "stagectl infra plan --env \(environment)")
        }
        let losses = DestroyGuard.losses(of: plan, allowing: Set(allowed))
        let conflicts = OwnershipGuard.conflicts(in: plan)
        guard !losses.isEmpty || !conflicts.isEmpty else { return }
        var details = losses.map { loss in
            Failure.Detail("would \(loss.change.action.rawValue)", "\(loss.change.address): \(loss.cause)")
        }
        details += conflicts.flatMap(Self.details)
        let hint: String
        if conflicts.isEmpty {
            let flags = losses.map { "--allow-destroy '\($0.change.address)'" }.joined(separator: " ")
            hint = "if that is meant: \(flags)"
        } else {
            hint = "add the ignore_changes above, so that a release and Terraform do not undo each other"
        }
        throw Failure(
            .conflict,
            conflicts.isEmpty
                ? "the plan would lose what exists" : "Terraform would change what stagectl releases",
            details: details, hint: hint)
    }

    private static func details(_ conflict: OwnershipGuard.Conflict) -> [Failure.Detail] {
        [
            .init("changes", "\(conflict.address): \(conflict.attributes.joined(separator: ", "))"),
            .init("add to it", "lifecycle { ignore_changes = [\(conflict.ignoreChanges.joined(separator: ", "))] }"),
        ]
    }

    /// For `infra plan`, which refuses nothing.
    static func warnings(_ plan: InfrastructurePlan) -> [String] {
        var lines = DestroyGuard.losses(of: plan, allowing: []).map {
            "an apply needs --allow-destroy '\(SafeText.line($0.change.address))'"
        }
        for conflict in OwnershipGuard.conflicts(in: plan) {
            lines.append(
                "\(SafeText.line(conflict.address)): stagectl owns \(conflict.attributes.joined(separator: ", ")); "
                    + "an apply is refused until its lifecycle has ignore_changes = "
                    + "[\(conflict.ignoreChanges.joined(separator: ", "))]")
        }
        return lines
    }
}
