/// Rules about the containers of an instance together: names, order, size.
struct SidecarChecks {
    /// With the service's own (cloud.google.com/run/docs/deploying#sidecars).
    private static let mostContainers = 10

    let settings: ContainerSettings
    let node: ConfigurationNode
    /// `services.NAME`.
    let path: String
    private(set) var findings: [Finding] = []

    static func findings(of settings: ContainerSettings, node: ConfigurationNode, path: String) -> [Finding] {
        var checks = SidecarChecks(settings: settings, node: node, path: path)
        checks.checkNames()
        checks.checkOrder()
        checks.checkSize()
        return checks.findings
    }

    init(settings: ContainerSettings, node: ConfigurationNode, path: String) {
        self.settings = settings
        self.node = node
        self.path = path
    }

    private var sidecars: [Sidecar] { settings.sidecars ?? [] }

    private mutating func checkNames() {
        guard let written = node["sidecars"], written.isMapping else { return }
        if sidecars.count >= Self.mostContainers {
            add(
                written, "sidecars",
                "an instance has at most \(Self.mostContainers) containers, its own one among them, not "
                    + "\(sidecars.count + 1)")
        }
        for entry in written.entries where entry.key == settings.name {
            findings.append(
                Finding(
                    aboutKey: entry, path: "\(path).sidecars.\(entry.key)",
                    message: "`\(entry.key)` is the name of the service's own container",
                    hint: "take another name, or give the own one another with `container_name`"))
        }
        for entry in written.entries {
            findings += ProbeChecks.findings(
                of: entry.value, path: "\(path).sidecars.\(entry.key)", isSidecar: true)
        }
    }

    private mutating func checkOrder() {
        // Cloud Run gives the service's own container a startup probe where it has none.
        let probed = Dictionary(
            sidecars.map { ($0.name, $0.startupProbe != nil) } + [(settings.name ?? "", true)],
            uniquingKeysWith: { one, _ in one })
        for entry in node["sidecars"]?.entries ?? [] {
            check(
                entry.value["depends_on"], "sidecars.\(entry.key).depends_on", of: entry.key, probed: probed)
        }
        check(node["starts_after"], "starts_after", of: settings.name ?? "", probed: probed)
        var needs = Dictionary(sidecars.map { ($0.name, $0.dependsOn) }, uniquingKeysWith: { one, _ in one })
        if let name = settings.name { needs[name] = settings.startsAfter ?? [] }
        let order = [settings.name].compactMap(\.self) + sidecars.map(\.name)
        guard let cycle = DependencyCycle.first(in: needs, order: order), cycle.count > 1, let first = cycle.first
        else { return }
        let place = first == settings.name ? ["starts_after"] : ["sidecars", first, "depends_on"]
        add(
            node.node(at: place) ?? node, place.joined(separator: "."),
            "containers wait for each other: " + (cycle + [first]).map { "`\($0)`" }.joined(separator: " → "))
    }

    private mutating func check(
        _ list: ConfigurationNode?, _ key: String, of container: String, probed: [String: Bool]
    ) {
        for element in list?.elements ?? [] {
            guard let name = element.text else { continue }
            switch probed[name] {
            case _ where name == container: add(element, key, "container `\(name)` waits for itself")
            case nil:
                add(
                    element, key, "unknown container \(name.quotedForMessage)",
                    hint: NearestName.hint(
                        for: name, in: probed.keys.filter { !$0.isEmpty && $0 != container }.sorted()))
            case false?:
                add(
                    element, key, "`\(name)` has no startup probe, so nobody knows when it is up",
                    hint: "give it one: probes: { startup: { tcp: true, port: PORT } }")
            case true?: break
            }
        }
    }

    /// Of an instance altogether (cloud.google.com/run/quotas); instances with a gpu may have more.
    private mutating func checkSize() {
        guard let written = node["sidecars"], !sidecars.isEmpty, settings.gpu == nil else { return }
        let cores = ([settings.cpu] + sidecars.map(\.cpu)).map { $0.flatMap(ProcessorText.milliCores) ?? 1000 }
        let memory = ([settings.memory] + sidecars.map(\.memory)).map { $0.flatMap(MemoryText.bytes) ?? 512 << 20 }
        let (allCores, allMemory) = (cores.reduce(0, +), memory.reduce(0, +))
        if allCores > 8000 {
            add(written, "sidecars", "all containers together have \(allCores)m cpu, but an instance has at most 8")
        }
        if allMemory > 32 << 30 {
            add(
                written, "sidecars",
                "all containers together have \(allMemory >> 20)Mi of memory, but an instance has at most 32Gi")
        }
    }

    private mutating func add(_ node: ConfigurationNode, _ key: String, _ message: String, hint: String? = nil) {
        findings.append(Finding(about: node, path: "\(path).\(key)", message: message, hint: hint))
    }
}
