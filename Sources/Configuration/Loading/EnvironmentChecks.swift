/// What no single value can show: rules between values of a merged document.
struct EnvironmentChecks {
    let root: ConfigurationNode
    /// Names of the files in `environments/suites/`.
    let suites: [String]
    private(set) var findings: [Finding] = []

    init(root: ConfigurationNode, suites: [String]) {
        self.root = root
        self.suites = suites
    }

    static func findings(in root: ConfigurationNode, environment: Environment, suites: [String]) -> [Finding] {
        var checks = EnvironmentChecks(root: root, suites: suites)
        for service in environment.services {
            checks.check(service, among: environment.services.map(\.name))
        }
        checks.checkCycles(environment.services)
        checks.findings += StateReading.findings(in: root)
        checks.findings += FreezeReading.findings(in: root)
        checks.findings += LoopSchema.findings(in: root)
        checks.findings += HookReading.findings(in: root["hooks"], path: "")
        return checks.findings + RegionChecks.findings(in: root, environment: environment)
    }

    private mutating func check(_ service: Service, among names: [String]) {
        let path = "services.\(service.name)"
        guard let node = root.node(at: ["services", service.name]), node.isMapping else { return }
        if node["source"] == nil, node["image"] == nil {
            let others = names.filter { $0 != service.name }
            findings.append(
                Finding(
                    at: entryPosition(of: service.name) ?? node.position, path: path,
                    message: "service `\(service.name)` has neither `source` nor `image`",
                    hint: NearestName.of(service.name, in: others).map { "did you mean `\($0)`?" }
                        ?? "say from what it is built (`source`), or which image it is (`image`)",
                    length: service.name.count))
        }
        if service.pinnedImage != nil, node["source"] != nil, let written = node["image"] {
            add(
                written, "\(path).image", "an image that is pinned by digest is not built, but there is a `source`",
                hint: "leave out one of the two")
        }
        checkDependencies(service, node, path, names)
        checkSuites(node, path)
        checkVariables(service, node["env"], "\(path).env", names)
        for sidecar in node["sidecars"]?.entries ?? [] {
            checkVariables(service, sidecar.value["env"], "\(path).sidecars.\(sidecar.key).env", names)
        }
        checkHealth(service, node, path)
        checkSteps(node, path)
        findings += StrategyReading.findings(in: node, path: path)
        findings += HookReading.findings(in: node["hooks"], path: "\(path).")
        findings += ProbeChecks.findings(of: node, path: path, isSidecar: false)
        findings += ResourceChecks.findings(of: service.container, node: node, path: path)
        findings += InstanceChecks.findings(of: service.container, node: node, path: path)
    }

    private func entryPosition(of service: String) -> SourcePosition? {
        root["services"]?.entries.first { $0.key == service }?.keyPosition
    }

    // MARK: - One service

    private mutating func checkDependencies(
        _ service: Service, _ node: ConfigurationNode, _ path: String, _ names: [String]
    ) {
        var seen: Set<String> = []
        for element in node["depends_on"]?.elements ?? [] {
            guard let name = element.text else { continue }
            if name == service.name {
                add(element, "\(path).depends_on", "service `\(name)` depends on itself")
            } else if !names.contains(name) {
                add(
                    element, "\(path).depends_on", "unknown service \(name.quotedForMessage)",
                    hint: NearestName.hint(for: name, in: names.filter { $0 != service.name }))
            } else if !seen.insert(name).inserted {
                add(element, "\(path).depends_on", "`\(name)` is named twice")
            }
        }
    }

    private mutating func checkSuites(_ node: ConfigurationNode, _ path: String) {
        for element in node["suites"]?.elements ?? [] {
            guard let name = element.text, StringRule.fileName.allows(name), !suites.contains(name) else { continue }
            add(
                element, "\(path).suites", "no suite \(name.quotedForMessage): `suites/\(name).yaml` is missing",
                hint: NearestName.hint(for: name, in: suites))
        }
    }

    private mutating func checkVariables(
        _ service: Service, _ variables: ConfigurationNode?, _ path: String, _ names: [String]
    ) {
        for entry in variables?.entries ?? [] {
            let path = "\(path).\(entry.key)"
            if ConfigurationSchema.reservedVariables.contains(entry.key) {
                findings.append(
                    Finding(
                        aboutKey: entry, path: path, message: "`\(entry.key)` is set by Cloud Run itself",
                        hint: entry.key == "PORT" ? "set `port` of the service instead" : "take another name"))
            }
            if let version = entry.value["version"], let text = version.text, !StringRule.secretVersion.allows(text) {
                add(
                    version, "\(path).version",
                    "`version` is \(text.quotedForMessage), expected \(StringRule.secretVersion.expectation)")
            }
            guard let text = entry.value.scalar?.text else { continue }
            for case .reference(let reference) in ReferenceText.parts(of: text) {
                guard let target = ReferenceText.service(of: reference.name) else { continue }
                if !names.contains(target) {
                    add(
                        entry.value, path, "unknown service \(target.quotedForMessage)",
                        hint: NearestName.hint(for: target, in: names))
                } else if !service.dependsOn.contains(target) {
                    add(
                        entry.value, path, "`${services.\(target).url}` needs `\(target)` in `depends_on`",
                        hint: target == service.name
                            ? "a service's own URL is not known before it is deployed"
                            : "depends_on: [\((service.dependsOn + [target]).joined(separator: ", "))]")
                }
            }
        }
    }

    private mutating func checkHealth(_ service: Service, _ node: ConfigurationNode, _ path: String) {
        let health = service.health
        if let written = node.node(at: ["health", "path"]), let reason = ReservedPath.reason(health.path) {
            add(
                written, "\(path).health.path", "`path` is \(health.path.quotedForMessage): \(reason)",
                hint: "take another path, such as `/health`")
        }
        // What is out of its own range is told there, and too large a number cannot be multiplied.
        guard (1...1000).contains(health.samples), (1...60_000).contains(health.intervalMilliseconds),
            (1...3600).contains(health.windowSeconds)
        else { return }
        let shortest = (health.samples - 1) * health.intervalMilliseconds
        if shortest > health.windowSeconds * 1000 {
            add(
                node["health"] ?? node, "\(path).health",
                "\(Counted.text(health.samples, "sample")), \(DurationText.spelled(milliseconds: health.intervalMilliseconds)) apart, "
                    + "do not fit into a window of \(health.windowSeconds)s",
                hint: "window: \((shortest + 1999) / 1000)s")
        }
    }

    private mutating func checkSteps(_ node: ConfigurationNode, _ path: String) {
        guard let written = node.node(at: ["traffic", "steps"]), let last = written.elements.last else { return }
        let path = "\(path).traffic.steps"
        for (one, next) in zip(written.elements, written.elements.dropFirst()) {
            if let lower = one.percent, let higher = next.percent, higher <= lower {
                add(next, path, "traffic goes from \(lower) to \(higher), but steps must rise")
            }
        }
        if let percent = last.percent, percent != 100 {
            add(last, path, "the last step is \(percent), but a release ends at 100", hint: "add `100`")
        }
    }

    // MARK: - All services

    private mutating func checkCycles(_ services: [Service]) {
        let dependencies = Dictionary(services.map { ($0.name, $0.dependsOn) }, uniquingKeysWith: { one, _ in one })
        guard let cycle = DependencyCycle.first(in: dependencies, order: services.map(\.name)),
            let first = cycle.first, let node = root.node(at: ["services", first, "depends_on"])
        else { return }
        add(
            node, "services.\(first).depends_on",
            "services depend on each other: " + (cycle + [first]).map { "`\($0)`" }.joined(separator: " → "))
    }

    private mutating func add(_ node: ConfigurationNode, _ path: String, _ message: String, hint: String? = nil) {
        findings.append(Finding(about: node, path: path, message: message, hint: hint))
    }
}
