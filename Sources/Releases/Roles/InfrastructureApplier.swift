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
    /// Digest of the files and values that it was made of; nil in journals of earlier versions.
    package var configuration: String?

    package init(
        fingerprint: String, lineage: String? = nil, serial: Int? = nil, changes: [Change], destroys: Bool = false,
        configuration: String? = nil
    ) {
        self.fingerprint = fingerprint
        self.lineage = lineage
        self.serial = serial
        self.changes = changes
        self.destroys = destroys
        self.configuration = configuration
    }
}

/// What an infrastructure step has done; also as far as it came. No address is in two lists.
package struct InfrastructureRecord: Codable, Hashable, Sendable {
    /// Resources that are as planned now, in the order in which they became so.
    package var applied: [String]
    /// Tried, and not as planned. Nil in journals of earlier versions.
    package var failed: [String]?
    /// Under way when it ended: nobody knows how they are. Nil in journals of earlier versions.
    package var cut: [String]?
    /// Approved, and not begun.
    package var left: [String]
    /// Applied means destroyed. Nil in journals of earlier versions.
    package var destroys: Bool?

    package init(
        applied: [String] = [], failed: [String] = [], cut: [String] = [], left: [String] = [], destroys: Bool = false
    ) {
        self.applied = applied
        self.failed = failed
        self.cut = cut
        self.left = left
        self.destroys = destroys
    }

    /// Whether everything that was approved is done.
    package var isComplete: Bool { left.isEmpty && (failed ?? []).isEmpty && (cut ?? []).isEmpty }

    /// Each list with its name, empty ones left out.
    package var lists: [(name: String, addresses: [String])] {
        [
            (destroys == true ? "destroyed" : "applied", applied), ("failed", failed ?? []), ("cut", cut ?? []),
            ("left", left),
        ]
        .filter { !$0.1.isEmpty }
    }

    /// `3 applied, 1 failed, 2 left`
    package var counts: String {
        let counts = lists.map { "\($0.addresses.count) \($0.name)" }
        return counts.isEmpty ? "nothing was left to do" : counts.joined(separator: ", ")
    }
}

/// An apply that did not come to its end, with what it has done by then.
package struct InfrastructureCut: Error, Sendable {
    package var failure: Failure
    package var record: InfrastructureRecord

    package init(_ failure: Failure, record: InfrastructureRecord) {
        self.failure = failure
        self.record = record
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
    /// - Throws: ``InfrastructureCut`` where it had begun.
    func apply(
        _ approval: InfrastructureApproval, run: String, isInDoubt: Bool, line: @escaping @Sendable (String) -> Void
    ) async throws -> InfrastructureRecord

    /// What an attempt of which no end is known has done by now. Changes nothing; waits while it goes on.
    ///
    /// - Throws: `conflict` where it goes on for longer than is waited.
    func account(of approval: InfrastructureApproval, run: String) async throws -> InfrastructureRecord

    /// The root's outputs as text; those that are sensitive, or no text, are not among them.
    func outputs() async throws -> [String: String]
}
