import Infrastructure
import Releases

/// What an apply has done, from what was approved and what was seen. Pure.
extension InfrastructureApproval {
    /// In Terraform's stream a replacement is two changes.
    var total: Int { changes.reduce(0) { $0 + ($1.action == "replace" ? 2 : 1) } }

    var replaced: Set<String> { Set(changes.filter { $0.action == "replace" }.map(\.address)) }

    /// Of the stream of an apply that has ended before its end.
    ///
    /// - Parameter earlier: what attempts before it have done.
    func account(of progress: TerraformProgress, after earlier: [String] = []) -> InfrastructureRecord {
        // What only changes its address, or who manages it, has no event of its own.
        let silent = changes.filter { ["move", "adopt", "forget"].contains($0.action) }.map(\.address)
        var record = account(
            applied: earlier + progress.completed, failed: progress.failed, cut: progress.cut)
        record.left.removeAll(where: silent.contains)
        return record
    }

    /// Of a plan that was made afterwards, which knows what is left, and of the stream as far as there is one.
    func account(of progress: TerraformProgress, left rest: [Change]) -> InfrastructureRecord {
        let open = Set(rest.map(\.address))
        let done = (progress.completed + changes.map(\.address)).filter { !open.contains($0) }
        return account(
            applied: done, failed: progress.failed.filter(open.contains), cut: progress.cut.filter(open.contains))
    }

    private func account(applied: [String], failed: [String], cut: [String]) -> InfrastructureRecord {
        var seen = Set(failed + cut)
        let applied = applied.filter { seen.insert($0).inserted }
        let left = changes.map(\.address).filter { !seen.contains($0) }
        return InfrastructureRecord(applied: applied, failed: failed, cut: cut, left: left, destroys: destroys)
    }

    /// Everything that was approved is done.
    func completed(inOrder addresses: [String]) -> InfrastructureRecord {
        var seen: Set<String> = []
        let all = (addresses + changes.map(\.address)).filter { seen.insert($0).inserted }
        return InfrastructureRecord(applied: all, destroys: destroys)
    }

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

extension InfrastructurePlan {
    func approval(destroys: Bool = false) -> InfrastructureApproval {
        InfrastructureApproval(
            fingerprint: fingerprint, lineage: lineage, serial: serial,
            changes: changes.map { .init(address: $0.address, action: $0.action.rawValue) }, destroys: destroys,
            configuration: configuration)
    }
}
