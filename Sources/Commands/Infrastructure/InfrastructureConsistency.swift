import Configuration
import Infrastructure
import Releases
import Reporting

/// Whether an environment and its Terraform root agree, from the files alone.
enum InfrastructureConsistency {
    /// Nil where they do, or where there is no root.
    static func failure(of configuration: LoadedConfiguration) -> Failure? {
        let found = findings(of: configuration)
        guard !found.isEmpty else { return nil }
        return Failure(
            .configuration,
            "the environment and its Terraform root disagree in \(found.count) place\(found.count == 1 ? "" : "s")",
            details: found.prefix(50).map { .init("finding", text($0)) },
            hint: "mend them, then: stagectl config validate --env \(configuration.environment.name)")
    }

    static func findings(of configuration: LoadedConfiguration) -> [ConsistencyChecks.Finding] {
        guard let settings = configuration.environment.infrastructure else { return [] }
        let leaves = configuration.merged.leaves().compactMap { $0.node.scalar?.text }
        var names: [String] = []
        for name in leaves.flatMap(ReferenceText.outputs) where !names.contains(name) { names.append(name) }
        return ConsistencyChecks.findings(
            in: configuration.environment, settings: settings, folder: "\(configuration.root)/\(settings.root)",
            project: configuration.root, outputsNamed: names)
    }

    private static func text(_ finding: ConsistencyChecks.Finding) -> String {
        let line = "\(SafeText.line(finding.place)): \(SafeText.line(finding.message))"
        return finding.hint.map { "\(line)\n  hint: \(SafeText.line($0))" } ?? line
    }
}
