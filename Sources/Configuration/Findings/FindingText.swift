/// Findings as text for people: position, message, the line itself with a caret, hint.
package enum FindingText {
    private static let widestLine = 120

    package static func render(_ findings: [Finding], limit: Int = 50) -> String {
        let shown = findings.prefix(limit).map(render).joined(separator: "\n")
        guard findings.count > limit else { return shown }
        return shown + "\nand \(findings.count - limit) more"
    }

    package static func render(_ finding: Finding) -> String {
        var lines = [headline(finding)]
        if let source = finding.sourceLine, finding.column > 0 {
            lines += excerpt(source, finding: finding)
        }
        if let hint = finding.hint {
            lines.append("hint: \(printable(hint[...]))")
        }
        return lines.joined(separator: "\n")
    }

    /// `environments/local.yaml:3:5: unknown key …`, one line.
    package static func headline(_ finding: Finding) -> String {
        let place =
            finding.line > 0 ? "\(finding.file):\(finding.line):\(finding.column)" : finding.file
        return printable("\(place): \(finding.message)"[...])
    }

    /// Text from a file that must not steer the terminal.
    package static func printable(_ text: Substring) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control: result.append(scalar == "\t" ? " " : "\u{FFFD}")
            // Bidirectional marks and line separators would show a line other than the one in the file.
            case .format, .lineSeparator, .paragraphSeparator: result.append("\u{FFFD}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    private static func excerpt(_ source: String, finding: Finding) -> [String] {
        let scalars = Array(printable(source[...]).unicodeScalars)
        let column = min(finding.column - 1, scalars.count)
        let start = scalars.count > widestLine ? max(0, column - widestLine / 2) : 0
        let window = scalars[start..<min(scalars.count, start + widestLine)]
        let room = max(1, window.endIndex - column)
        let number = String(finding.line)
        let margin = String(repeating: " ", count: number.count)
        let underline = "^" + String(repeating: "~", count: max(0, min(finding.length, room) - 1))
        return [
            "  \(number) | \(String(String.UnicodeScalarView(window)))",
            "  \(margin) | \(String(repeating: " ", count: column - start))\(underline)",
        ]
    }
}
