import JSON

/// The container that takes the requests (v2 `Container`).
struct ContainerReading {
    var image: String
    var settings = ContainerSettings()
    var environment: [ConfiguredVariable] = []
    var unexpressed: [UnexpressedField] = []

    init(_ document: JSONValue, path: String, isAlone: Bool) {
        var container = UnreadFields(document, path: path)
        image = container.take("image")?.string ?? ""
        // With one container its name has no meaning to anybody.
        if isAlone { container.drop(["name"]) }
        settings.command = container.take("command")?.array?.compactMap(\.string) ?? []
        settings.arguments = container.take("args")?.array?.compactMap(\.string) ?? []
        readPort(&container)
        readResources(&container)
        readEnvironment(&container)
        for (name, longest) in [("startupProbe", 240), ("livenessProbe", 3600)] {
            guard let probe = container.take(name) else { continue }
            if name == "startupProbe", ProbeReading.isDefault(probe, port: settings.port) { continue }
            let reading = ProbeReading(probe, path: container.place(name), port: settings.port, longest: longest)
            guard let value = reading.probe else {
                container.leave(name, probe)
                continue
            }
            if name == "startupProbe" { settings.startupProbe = value } else { settings.livenessProbe = value }
            unexpressed += reading.unexpressed
        }
        unexpressed = container.left + unexpressed
    }

    private mutating func readPort(_ container: inout UnreadFields) {
        let ports = container.take("ports")?.array ?? []
        guard let first = ports.first else { return }
        settings.port = first["containerPort"]?.whole(in: 1...65535) ?? 8080
        // `http1` is what there is without a word.
        let isPlain = ["http1", "", nil].contains(first["name"]?.string)
        if ports.count > 1 || !isPlain { container.leave("ports", .array(ports)) }
    }

    private mutating func readResources(_ container: inout UnreadFields) {
        guard let document = container.take("resources") else { return }
        var resources = UnreadFields(document, path: container.place("resources"))
        var limits = UnreadFields(resources.take("limits"), path: resources.place("limits"))
        if let cpu = limits.take("cpu") {
            settings.cpu = cpu.string.flatMap(Self.processor)
            if settings.cpu == nil { limits.leave("cpu", cpu) }
        }
        if let memory = limits.take("memory") {
            let rule = ScalarRule(.memory(128 << 20...32 << 30))
            settings.memory = memory.string.flatMap { rule.mistake(in: ConfigurationScalar($0)) == nil ? $0 : nil }
            if settings.memory == nil { limits.leave("memory", memory) }
        }
        unexpressed += limits.left
        // Where resources are named and this is not, the processor is always there (instance-based billing).
        if resources.take("cpuIdle")?.bool != true {
            unexpressed.append(UnexpressedField(path: resources.place("cpuIdle"), value: "false"))
        }
        unexpressed += resources.left
    }

    /// As it is written, where a configuration may write it.
    private static func processor(_ text: String) -> String? {
        let isAllowed = { ScalarRule(.processor).mistake(in: ConfigurationScalar($0)) == nil }
        return isAllowed(text) ? text : nil
    }

    private mutating func readEnvironment(_ container: inout UnreadFields) {
        for (index, entry) in (container.take("env")?.array ?? []).enumerated() {
            guard let variable = Self.variable(entry) else {
                unexpressed.append(
                    UnexpressedField(path: container.place("env[\(index)]"), value: entry.serialized()))
                continue
            }
            environment.removeAll { $0.name == variable.name }
            environment.append(variable)
        }
    }

    private static func variable(_ entry: JSONValue) -> ConfiguredVariable? {
        guard let name = entry["name"]?.string, StringRule.variableName.allows(name),
            !ConfigurationSchema.reservedVariables.contains(name)
        else { return nil }
        if let source = entry["valueSource"] {
            guard let reference = source["secretKeyRef"], let secret = reference["secret"]?.string,
                StringRule.secretName.allows(secret)
            else { return nil }
            let version = reference["version"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? "latest"
            guard StringRule.secretVersion.allows(version) else { return nil }
            return ConfiguredVariable(name: name, value: .secret(name: secret, version: version))
        }
        let value = entry["value"]?.string ?? ""
        // The configuration would take `${` for a reference of its own, and its reader refuses these characters.
        guard !value.contains("${"),
            !value.unicodeScalars.contains(where: { $0.value == 0 || YAMLMarks.isReserved($0) })
        else { return nil }
        return ConfiguredVariable(name: name, value: .literal(value), isSensitive: SensitiveName.matches(name))
    }
}
