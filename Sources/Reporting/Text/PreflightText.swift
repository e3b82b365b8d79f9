package import Releases

/// What was looked at, in words: prose keeps to the width, a command stays in one piece, to be copied.
package enum PreflightText {
    private static let margin = "     "

    /// - Parameter columns: of the terminal; nil keeps every sentence in one line.
    package static func text(_ report: PreflightReport, columns: Int?, palette: Palette) -> String {
        var lines = report.findings.flatMap { self.lines($0, columns: columns, palette: palette) }
        lines += ["", summary(report, palette)]
        return lines.joined(separator: "\n")
    }

    package static func lines(_ finding: PreflightFinding, columns: Int?, palette: Palette) -> [String] {
        let what = wrapped(SafeText.line(finding.what), columns: columns)
        var lines = what.enumerated().map {
            ($0.offset == 0 ? "  \(sign(finding.state, palette))  " : margin) + $0.element
        }
        lines += wrapped(SafeText.line(finding.why ?? ""), columns: columns).map { margin + palette.faint($0) }
        if let command = finding.command { lines.append("\(margin)$ " + SafeText.line(command)) }
        return lines
    }

    private static func sign(_ state: PreflightFinding.State, _ palette: Palette) -> String {
        switch state {
        case .ok: palette.good("✔")
        case .warning: palette.warn("!")
        case .problem: palette.bad("✘")
        case .unknown: palette.warn("?")
        }
    }

    private static func summary(_ report: PreflightReport, _ palette: Palette) -> String {
        let counts = PreflightFinding.State.allCases.compactMap { state -> String? in
            let count = report.findings.count { $0.state == state }
            guard count > 0 else { return nil }
            return switch state {
            case .ok: "\(count) fine"
            case .warning: "\(count) warning\(count == 1 ? "" : "s")"
            case .problem: "\(count) problem\(count == 1 ? "" : "s")"
            case .unknown: "\(count) unknown"
            }
        }.joined(separator: ", ")
        return report.problems.isEmpty ? palette.good("no problem") + ": \(counts)" : counts
    }

    private static func wrapped(_ text: String, columns: Int?) -> [String] {
        guard !text.isEmpty else { return [] }
        // A word that is longer than a line stays whole.
        return WrappedText.lines(
            text, columns: columns.map { max(20, $0 - DisplayWidth.of(margin)) }, breaksWords: false)
    }
}
