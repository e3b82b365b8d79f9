/// What one plan does to one resource, or, in `drift`, what happened to it outside Terraform.
package struct ResourceChange: Codable, Hashable, Sendable {
    /// As `terraform show -json` names them in `actions` (developer.hashicorp.com/terraform/internals/json-format).
    package enum Action: String, Codable, Hashable, Sendable, CaseIterable {
        case create, update, replace, destroy
        /// Leaves the resource where it is and stops managing it (a `removed` block, `terraform state rm`).
        case forget
        /// Takes over a resource that exists, without another change of it.
        case adopt
        /// Nothing but its address changes.
        case move

        /// Whether something that exists is gone afterwards, if only for a moment.
        package var losesSomething: Bool { self == .destroy || self == .replace }
    }

    /// As `reason`: what is destroyed is the old object of a replacement that was cut, not the one that is used.
    package static let deposed = "deposed"

    package var address: String
    package var type: String
    package var action: Action
    /// With `replace`: the new one is there before the old one goes.
    package var createsFirst: Bool
    /// The attributes that cannot be changed in place, as `disk[0].size`; empty unless the action is `replace`.
    package var forcedBy: [String]
    /// Terraform's own word for why, such as `replace_because_tainted`; nil where it gives none.
    package var reason: String?
    /// Where it was, when it has moved.
    package var previousAddress: String?
    /// Attributes that differ, sorted by path.
    package var attributes: [AttributeChange]

    package init(
        address: String, type: String, action: Action, createsFirst: Bool = false, forcedBy: [String] = [],
        reason: String? = nil, previousAddress: String? = nil, attributes: [AttributeChange] = []
    ) {
        self.address = address
        self.type = type
        self.action = action
        self.createsFirst = createsFirst
        self.forcedBy = forcedBy
        self.reason = reason
        self.previousAddress = previousAddress
        self.attributes = attributes
    }
}

/// One attribute before and after. What is sensitive is never held here, so that nothing can print it.
package struct AttributeChange: Codable, Hashable, Sendable {
    package enum Side: Codable, Hashable, Sendable {
        case absent
        /// As JSON, cut where it is long.
        case value(String)
        case sensitive
        /// Known only after the apply.
        case unknown
    }

    package var path: String
    package var before: Side
    package var after: Side

    package init(path: String, before: Side, after: Side) {
        self.path = path
        self.before = before
        self.after = after
    }
}
