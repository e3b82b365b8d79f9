extension PermissionNeed {
    /// What the answer of `testIamPermissions` means.
    package func finding(_ granted: Inspected<Set<String>>, caller: PolicyMember) -> PreflightFinding {
        let id = "permission:\(role.split(separator: "/").last ?? ""):\(resource.label)"
        switch granted {
        case .found(let held):
            let lacking = permissions.filter { !held.contains($0) }
            guard !lacking.isEmpty else {
                return PreflightFinding(id, .ok, .permission, what: "may \(purpose) (\(resource.words))")
            }
            let list = lacking.map { "`\($0)`" }.joined(separator: ", ")
            return PreflightFinding(
                id, isEssential ? .problem : .warning, .permission, what: "may not \(purpose)",
                why:
                    "\(list) on \(resource.words) \(lacking.count == 1 ? "is" : "are") not granted; the least role that "
                    + "holds \(lacking.count == 1 ? "it" : "them") is `\(role)`",
                command: resource.granting(role, to: caller))
        case .missing:
            return PreflightFinding(
                id, .unknown, .permission, what: "whether it may \(purpose) is not known",
                why: "\(resource.words) was not found")
        case .undetermined(let obstacle):
            return PreflightFinding(
                id, .unknown, .permission, what: "whether it may \(purpose) is not known", why: obstacle.words)
        }
    }
}
