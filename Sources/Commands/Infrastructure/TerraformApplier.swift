import Configuration
import Infrastructure
import Releases

/// The role `InfrastructureApplier`, by Terraform.
struct TerraformApplier: InfrastructureApplier {
    let root: TerraformRoot
    let settings: InfrastructureSettings
    let environment: String
    /// The folder that the root's plans and logs are in.
    let folder: String

    func apply(
        _ approval: InfrastructureApproval, run: String, isInDoubt: Bool, line: @escaping @Sendable (String) -> Void
    ) async throws -> InfrastructureRecord {
        do throws(InfrastructureError) {
            return try await carryOut(approval, run: run, isInDoubt: isInDoubt, line: line)
        } catch {
            if case .cut(_, let findings, _) = error {
                let errors = findings.filter(\.isError).map(InfrastructureLifting.line)
                FailedApply(run: run, errors: errors).write(in: folder)
            }
            throw InfrastructureLifting.lift(error, settings: settings, environment: environment)
        }
    }

    private func carryOut(
        _ approval: InfrastructureApproval, run: String, isInDoubt: Bool, line: @escaping @Sendable (String) -> Void
    ) async throws(InfrastructureError) -> InfrastructureRecord {
        try await root.initialise()
        let log = "\(folder)/\(run).jsonl"
        var file = "\(folder)/\(run).tfplan"
        var expected = approval.changes
        var before: [String] = []
        if isInDoubt {
            // Also a Terraform that outlived its stagectl is waited for here: planning wants the state's lock.
            before = TerraformRoot.progress(of: log, expecting: expected.count).completed
            line("planning what an earlier attempt has left")
            file = "\(folder)/\(run)-rest.tfplan"
            let rest = try await root.plan(approval.destroys ? .destroy : .change, file: file)
            let left = rest.approval(destroys: approval.destroys).changes
            let foreign = left.filter { !approval.covers($0) }
            guard foreign.isEmpty else { throw .outgrown(foreign.map { "\($0.action) \($0.address)" }) }
            guard !rest.isEmpty else {
                discard(run)
                return InfrastructureRecord(applied: before)
            }
            expected = left
        } else {
            guard root.fingerprint(of: file) == approval.fingerprint else { throw .planChanged(file) }
        }
        let total = expected.reduce(0) { $0 + ($1.action == "replace" ? 2 : 1) }
        let progress = ApplyProgress(TerraformProgress(total: total))
        let end = try await root.apply(file, expecting: total, log: log) { event in
            switch event {
            case .started, .completed, .failed, .progressed: line(progress.after(event).line)
            case .printed(let address, let text): line("\(address): \(text)")
            default: break
            }
        }
        discard(run)
        FailedApply.clear(in: folder)
        return InfrastructureRecord(applied: unique(before + end.completed))
    }

    /// Plans may hold secrets: they go as soon as they are carried out.
    private func discard(_ run: String) {
        for name in ["\(run).tfplan", "\(run)-rest.tfplan", "\(run).jsonl"] { root.discard("\(folder)/\(name)") }
    }

    private func unique(_ addresses: [String]) -> [String] {
        var seen: Set<String> = []
        return addresses.filter { seen.insert($0).inserted }
    }

    func outputs() async throws -> [String: String] {
        do throws(InfrastructureError) {
            return try await root.outputs().texts
        } catch {
            throw InfrastructureLifting.lift(error, settings: settings, environment: environment)
        }
    }
}

extension InfrastructurePlan {
    func approval(destroys: Bool = false) -> InfrastructureApproval {
        InfrastructureApproval(
            fingerprint: fingerprint, lineage: lineage, serial: serial,
            changes: changes.map { .init(address: $0.address, action: $0.action.rawValue) }, destroys: destroys)
    }
}

extension InfrastructureApproval {
    /// Whether what is left of a plan was approved with it. A replacement that was cut between its two halves is a
    /// creation; one that failed while it was made is tainted, and made again.
    func covers(_ left: Change) -> Bool {
        changes.contains { approved in
            guard approved.address == left.address else { return false }
            switch (approved.action, left.action) {
            case (let one, let other) where one == other: return true
            case ("replace", "create"), ("replace", "destroy"), ("create", "replace"): return true
            default: return false
            }
        }
    }
}
