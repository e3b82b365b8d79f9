/// A number and what is counted: `1 check`, `2 checks`.
package enum Counted {
    /// - Parameter noun: in the singular; its plural takes an s, or is given.
    package static func text(_ count: Int, _ noun: String, plural: String? = nil) -> String {
        "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
    }
}
