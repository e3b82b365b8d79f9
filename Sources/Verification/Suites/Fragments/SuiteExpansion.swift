import Configuration

/// What is known while a suite's fragments and values are put in place.
struct SuiteExpansion {
    /// The environment's values by full name.
    var values: [String: ConfigurationNode] = [:]
    /// Values and parameters that nobody gave.
    var missing: Set<String> = []
    /// Texts that hold one of these: what is wrong with them is said already.
    var unfilled: Set<SourcePosition> = []
    /// Values and parameters that some text refers to.
    var used: Set<String> = []
    /// Fragments that were read, by name.
    var fragments: [String: ConfigurationDocument] = [:]
    /// Where the suite uses a fragment's file, the last time.
    var useOfFile: [String: SourcePosition] = [:]
    var currentUse: SourcePosition?
    /// Nodes of fragments so far, each as often as it is used.
    var nodes = 0

    /// Findings of the suite and of its fragments: with their lines, and of a fragment's with who uses it.
    func annotated(_ findings: [Finding], of document: ConfigurationDocument) -> [Finding] {
        var findings = document.annotate(findings)
        for fragment in fragments.values { findings = fragment.annotate(findings) }
        return findings.map { finding in
            guard let use = useOfFile[finding.file] else { return finding }
            var finding = finding
            let place = "used at \(use.file):\(use.line):\(use.column)"
            finding.hint = finding.hint.map { "\($0); \(place)" } ?? place
            return finding
        }
    }
}

/// What fragments bring into a suite, in the order in which it uses them.
struct FragmentParts {
    var variables: [ConfigurationEntry] = []
    var scripts: [ConfigurationEntry] = []
    var checks: [ConfigurationNode] = []
    var cleanup: [ConfigurationNode] = []
    var controls: [ConfigurationNode] = []
}
