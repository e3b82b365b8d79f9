/// Everything that was found, and what follows from it.
package struct PreflightReport: Hashable, Sendable {
    package var findings: [PreflightFinding]

    package init(_ findings: [PreflightFinding]) {
        self.findings = findings
    }

    package var problems: [PreflightFinding] { findings.filter { $0.state == .problem } }

    /// What does not stop a release but should be said.
    package var doubts: [PreflightFinding] { findings.filter { $0.state == .warning || $0.state == .unknown } }

    /// Permissions before all others, since without them nothing else can be trusted; then what is written down wrong,
    /// then what does not answer. Nil without a problem.
    package var category: Failure.Category? {
        let found = Set(problems.map(\.category))
        return [.internalError, .needsAttention, .conflict, .permission, .configuration, .unavailable, .release].first {
            found.contains($0)
        } ?? found.first
    }

    /// All problems as one failure; nil without any.
    package func failure(during subject: String, hint: String) -> Failure? {
        guard let category else { return nil }
        let count = problems.count
        return Failure(
            category, "\(subject) found \(count) problem\(count == 1 ? "" : "s")",
            details: problems.map { problem in
                let lines = [problem.what, problem.why, problem.command.map { "run: " + $0 }].compactMap(\.self)
                return .init(problem.id, lines.joined(separator: "\n"))
            }, hint: hint)
    }
}
