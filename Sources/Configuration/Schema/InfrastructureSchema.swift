import JSON

/// The key `infra` of an environment.
enum InfrastructureSchema {
    static let field = SchemaField(
        "infra",
        .object(
            ObjectSchema([
                SchemaField(
                    "root", .string(.relativePath), required: true,
                    "the root module's folder, from the one that holds `environments/`"),
                SchemaField(
                    "tool", .choice(InfrastructureSettings.Tool.allCases.map(\.rawValue)),
                    "`terraform`, or `tofu` for OpenTofu (terraform)"),
                SchemaField(
                    "backend", .map(key: .variableName, value: .scalar), "what -backend-config is given, by name"),
                SchemaField(
                    "variables", .map(key: .variableName, value: .plainData),
                    "values of the root's variables; lists and mappings too"),
                SchemaField(
                    "variable_files", .list(.string(.relativePath)), "files of variables (.tfvars), later ones win"),
                SchemaField("plugin_cache", .string(.relativePath), "a folder for providers that several roots share"),
                SchemaField(
                    "lock_timeout", .duration(0...3_600_000, step: 1000),
                    "how long a state lock that somebody holds is waited for (60s)"),
                SchemaField(
                    "interrupt_grace", .duration(1000...3_600_000, step: 1000),
                    "how long an interrupted apply may take to end before it is killed (5m)"),
                SchemaField(
                    "require_clean_plan", .boolean, "a release is refused while the plan is not empty (false)"),
            ])), "the Terraform root that belongs to this environment")

    /// Scalars as they are written: `1.10` is a version to whoever declares it as text, and Terraform converts the rest.
    private static func value(_ node: ConfigurationNode) -> JSONValue {
        switch node.content {
        case .scalar(let scalar): .string(scalar.text)
        case .sequence(let elements): .array(elements.map(value))
        case .mapping(let entries):
            .object(Dictionary(entries.map { ($0.key, value($0.value)) }, uniquingKeysWith: { _, last in last }))
        }
    }

    static func settings(_ node: ConfigurationNode?) -> InfrastructureSettings? {
        guard let node, node.isMapping else { return nil }
        let standard = InfrastructureSettings(root: node["root"]?.text ?? "")
        return InfrastructureSettings(
            tool: node["tool"]?.text.flatMap { InfrastructureSettings.Tool(rawValue: $0) } ?? .terraform,
            root: standard.root, backend: node["backend"].map(EnvironmentBuilder.texts) ?? [:],
            variables: node["variables"].flatMap { value($0).object } ?? [:],
            variableFiles: node["variable_files"]?.texts ?? [], pluginCache: node["plugin_cache"]?.text,
            lockTimeoutSeconds: node["lock_timeout"]?.wholeSeconds ?? standard.lockTimeoutSeconds,
            interruptGraceSeconds: node["interrupt_grace"]?.wholeSeconds ?? standard.interruptGraceSeconds,
            requiresCleanPlan: node["require_clean_plan"]?.boolean ?? standard.requiresCleanPlan)
    }
}
