import JSON

/// The lines about network, volumes and sidecars.
extension ServiceImport {
    static func instance(_ settings: ContainerSettings, of service: String) -> [String] {
        var lines: [String] = []
        func add(_ key: String, _ value: String?) {
            if let value { lines.append("\(key): \(value)") }
        }
        add("working_dir", settings.workingDirectory.map(text))
        add("http2", settings.usesHTTP2.map(word))
        add("cpu_idle", settings.cpuIdle.map(word))
        add("startup_cpu_boost", settings.startupCPUBoost.map(word))
        add("gpu", settings.gpu.map(gpu))
        add("execution_environment", settings.executionEnvironment)
        add("session_affinity", settings.sessionAffinity.map(word))
        add("labels", settings.labels.map(map))
        add("encryption_key", settings.encryptionKey.map(text))
        add("service_mesh", settings.serviceMesh.map(text))
        add("vpc", settings.vpc.map(vpc))
        add("cloud_sql", settings.cloudSQL.flatMap(list))
        if let volumes = settings.volumes {
            lines.append("volumes:")
            lines += volumes.map { volume in
                "  \(text(volume.name)): \(Self.volume(volume, settings.mounts?.first { $0.volume == volume.name }))"
            }
        }
        if settings.name != service { add("container_name", settings.name.map(text)) }
        add("starts_after", settings.startsAfter.flatMap(list))
        if let sidecars = settings.sidecars {
            lines.append("sidecars:")
            for sidecar in sidecars {
                lines.append("  \(text(sidecar.name)):")
                lines += Self.lines(of: sidecar).map { "    " + $0 }
            }
        }
        return lines
    }

    private static func lines(of sidecar: Sidecar) -> [String] {
        var lines = ["image: \(text(sidecar.image))"]
        func add(_ key: String, _ value: String?) {
            if let value { lines.append("\(key): \(value)") }
        }
        add("command", list(sidecar.command))
        add("args", list(sidecar.arguments))
        add("working_dir", sidecar.workingDirectory.map(text))
        add("cpu", sidecar.cpu.map(text))
        add("memory", sidecar.memory)
        add("startup_cpu_boost", sidecar.startupCPUBoost.map(word))
        lines += variables(sidecar.environment)
        lines += probes(sidecar.startupProbe, sidecar.livenessProbe, sidecar.readinessProbe)
        if !sidecar.mounts.isEmpty {
            add(
                "mounts",
                flow(sidecar.mounts.map { (text($0.volume), mount($0)) }))
        }
        add("depends_on", list(sidecar.dependsOn))
        return lines
    }

    private static func gpu(_ gpu: GPUSettings) -> String {
        var parts = [("type", text(gpu.type)), ("count", "\(gpu.count)")]
        if let redundant = gpu.zonalRedundancy { parts.append(("zonal_redundancy", word(redundant))) }
        return flow(parts)
    }

    private static func vpc(_ vpc: VPCAccess) -> String {
        var parts: [(String, String)] = []
        switch vpc.way {
        case .connector(let name): parts.append(("connector", text(name)))
        case .direct(let direct):
            var members = [("network", direct.network), ("subnetwork", direct.subnetwork)].compactMap { key, value in
                value.map { (key, text($0)) }
            }
            if let tags = list(direct.tags) { members.append(("tags", tags)) }
            parts.append(("direct", flow(members)))
        }
        if let egress = vpc.egress { parts.append(("egress", egress.rawValue)) }
        return flow(parts)
    }

    private static func volume(_ volume: Volume, _ own: VolumeMount?) -> String {
        var parts: [(String, String)] = []
        switch volume.kind {
        case .secret(let secret):
            var members = [("name", text(secret.secret))]
            let items = secret.files.map { file in
                let version = JSONValue.string(file.version).serialized()
                let whole = file.mode.map { flow([("version", version), ("mode", mode($0))]) }
                return (JSONValue.string(file.path).serialized(), whole ?? version)
            }
            if !items.isEmpty { members.append(("items", flow(items))) }
            if let bits = secret.mode { members.append(("mode", mode(bits))) }
            parts.append(("secret", flow(members)))
        case .emptyDirectory(let directory):
            let members = [("medium", directory.medium?.rawValue), ("size", directory.sizeLimit)]
            parts.append(("empty_dir", flow(members.compactMap { key, value in value.map { (key, $0) } })))
        case .bucket(let bucket):
            var members = [("name", text(bucket.name))]
            if bucket.isReadOnly { members.append(("read_only", "true")) }
            if let options = list(bucket.mountOptions) { members.append(("mount_options", options)) }
            parts.append(("bucket", flow(members)))
        case .nfs(let export):
            var members = [("server", text(export.server)), ("path", text(export.path))]
            if export.isReadOnly { members.append(("read_only", "true")) }
            parts.append(("nfs", flow(members)))
        }
        if let own { parts.append(("mount", mount(own))) }
        return flow(parts)
    }

    private static func mount(_ mount: VolumeMount) -> String {
        mount.subPath.map { flow([("path", text(mount.path)), ("sub_path", text($0))]) } ?? text(mount.path)
    }

    private static func mode(_ bits: Int) -> String {
        let digits = String(bits, radix: 8)
        return "\"" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits + "\""
    }

    static func map(_ values: [String: String]) -> String {
        flow(values.sorted { $0.key < $1.key }.map { (text($0), text($1)) })
    }

    private static func flow(_ members: [(String, String)]) -> String {
        members.isEmpty ? "{}" : "{ " + members.map { "\($0): \($1)" }.joined(separator: ", ") + " }"
    }

    /// In double quotes: inside braces, plain texts end at commas.
    private static func text(_ text: String) -> String { JSONValue.string(text).serialized() }

    private static func word(_ value: Bool) -> String { value ? "true" : "false" }
}
