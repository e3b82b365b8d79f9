import Loop
import Reporting

/// A change as it is shown: what git shows, bounded.
enum FixStepDiff {
    static let shownLines = 200
    static let longestLine = 400

    /// - Parameter file: where all of it is.
    static func lines(of patch: [UInt8], change: TreeChange, file: String, palette: Palette) -> [String] {
        let files = change.files.count
        var shown = [
            "  \(files) file\(files == 1 ? "" : "s") changed, +\(change.added) -\(change.removed)"
        ]
        let lines = patch.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
        for line in lines.prefix(shownLines) {
            // Cut before it is decoded: a line of a megabyte is nothing to look at.
            let text = String(decoding: line.prefix(longestLine), as: UTF8.self)
            let cut = line.count > longestLine ? text + " … \(line.count - longestLine) bytes more" : text
            shown.append("  " + painted(cut, palette))
        }
        if lines.count > shownLines {
            shown.append("  … \(lines.count - shownLines) of \(lines.count) lines are left out here: \(file)")
        }
        return shown
    }

    private static func painted(_ line: String, _ palette: Palette) -> String {
        if line.hasPrefix("+++") || line.hasPrefix("---") || line.hasPrefix("diff ") { return palette.strong(line) }
        if line.hasPrefix("@@") { return palette.faint(line) }
        if line.hasPrefix("+") { return palette.good(line) }
        return line.hasPrefix("-") ? palette.bad(line) : line
    }
}
