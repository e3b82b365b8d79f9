import Configuration
package import Releases

/// Differences for people: one line for each side, so that nothing is cut in a narrow terminal.
package enum DifferenceText {
    /// Configuration, last release and live service of one place.
    package static func service(
        _ name: String, _ differences: [ServiceDifference], about lines: [String], palette: Palette
    ) -> String {
        let count = differences.isEmpty ? "no difference" : Counted.text(differences.count, "difference")
        var text = ["\(palette.strong(SafeText.line(name)))  \(count)"] + lines.map { "  " + SafeText.line($0) }
        for difference in differences { text += rows(of: difference, palette) }
        return text.joined(separator: "\n")
    }

    private static func rows(of difference: ServiceDifference, _ palette: Palette) -> [String] {
        let whose = difference.revision.map { "  of \($0), which does not serve" } ?? ""
        var rows = ["", "  \(palette.warn(SafeText.line(difference.field)))\(SafeText.line(whose))"]
        let sides = [
            ("configured", difference.configured), ("released", difference.released), ("live", difference.live),
        ]
        var groups: [(names: [String], text: String)] = []
        for (name, side) in sides where side != .unknown {
            let text = side.shown.map { $0.isEmpty ? "(empty)" : $0 } ?? "(not set)"
            if let index = groups.firstIndex(where: { $0.text == text }) {
                groups[index].names.append(name)
            } else {
                groups.append(([name], text))
            }
        }
        let labels = groups.map { $0.names.joined(separator: ", ") }
        let width = max(labels.map(\.count).max() ?? 0, 4)
        for (label, group) in zip(labels, groups) {
            rows.append("    \(DisplayWidth.padded(label, to: width))  \(SafeText.line(group.text))")
        }
        if let origin = difference.origin {
            rows.append("    \(DisplayWidth.padded("by", to: width))  \(SafeText.line(origin))")
        }
        if let command = difference.command {
            rows.append("    \(DisplayWidth.padded("type", to: width))  \(SafeText.line(command))")
        }
        return rows
    }
}
