/// What `${infra.NAME}` is taken from outside of `env`: outputs that Terraform had when it was last asked.
package struct KnownOutputs: Hashable, Sendable {
    /// By name; those that are sensitive, or no text, are not among them.
    package var values: [String: String]
    /// What is not among them is left as it is written instead of being refused: for whoever looks at the files alone, or
    /// is about to ask Terraform.
    package var leavesUnknown: Bool
    /// The names that the root's files declare; nil where nobody can tell.
    package var declared: Set<String>?

    package init(
        _ values: [String: String] = [:], leavesUnknown: Bool = false, declared: Set<String>? = nil
    ) {
        self.values = values
        self.leavesUnknown = leavesUnknown
        self.declared = declared
    }
}
