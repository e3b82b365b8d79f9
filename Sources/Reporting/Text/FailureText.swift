package import Releases

/// An error in words: what, why, and the next thing to type.
package enum FailureText {
    /// What somebody typed may be of any length, and is not read beyond its start.
    private static let longest = 500

    package static func text(_ failure: Failure, palette: Palette) -> String {
        var lines = ["\(palette.bad("error:")) \(DisplayWidth.clipped(SafeText.line(failure.summary), to: longest))"]
        let width = failure.details.map(\.label.count).max() ?? 0
        for detail in failure.details {
            let label = SafeText.line(detail.label)
            let padding = String(repeating: " ", count: max(0, width - label.count))
            let parts = detail.value.split(separator: "\n", omittingEmptySubsequences: false).map {
                SafeText.line(String($0))
            }
            lines.append("  \(label):\(padding) \(parts.first ?? "")")
            lines += parts.dropFirst().map { "    \($0)" }
        }
        if let hint = failure.hint { lines.append("\(palette.strong("hint:")) \(SafeText.line(hint))") }
        return lines.joined(separator: "\n")
    }
}
