/// Rules about the instances of one service: how they run, what they reach.
struct InstanceChecks {
    let settings: ContainerSettings
    let node: ConfigurationNode
    /// `services.NAME`.
    let path: String
    private(set) var findings: [Finding] = []

    static func findings(of settings: ContainerSettings, node: ConfigurationNode, path: String) -> [Finding] {
        var checks = InstanceChecks(settings: settings, node: node, path: path)
        checks.checkProcessor()
        checks.checkSandbox()
        checks.checkGPU()
        checks.checkLabels()
        checks.checkNetwork()
        return checks.findings + VolumeChecks.findings(of: settings, node: node, path: path)
            + SidecarChecks.findings(of: settings, node: node, path: path)
    }

    init(settings: ContainerSettings, node: ConfigurationNode, path: String) {
        self.settings = settings
        self.node = node
        self.path = path
    }

    private var milliCores: Int { settings.cpu.flatMap(ProcessorText.milliCores) ?? 1000 }
    private var memory: Int { settings.memory.flatMap(MemoryText.bytes) ?? 512 << 20 }

    /// cloud.google.com/run/docs/configuring/services/cpu and …/memory-limits.
    private mutating func checkProcessor() {
        guard let written = node["cpu_idle"], settings.cpuIdle == false else { return }
        if milliCores < 1000 {
            add(
                written, "cpu_idle", "less than one cpu is there only while there is a request",
                hint: "cpu: \"1\", or leave `cpu_idle` out")
        } else if memory < 512 << 20 {
            add(
                node["memory"] ?? written, "memory", "a processor that is always there needs at least 512Mi of memory",
                hint: "memory: 512Mi")
        }
    }

    /// cloud.google.com/run/docs/about-execution-environments.
    private mutating func checkSandbox() {
        guard let written = node["execution_environment"] else { return }
        if settings.executionEnvironment == "gen2", milliCores < 1000 {
            add(written, "execution_environment", "less than one cpu runs in gen1 alone", hint: "cpu: \"1\"")
        }
        if settings.executionEnvironment == "gen2", memory < 512 << 20 {
            add(written, "execution_environment", "gen2 needs at least 512Mi of memory", hint: "memory: 512Mi")
        }
        guard settings.executionEnvironment == "gen1" else { return }
        let mounted = (settings.volumes ?? []).first { volume in
            switch volume.kind {
            case .bucket, .nfs: true
            case .secret, .emptyDirectory: false
            }
        }
        if let mounted {
            add(
                written, "execution_environment", "gen1 cannot mount `\(mounted.name)`: buckets and NFS need gen2",
                hint: "execution_environment: gen2")
        }
        if settings.gpu != nil {
            add(written, "execution_environment", "a gpu needs gen2", hint: "execution_environment: gen2")
        }
    }

    /// cloud.google.com/run/docs/configuring/services/gpu.
    private mutating func checkGPU() {
        guard let written = node["gpu"], written.isMapping else { return }
        if settings.cpuIdle != false {
            add(
                written, "gpu", "a gpu is there together with a processor that is always there", hint: "cpu_idle: false"
            )
        }
        if milliCores < 4000 || memory < 16 << 30 {
            add(
                written, "gpu", "a gpu needs at least 4 cpu and 16Gi of memory",
                hint: "cpu: \"4\" and memory: 16Gi")
        }
    }

    private mutating func checkLabels() {
        for entry in node["labels"]?.entries ?? [] {
            guard let prefix = ["stagectl-", "goog-"].first(where: entry.key.hasPrefix) else { continue }
            findings.append(
                Finding(
                    aboutKey: entry, path: "\(path).labels.\(entry.key)",
                    message:
                        "labels that begin with `\(prefix)` are set by \(prefix == "goog-" ? "Google" : "stagectl")",
                    hint: "take another name"))
        }
    }

    private mutating func checkNetwork() {
        if let direct = node.node(at: ["vpc", "direct"]), direct.isMapping, direct["network"] == nil,
            direct["subnetwork"] == nil
        {
            add(direct, "vpc.direct", "direct egress names a `network`, a `subnetwork` or both")
        }
        var seen: Set<String> = []
        for element in node["cloud_sql"]?.elements ?? [] {
            guard let name = element.text, !seen.insert(name).inserted else { continue }
            add(element, "cloud_sql", "\(name.quotedForMessage) is named twice")
        }
    }

    private mutating func add(_ node: ConfigurationNode, _ key: String, _ message: String, hint: String? = nil) {
        findings.append(Finding(about: node, path: "\(path).\(key)", message: message, hint: hint))
    }
}
