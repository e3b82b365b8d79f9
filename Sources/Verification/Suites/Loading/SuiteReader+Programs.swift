import Configuration

/// Checks that run somebody else's program, and what they share.
extension SuiteReader {
    mutating func container(_ node: ConfigurationNode, _ path: String) -> ContainerCheck? {
        guard let settings = node["container"] else { return nil }
        let place = join(path, "container")
        let keys = ["image", "entrypoint", "args", "env", "network", "memory", "cpu"]
        guard mapping(settings, place, keys: keys, required: ["image"]),
            text(settings["image"], join(place, "image")) != nil,
            let image = template(settings["image"], join(place, "image"))
        else { return nil }
        refuseSecrets(in: image, settings["image"], join(place, "image"))
        var check = ContainerCheck(image: image)
        check.entrypoint = template(settings["entrypoint"], join(place, "entrypoint"))
        if let entrypoint = check.entrypoint {
            refuseSecrets(in: entrypoint, settings["entrypoint"], join(place, "entrypoint"))
        }
        check.arguments = arguments(settings["args"], join(place, "args"))
        check.environment = environment(settings["env"], join(place, "env"))
        let networks = ContainerProbeRequest.Network.allCases.map(\.rawValue)
        check.network = choice(settings["network"], join(place, "network"), of: networks)
            .flatMap(ContainerProbeRequest.Network.init(rawValue:))
        // Docker refuses less than 6 MiB.
        check.memoryBytes = settings["memory"].flatMap { byteSize($0, join(place, "memory")) }.map { Int($0) }
        if let bytes = check.memoryBytes, let node = settings["memory"], bytes < 6 << 20 {
            report(node, join(place, "memory"), "no engine gives a container less than 6MiB")
        }
        check.cpus = number(settings["cpu"], join(place, "cpu"), in: 0.01...512)
        check.timeoutMilliseconds = duration(node["timeout"], join(path, "timeout")) ?? check.timeoutMilliseconds
        check.expectation = programExpectation(node["expect"], join(path, "expect"))
        return check
    }

    /// Every user of a machine can read the arguments of its processes.
    mutating func arguments(_ node: ConfigurationNode?, _ path: String) -> [Template] {
        list(node).enumerated().compactMap { index, element in
            let place = join(path, "\(index)")
            guard let argument = template(element, place) else { return nil }
            refuseSecrets(in: argument, element, place)
            return argument
        }
    }

    private mutating func refuseSecrets(in argument: Template, _ node: ConfigurationNode?, _ path: String) {
        guard let node, let secret = argument.references.first(where: { $0.hasPrefix("secrets.") }) else { return }
        report(
            node, path, "`\(secret)` in an argument can be read by everybody on this machine",
            hint: "hand it over in `env`")
    }

    mutating func environment(_ node: ConfigurationNode?, _ path: String) -> [CommandCheck.Variable] {
        guard let node, node.isMapping || mapping(node, path, keys: []) else { return [] }
        return node.entries.compactMap { entry in
            let place = join(path, entry.key)
            if entry.key.isEmpty || entry.key.contains("=") || entry.key.utf8.contains(0) {
                report(key: entry, place, "\(entry.key.quotedForMessage) is not the name of a variable")
            }
            return template(entry.value, place).map { .init(name: entry.key, value: $0) }
        }
    }

    mutating func programExpectation(_ node: ConfigurationNode?, _ path: String) -> ProgramExpectation {
        var expectation = ProgramExpectation()
        guard let node, mapping(node, path, keys: ["exit", "stdout", "stderr", "json", "time"]) else {
            return expectation
        }
        let codes = list(node["exit"]).compactMap { integer($0, join(path, "exit"), in: 0...255) }
        if !codes.isEmpty { expectation.exitCodes = codes }
        if let output = node["stdout"] { expectation.output = textConditions(output, join(path, "stdout")) }
        if let output = node["stderr"] { expectation.errorOutput = textConditions(output, join(path, "stderr")) }
        expectation.json = jsonExpectations(node["json"], join(path, "json"))
        expectation.belowMilliseconds = below(node["time"], join(path, "time"))
        return expectation
    }
}
