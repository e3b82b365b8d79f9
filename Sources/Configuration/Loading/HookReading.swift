/// `hooks` of an environment or a service: the model, and what no single value can show.
enum HookReading {
    /// Nil where the file is silent.
    static func hooks(_ node: ConfigurationNode?) -> [Hook]? {
        node?.entries.compactMap { hook($0.key, $0.value) }
    }

    private static func hook(_ name: String, _ node: ConfigurationNode) -> Hook? {
        let moments = (node["at"]?.texts ?? []).compactMap(Hook.Moment.init)
        let effect: Hook.Effect
        if let arguments = node["run"]?.texts {
            effect = .command(arguments)
        } else if let text = node["shell"]?.text {
            effect = .command(["/bin/sh", "-c", text])
        } else if let webhook = node["webhook"], let url = webhook["url"].flatMap(reference) {
            effect = .webhook(
                Webhook(url: url, format: webhook["format"]?.text.flatMap(Webhook.Format.init) ?? .slack))
        } else {
            return nil
        }
        let isWebhook = node["webhook"] != nil
        return Hook(
            name: name, moments: moments, effect: effect, folder: node["folder"]?.text ?? ".",
            environment: node["env"]?.entries.map(variable) ?? [],
            timeoutSeconds: node["timeout"]?.milliseconds.map { $0 / 1000 } ?? (isWebhook ? 10 : 60),
            isRequired: node["on_failure"]?.text != "warn", isIdempotent: node["idempotent"]?.boolean ?? false)
    }

    private static func variable(_ entry: ConfigurationEntry) -> HookVariable {
        HookVariable(
            name: entry.key,
            value: reference(entry.value).map(HookVariable.Value.reference) ?? .literal(entry.value.text ?? ""))
    }

    private static func reference(_ node: ConfigurationNode) -> SecretReference? {
        if let name = node["env"]?.text { return .environment(name) }
        if let path = node["file"]?.text { return .file(path) }
        return node["secret"]?.text.map { .secret(name: $0, version: node["version"]?.text ?? "latest") }
    }

    // MARK: - Findings

    static func findings(in node: ConfigurationNode?, path: String) -> [Finding] {
        (node?.entries ?? []).flatMap { findings(of: $0.value, path: "\(path)hooks.\($0.key)") }
    }

    private static func findings(of node: ConfigurationNode, path: String) -> [Finding] {
        var findings: [Finding] = []
        func add(_ node: ConfigurationNode, _ key: String, _ message: String, hint: String) {
            findings.append(Finding(about: node, path: "\(path).\(key)", message: message, hint: hint))
        }
        let moments = (node["at"]?.elements ?? []).compactMap { element in
            element.text.flatMap(Hook.Moment.init).map { (element, $0) }
        }
        if node["webhook"] != nil {
            for (element, moment) in moments where moment.isStep {
                add(
                    element, "at", "`\(moment.rawValue)` is a step of the release, and a webhook never holds one up",
                    hint: "take one of \(names { !$0.isStep }), or a command")
            }
            for key in ["folder", "env", "idempotent"] {
                if let written = node[key] {
                    add(written, key, "`\(key)` belongs to a command", hint: "leave it out, or use `run`")
                }
            }
            if let written = node["timeout"], let time = written.milliseconds, time > HookSchema.longestWebhook {
                add(written, "timeout", "a webhook may take at most 30s", hint: "timeout: 30s")
            }
        }
        if let written = node["on_failure"], written.text == "fail",
            let (_, moment) = moments.first(where: { !$0.1.isStep })
        {
            add(
                written, "on_failure", "at `\(moment.rawValue)` the release is over, and nothing can fail it any more",
                hint: "on_failure: warn, or take one of \(names(\.isStep))")
        }
        for (key, value) in [("run", node["run"]), ("shell", node["shell"]), ("env", node["env"])] {
            for scalar in filledIn(value) {
                add(
                    scalar, key, "`${env.…}` would be written down with the plan",
                    hint: "a command has the whole environment: `$NAME` in `shell`, or `env: { X: { env: NAME } }`")
            }
        }
        if let url = node.node(at: ["webhook", "url"]) { findings += versions(in: url, path: "\(path).webhook.url") }
        for entry in node["env"]?.entries ?? [] {
            findings += versions(in: entry.value, path: "\(path).env.\(entry.key)")
        }
        return findings
    }

    private static func versions(in node: ConfigurationNode, path: String) -> [Finding] {
        guard let written = node["version"] else { return [] }
        guard node["secret"] != nil else {
            return [Finding(about: written, path: "\(path).version", message: "`version` belongs to `secret`")]
        }
        guard let text = written.text, StringRule.secretVersion.allows(text) else {
            return [
                Finding(
                    about: written, path: "\(path).version",
                    message: "`version` is not \(StringRule.secretVersion.expectation)")
            ]
        }
        return []
    }

    /// What came from outside the file.
    private static func filledIn(_ node: ConfigurationNode?) -> [ConfigurationNode] {
        guard let node else { return [] }
        if let scalar = node.scalar { return scalar.written == nil ? [] : [node] }
        return node.elements.flatMap(filledIn) + node.entries.flatMap { filledIn($0.value) }
    }

    private static func names(_ isWanted: (Hook.Moment) -> Bool) -> String {
        Hook.Moment.allCases.filter(isWanted).map { "`\($0.rawValue)`" }.joined(separator: ", ")
    }
}
