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
                SchemaField("variables", .map(key: .variableName, value: .scalar), "values of the root's variables"),
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

    static func settings(_ node: ConfigurationNode?) -> InfrastructureSettings? {
        guard let node, node.isMapping else { return nil }
        let standard = InfrastructureSettings(root: node["root"]?.text ?? "")
        return InfrastructureSettings(
            tool: node["tool"]?.text.flatMap { InfrastructureSettings.Tool(rawValue: $0) } ?? .terraform,
            root: standard.root, backend: node["backend"].map(EnvironmentBuilder.texts) ?? [:],
            variables: node["variables"].map(EnvironmentBuilder.texts) ?? [:],
            variableFiles: node["variable_files"]?.texts ?? [], pluginCache: node["plugin_cache"]?.text,
            lockTimeoutSeconds: node["lock_timeout"]?.wholeSeconds ?? standard.lockTimeoutSeconds,
            interruptGraceSeconds: node["interrupt_grace"]?.wholeSeconds ?? standard.interruptGraceSeconds,
            requiresCleanPlan: node["require_clean_plan"]?.boolean ?? standard.requiresCleanPlan)
    }
}
