package import Configuration
import JSON

/// Makes a suite from the bytes of its file, or says everything that is wrong with it.
package enum SuiteLoader {
    private static let maximumChecks = 10_000
    /// What a run may know about the deployment; a run without it fails the check that asks.
    package static let deploymentReferences = [
        "deploy.revision_url", "deploy.service_url", "deploy.revision", "deploy.service", "deploy.commit",
        "deploy.image", "deploy.image_digest", "deploy.image_digest_short", "deploy.environment", "deploy.region",
        "deploy.project", "run.id", "target.url",
    ]
    private static let keys = [
        "version", "suite", "description", "priority", "owner", "module", "targets", "expect_inventory", "values",
        "vars", "secrets", "fragments", "scripts", "defaults", "checks", "cleanup", "controls", "policies",
    ]

    /// `name` is the file's own name without its ending, which the suite must repeat. `files` gives the bytes of files
    /// that the suite names, by their paths from its own folder. `environment` is the one that the suite is read for.
    package static func load(
        _ bytes: some Collection<UInt8>, file: String, name: String? = nil, files: SuiteFiles = SuiteFiles(),
        environment: SuiteEnvironment? = nil
    ) -> Result<Suite, Findings> {
        ConfigurationReader.read(bytes, file: file).flatMap {
            load($0, name: name, files: files, environment: environment)
        }
    }

    package static func load(
        _ document: ConfigurationDocument, name: String? = nil, files: SuiteFiles = SuiteFiles(),
        environment: SuiteEnvironment? = nil
    ) -> Result<Suite, Findings> {
        var reader = SuiteReader(files: files, file: document.file)
        let root = reader.expanded(document.root, environment: environment)
        let suite = reader.suite(root, name: name, environment: environment)
        guard let suite, reader.findings.isEmpty else {
            return .failure(Findings(reader.expansion.annotated(reader.findings, of: document)))
        }
        return .success(suite)
    }

    static func isTooMany(_ checks: [Check]) -> Bool { checks.count > maximumChecks }

    fileprivate static var allKeys: [String] { keys }
}

extension SuiteReader {
    fileprivate mutating func suite(
        _ root: ConfigurationNode, name: String?, environment: SuiteEnvironment?
    ) -> Suite? {
        guard
            mapping(root, "", keys: SuiteLoader.allKeys, required: ["version", "suite", "priority", "owner", "checks"])
        else { return nil }
        if let version = root["version"], version.integer != 1 {
            report(version, "version", "version \(shown(version)) is not known", hint: "write `version: 1`")
        }
        let suiteName = text(root["suite"], "suite") ?? name ?? ""
        if let name, let node = root["suite"], suiteName != name {
            report(
                node, "suite", "the suite in `\(name).yaml` is called \(suiteName.quotedForMessage)",
                hint: "write `suite: \(name)`, or rename the file")
        }
        let priorities = Priority.allCases.map(\.rawValue)
        let priority = choice(root["priority"], "priority", of: priorities).flatMap(Priority.init(rawValue:)) ?? .p1
        knownReferences = Set(SuiteLoader.deploymentReferences)
        var suite = Suite(name: suiteName, priority: priority, owner: text(root["owner"], "owner") ?? "")
        suite.module = text(root["module"], "module")
        _ = text(root["description"], "description")
        suite.environmentValues = Set((root["values"]?.entries ?? []).map(\.key))
        suite.secrets = secrets(root["secrets"])
        suite.secrets.merge(Self.secrets(of: environment, known: suite.secrets)) { $1 }
        suite.variables = variables(root["vars"])
        suite.targets = targets(root["targets"], secrets: suite.secrets.keys.sorted())
        suite.inventory = inventory(root["expect_inventory"])
        let context = SuiteContext(
            defaults: defaults(root["defaults"]), targetNames: suite.targets.keys.sorted(),
            secretNames: suite.secrets.keys.sorted())
        suite.checks = checks(root["checks"], context)
        suite.cleanup = cleanup(root["cleanup"], context)
        suite.controls = controls(root["controls"], context, besides: suite.checks)
        suite.policies = policies(root["policies"], suite)
        checkUnusedScripts()
        checkCaptures(suite)
        return suite
    }

    private mutating func secrets(_ node: ConfigurationNode?) -> [String: SecretReference] {
        guard let node, node.isMapping || mapping(node, "secrets", keys: []) else { return [:] }
        var secrets: [String: SecretReference] = [:]
        for entry in node.entries {
            let path = "secrets.\(entry.key)"
            guard mapping(entry.value, path, keys: ["from_env", "default"], required: ["from_env"]) else {
                continue
            }
            guard let variable = text(entry.value["from_env"], join(path, "from_env")) else { continue }
            secrets[entry.key] = SecretReference(
                environmentVariable: variable, fallback: text(entry.value["default"], join(path, "default")))
            knownReferences.insert(path)
        }
        return secrets
    }

    /// Where the environment has its own, by reference alone: a value in its file would be there for all to read.
    private static func secrets(
        of environment: SuiteEnvironment?, known: [String: SecretReference]
    ) -> [String: SecretReference] {
        var secrets: [String: SecretReference] = [:]
        for entry in environment?.secrets ?? [] where known[entry.key] != nil {
            guard let variable = entry.value["from_env"]?.text else { continue }
            secrets[entry.key] = SecretReference(environmentVariable: variable, fallback: nil)
        }
        return secrets
    }

    private mutating func variables(_ node: ConfigurationNode?) -> [Suite.Variable] {
        guard let node, node.isMapping || mapping(node, "vars", keys: []) else { return [] }
        var variables: [Suite.Variable] = []
        for entry in node.entries {
            let path = "vars.\(entry.key)"
            if let value = template(entry.value, path) { variables.append(.init(name: entry.key, value: value)) }
            // Known from here on, so that a variable can use those before it.
            knownReferences.insert(path)
        }
        return variables
    }

    private mutating func targets(_ node: ConfigurationNode?, secrets: [String]) -> [String: SuiteTargetSettings] {
        guard let node, node.isMapping || mapping(node, "targets", keys: []) else { return [:] }
        var targets: [String: SuiteTargetSettings] = [:]
        for entry in node.entries {
            let path = "targets.\(entry.key)"
            guard mapping(entry.value, path, keys: ["url", "auth"], required: ["url"]) else { continue }
            guard let url = template(entry.value["url"], join(path, "url")) else { continue }
            let auth = authentication(entry.value["auth"], join(path, "auth"), secrets: secrets)
            targets[entry.key] = SuiteTargetSettings(url: url, auth: auth)
        }
        return targets
    }

    private mutating func inventory(_ node: ConfigurationNode?) -> Suite.Inventory? {
        guard let node, mapping(node, "expect_inventory", keys: ["min_checks", "max_skipped"]) else { return nil }
        return Suite.Inventory(
            minimumChecks: integer(node["min_checks"], "expect_inventory.min_checks", in: 1...10_000) ?? 1,
            maximumSkipped: integer(node["max_skipped"], "expect_inventory.max_skipped", in: 0...10_000) ?? 0)
    }

    private mutating func defaults(_ node: ConfigurationNode?) -> SuiteDefaults {
        var defaults = SuiteDefaults()
        let keys = ["timeout", "connect_timeout", "follow", "max_body", "headers"]
        guard let node, mapping(node, "defaults", keys: keys) else { return defaults }
        defaults.timeoutMilliseconds = duration(node["timeout"], "defaults.timeout") ?? defaults.timeoutMilliseconds
        defaults.connectTimeoutMilliseconds =
            duration(node["connect_timeout"], "defaults.connect_timeout") ?? defaults.connectTimeoutMilliseconds
        _ = choice(node["follow"], "defaults.follow", of: ["none"])
        defaults.headers = headers(node["headers"], "defaults.headers")
        if let size = node["max_body"] {
            let bytes = size.text.flatMap { text in
                text.hasSuffix("B") ? MemoryText.bytes(String(text.dropLast())) : MemoryText.bytes(text)
            }
            if let bytes, (1...(64 << 20)).contains(bytes) {
                defaults.maximumBodyBytes = bytes
            } else {
                report(
                    size, "defaults.max_body", "`max_body` is \(shown(size)), expected up to 64MiB",
                    hint: "for example `1MiB`")
            }
        }
        return defaults
    }
}
