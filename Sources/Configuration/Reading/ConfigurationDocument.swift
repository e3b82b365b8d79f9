/// A configuration file that was read: its value, and its lines for what is said about it.
package struct ConfigurationDocument: Hashable, Sendable {
    package var file: String
    package var root: ConfigurationNode
    package var lines: [String]

    package init(file: String, root: ConfigurationNode, lines: [String]) {
        self.file = file
        self.root = root
        self.lines = lines
    }

    /// The findings of this file with the lines that they speak of.
    package func annotate(_ findings: [Finding]) -> [Finding] {
        ConfigurationDocument.annotate(findings, file: file, lines: lines)
    }

    static func annotate(_ findings: [Finding], file: String, lines: [String]) -> [Finding] {
        findings.map { finding in
            guard finding.file == file, finding.sourceLine == nil, lines.indices.contains(finding.line - 1) else {
                return finding
            }
            var finding = finding
            finding.sourceLine = lines[finding.line - 1]
            return finding
        }
    }
}

/// Mistakes of a configuration, all at once, in file order.
package struct Findings: Error, Codable, Hashable, Sendable {
    package var findings: [Finding]

    package init(_ findings: [Finding]) {
        var seen: Set<Finding> = []
        self.findings = findings.filter { seen.insert($0).inserted }.sorted()
    }
}
