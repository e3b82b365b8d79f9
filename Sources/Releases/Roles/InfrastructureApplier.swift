/// What an infrastructure step may do: carry out one plan, named by its digest.
package struct InfrastructureApproval: Codable, Hashable, Sendable {
    package struct Change: Codable, Hashable, Sendable {
        package var address: String
        package var action: String

        package init(address: String, action: String) {
            self.address = address
            self.action = action
        }
    }

    /// Of the file that was kept.
    package var fingerprint: String
    /// The state that it was made on; nil before the first apply.
    package var lineage: String?
    package var serial: Int?
    package var changes: [Change]
    /// Everything is to go.
    package var destroys: Bool

    package init(
        fingerprint: String, lineage: String? = nil, serial: Int? = nil, changes: [Change], destroys: Bool = false
    ) {
        self.fingerprint = fingerprint
        self.lineage = lineage
        self.serial = serial
        self.changes = changes
        self.destroys = destroys
    }
}

/// What an infrastructure step has done; also as far as it came.
package struct InfrastructureRecord: Codable, Hashable, Sendable {
    /// Resources that are as planned now, in the order in which they became so.
    package var applied: [String]
    /// Approved, and not done.
    package var left: [String]

    package init(applied: [String] = [], left: [String] = []) {
        self.applied = applied
        self.left = left
    }
}

/// Terraform, as far as a release needs it.
package protocol InfrastructureApplier: Sendable {
    /// Carries out the plan that the approval names and nothing else.
    ///
    /// - Parameters:
    ///   - isInDoubt: an attempt was cut: what it has done is looked at first, and only the rest of what was approved is
    ///     done. Anything else that would be done by then is a `needsAttention`.
    ///   - line: is told how far it is.
    func apply(
        _ approval: InfrastructureApproval, run: String, isInDoubt: Bool, line: @escaping @Sendable (String) -> Void
    ) async throws -> InfrastructureRecord

    /// The root's outputs as text; those that are sensitive, or no text, are not among them.
    func outputs() async throws -> [String: String]
}
