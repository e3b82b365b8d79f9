/// One reason why what serves is not left as it is.
package struct RevisionReason: Codable, Hashable, Sendable {
    /// For programs; never changed.
    package enum Kind: String, Codable, Hashable, Sendable {
        case firstDeploy = "first-deploy"
        /// Nothing of it was ever verified.
        case unverified
        case image
        case settings
        /// What serves does not have all of it.
        case traffic
        /// Nothing that can be compared differs, and still it is not known to be the same.
        case unknown
    }

    package var kind: Kind
    /// For people, without any secret.
    package var text: String
    /// Which settings, in the words of the configuration; empty for other kinds.
    package var settings: [String]

    package init(_ kind: Kind, _ text: String, settings: [String] = []) {
        self.kind = kind
        self.text = text
        self.settings = settings
    }
}
