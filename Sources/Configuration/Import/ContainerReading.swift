import JSON

/// One container (v2 `Container`): the one that takes the requests, or a sidecar.
struct ContainerReading {
    enum Role {
        /// With one container its name has no meaning to anybody.
        case alone
        case main
        case sidecar
    }

    var image: String
    /// The settings of the container; of a sidecar those that it has.
    var settings = ContainerSettings()
    var environment: [ConfiguredVariable] = []
    var dependsOn: [String] = []
    /// The processor is there between requests too: said by each container, true for all of them.
    var hasIdleProcessor = true
    var unexpressed: [UnexpressedField] = []
    private let role: Role

    init(_ document: JSONValue, path: String, role: Role) {
        self.role = role
        var container = UnreadFields(document, path: path)
        image = container.take("image")?.string ?? ""
        if role == .alone { container.drop(["name"]) }
        settings.name = container.takeText("name", .containerName)
        settings.command = container.take("command")?.array?.compactMap(\.string) ?? []
        settings.arguments = container.take("args")?.array?.compactMap(\.string) ?? []
        settings.workingDirectory = container.takeText("workingDir", .absolutePath)
        dependsOn = container.take("dependsOn")?.array?.compactMap(\.string) ?? []
        readPort(&container)
        readResources(&container)
        readEnvironment(&container)
        readMounts(&container)
        readProbes(&container)
        // What Cloud Run says of how an image came about.
        container.drop(["buildInfo"])
        unexpressed = container.left + unexpressed
    }

    private mutating func readPort(_ container: inout UnreadFields) {
        // A sidecar takes no requests.
        guard role != .sidecar else { return }
        let ports = container.take("ports")?.array ?? []
        guard let first = ports.first else { return }
        settings.port = first["containerPort"]?.whole(in: 1...65535) ?? 8080
        // `http1` is what there is without a word.
        let name = first["name"]?.string
        if name == "h2c" { settings.usesHTTP2 = true }
        if ports.count > 1 || !["http1", "h2c", "", nil].contains(name) { container.leave("ports", .array(ports)) }
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
        if role != .sidecar, let count = limits.take("nvidia.com/gpu") {
            // Its type is the template's, which is read later.
            if let number = count.string.flatMap(Int.init), (1...8).contains(number) {
                settings.gpu = GPUSettings(type: "", count: number)
            } else {
                limits.leave("nvidia.com/gpu", count)
            }
        }
        unexpressed += limits.left
        // Where resources are named and this is not, the processor is always there (instance-based billing).
        hasIdleProcessor = resources.take("cpuIdle")?.bool == true
        if !hasIdleProcessor { settings.cpuIdle = false }
        if resources.take("startupCpuBoost")?.bool == true { settings.startupCPUBoost = true }
        unexpressed += resources.left
    }

    /// As it is written, where a configuration may write it.
    private static func processor(_ text: String) -> String? {
        let isAllowed = { ScalarRule(.processor).mistake(in: ConfigurationScalar($0)) == nil }
        return isAllowed(text) ? text : nil
    }

    private mutating func readProbes(_ container: inout UnreadFields) {
        for (name, longest) in [("startupProbe", 240), ("livenessProbe", 3600), ("readinessProbe", 3600)] {
            guard let probe = container.take(name) else { continue }
            if name == "startupProbe", role != .sidecar, ProbeReading.isDefault(probe, port: settings.port) { continue }
            let reading = ProbeReading(
                probe, path: container.place(name), port: role == .sidecar ? nil : settings.port, longest: longest)
            guard let value = reading.probe else {
                container.leave(name, probe)
                continue
            }
            switch name {
            case "startupProbe": settings.startupProbe = value
            case "livenessProbe": settings.livenessProbe = value
            default: settings.readinessProbe = value
            }
            unexpressed += reading.unexpressed
        }
    }

    /// One mount of each volume.
    private mutating func readMounts(_ container: inout UnreadFields) {
        for (index, entry) in (container.take("volumeMounts")?.array ?? []).enumerated() {
            let volume = entry["name"]?.string ?? ""
            let path = entry["mountPath"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? ContainerSettings.cloudSQLPath
            let subPath = entry["subPath"]?.string.flatMap { $0.isEmpty ? nil : $0 }
            guard StringRule.containerName.allows(volume), StringRule.mountPath.allows(path),
                subPath.map(StringRule.pathInside.allows) ?? true,
                settings.mounts?.contains(where: { $0.volume == volume }) != true
            else {
                unexpressed.append(
                    UnexpressedField(path: container.place("volumeMounts[\(index)]"), document: entry))
                continue
            }
            settings.mounts = (settings.mounts ?? []) + [VolumeMount(volume: volume, path: path, subPath: subPath)]
        }
    }

    private mutating func readEnvironment(_ container: inout UnreadFields) {
        for (index, entry) in (container.take("env")?.array ?? []).enumerated() {
            guard let variable = Self.variable(entry) else {
                unexpressed.append(
                    UnexpressedField(path: container.place("env[\(index)]"), document: entry))
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
        guard value.canBeWritten else { return nil }
        return ConfiguredVariable(name: name, value: .literal(value), isSensitive: SensitiveName.matches(name))
    }
}

extension String {
    /// The configuration would take `${` for a reference of its own, and its reader refuses the other characters.
    var canBeWritten: Bool {
        !contains("${") && !unicodeScalars.contains { $0.value == 0 || YAMLMarks.isReserved($0) }
    }
}
