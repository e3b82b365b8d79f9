/// Two documents → one environment, or all findings of both. Pure.
package enum ConfigurationMerger {
    package typealias Read = Result<ConfigurationDocument?, Findings>

    package static func merge(
        environment name: String, shared: Read, own: Read, suites: [String], variables: [String: String],
        outputs: KnownOutputs = KnownOutputs()
    ) -> Result<(Environment, ConfigurationNode), Findings> {
        var findings: [Finding] = []
        var documents: [ConfigurationDocument] = []
        var roots: [ConfigurationFileKind: ConfigurationNode] = [:]
        for (kind, read) in [(ConfigurationFileKind.services, shared), (.environment, own)] {
            switch read {
            case .failure(let broken): findings += broken.findings
            case .success(nil): break
            case .success(let document?):
                var references = OfflineReferences(variables: variables, outputs: outputs)
                var filled = document
                filled.root = references.fill(document.root)
                documents.append(filled)
                roots[kind] = filled.root
                // A reference that has no value makes the value wrong too: said once is enough.
                let known = references.unknown.union(references.findings.map(\.path))
                let schema = ConfigurationSchema.schema(for: kind)
                findings += references.findings
                findings += SchemaValidator.findings(in: filled, schema: schema, scope: .shape).filter {
                    !known.contains($0.path)
                }
            }
        }
        func annotated(_ findings: [Finding]) -> Findings {
            Findings(documents.reduce(findings) { $1.annotate($0) })
        }
        // A file that cannot be read at all would turn everything that it says into "missing".
        guard let own = roots[.environment], case .success = shared else { return .failure(annotated(findings)) }
        let schema = ConfigurationSchema.schema(for: .environment)
        let merged = roots[.services].map { Merge.merge($0, with: own, schema: .object(schema)) } ?? own

        var presence = SchemaValidator(scope: .presence)
        presence.validate(merged, as: .object(schema), path: "")
        let environment = EnvironmentBuilder.environment(name: name, from: merged)
        findings += presence.findings
        findings += EnvironmentChecks.findings(in: merged, environment: environment, suites: suites)
        return findings.isEmpty ? .success((environment, merged)) : .failure(annotated(findings))
    }
}
