import JSON

extension ServiceImport {
    /// The lines of the service, its name first, as they stand below `services:` with `indent` spaces before them.
    package func lines(indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        return ["\(name):"].map { margin + $0 } + (comments + settings).map { "\(margin)  \($0)" }
    }

    private var comments: [String] {
        notes.map { note in
            let value = note.value.map { ": \($0)" } ?? ""
            let word =
                switch note.kind {
                case .lost: "not kept"
                case .stays: "not here"
                case .open: "open"
                }
            return "# \(word): " + Self.comment("\(note.path)\(value) – \(note.message)")
        }
    }

    /// One line, whatever is in it.
    private static func comment(_ text: String) -> String {
        FindingText.printable(text[...]).replacing("\n", with: " ")
    }

    private var settings: [String] {
        let container = template.container
        var lines: [String] = []
        func add(_ key: String, _ value: String?) {
            if let value { lines.append("\(key): \(value)") }
        }
        if let pinnedImage {
            add("image", Self.quoted(pinnedImage))
        } else {
            lines.append("# image: \(Self.comment(Self.quoted(template.image)))")
        }
        add("port", "\(container.port)")
        add("cpu", container.cpu.map(Self.quoted))
        add("memory", container.memory)
        add("concurrency", container.concurrency.map(String.init))
        add("timeout", container.timeoutSeconds.map { "\($0)s" })
        add("min_instances", container.minInstances.map(String.init))
        add("max_instances", container.maxInstances.map(String.init))
        add("command", Self.list(container.command))
        add("args", Self.list(container.arguments))
        add("service_account", container.serviceAccount.map(Self.quoted))
        add("ingress", ingress)
        add("public", isPublic.map { $0 ? "true" : "false" })
        lines += Self.variables(template.environment)
        lines += Self.probes(container.startupProbe, container.livenessProbe, container.readinessProbe)
        return lines + Self.instance(container, of: name)
    }

    static func variables(_ variables: [ConfiguredVariable]) -> [String] {
        guard !variables.isEmpty else { return [] }
        return ["env:"] + variables.map { "  \(quoted($0.name)): \(value($0.value))" }
    }

    static func probes(_ startup: Probe?, _ liveness: Probe?, _ readiness: Probe?) -> [String] {
        let probes = [("startup", startup), ("liveness", liveness), ("readiness", readiness)]
            .compactMap { name, probe in probe.map { "  \(name): \(flow($0))" } }
        return probes.isEmpty ? [] : ["probes:"] + probes
    }

    static func list(_ words: [String]) -> String? {
        words.isEmpty ? nil : "[" + words.map { JSONValue.string($0).serialized() }.joined(separator: ", ") + "]"
    }

    private static func value(_ value: ConfiguredVariable.Value) -> String {
        switch value {
        case .literal(let text): quoted(text)
        case .secret(let name, let version):
            "{ secret: \(quoted(name)), version: \(JSONValue.string(version).serialized()) }"
        }
    }

    private static func flow(_ probe: Probe) -> String {
        var parts: [String] = []
        switch probe.kind {
        case .http(let path): parts.append("http: \(JSONValue.string(path).serialized())")
        case .tcp: parts.append("tcp: true")
        case .grpc(let service):
            parts.append("grpc: true")
            if let service { parts.append("service: \(JSONValue.string(service).serialized())") }
        }
        if let headers = probe.headers { parts.append("headers: \(map(headers))") }
        parts += [probe.port.map { "port: \($0)" }].compactMap(\.self)
        for (key, seconds) in [
            ("initial_delay", probe.initialDelaySeconds), ("timeout", probe.timeoutSeconds),
            ("period", probe.periodSeconds),
        ] {
            if let seconds { parts.append("\(key): \(seconds)s") }
        }
        parts += [probe.failureThreshold.map { "failure_threshold: \($0)" }].compactMap(\.self)
        return "{ \(parts.joined(separator: ", ")) }"
    }

    /// Plain where no reader could take it for anything but this text; else in double quotes, whose escapes are JSON's.
    static func quoted(_ text: String) -> String {
        ConfigurationText.spelled(ConfigurationScalar(text, isPlain: false))
    }
}
