/// What Terraform would do, as a value. It holds no sensitive value.
package struct InfrastructurePlan: Codable, Hashable, Sendable {
    package struct OutputChange: Codable, Hashable, Sendable {
        package var name: String
        package var action: ResourceChange.Action
        package var isSensitive: Bool
        /// Whether the value is known before the apply.
        package var isKnown: Bool
        /// It is made of more than constants, variables and resources: what it reads (a file, a data source, another
        /// state) can become another one although nobody has touched the configuration or a resource.
        package var readsOutside: Bool

        package init(
            name: String, action: ResourceChange.Action, isSensitive: Bool, isKnown: Bool, readsOutside: Bool = true
        ) {
            self.name = name
            self.action = action
            self.isSensitive = isSensitive
            self.isKnown = isKnown
            self.readsOutside = readsOutside
        }
    }

    package struct Counts: Codable, Hashable, Sendable {
        package var create = 0
        package var update = 0
        package var replace = 0
        package var destroy = 0

        package init() {}
    }

    /// Names the very plan that was shown: the digest of the file that Terraform applies.
    package var fingerprint: String
    /// Which state it was made on; nil before the first apply.
    package var lineage: String?
    package var serial: Int?
    package var toolVersion: String
    /// Resources that the apply touches, by address.
    package var changes: [ResourceChange]
    package var outputs: [OutputChange]
    /// What was changed outside Terraform since its last apply.
    package var drift: [ResourceChange]
    /// Terraform could not plan everything in one go (deferred changes): another plan follows this one.
    package var isPartial: Bool
    /// Digest of the files and values that it was made of; nil in plans that an earlier version kept.
    package var configuration: String?

    package init(
        fingerprint: String, lineage: String? = nil, serial: Int? = nil, toolVersion: String = "",
        changes: [ResourceChange] = [], outputs: [OutputChange] = [], drift: [ResourceChange] = [],
        isPartial: Bool = false, configuration: String? = nil
    ) {
        self.fingerprint = fingerprint
        self.lineage = lineage
        self.serial = serial
        self.toolVersion = toolVersion
        self.changes = changes
        self.outputs = outputs
        self.drift = drift
        self.isPartial = isPartial
        self.configuration = configuration
    }

    /// Nothing is left to be applied, not even a value of an output.
    package var isEmpty: Bool { changes.isEmpty && outputs.isEmpty && !isPartial }

    package var counts: Counts {
        var counts = Counts()
        for change in changes {
            switch change.action {
            case .create: counts.create += 1
            case .update: counts.update += 1
            case .replace: counts.replace += 1
            case .destroy: counts.destroy += 1
            case .forget, .adopt, .move: break
            }
        }
        return counts
    }
}
