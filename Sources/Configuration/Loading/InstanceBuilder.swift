/// The part of a service's settings that is about its instances: network, volumes, sidecars.
extension EnvironmentBuilder {
    static func addInstance(_ node: ConfigurationNode, of service: String, to settings: inout ContainerSettings) {
        settings.workingDirectory = node["working_dir"]?.text
        settings.usesHTTP2 = node["http2"]?.boolean
        settings.cpuIdle = node["cpu_idle"]?.boolean
        settings.startupCPUBoost = node["startup_cpu_boost"]?.boolean
        settings.gpu = node["gpu"].map { gpu in
            GPUSettings(
                type: gpu["type"]?.text ?? "", count: gpu["count"]?.integer ?? 1,
                zonalRedundancy: gpu["zonal_redundancy"]?.boolean)
        }
        settings.readinessProbe = node["probes"]?["readiness"].flatMap(probe)
        settings.executionEnvironment = node["execution_environment"]?.text
        settings.sessionAffinity = node["session_affinity"]?.boolean
        settings.labels = node["labels"].map(texts)
        settings.encryptionKey = node["encryption_key"]?.text
        settings.serviceMesh = node["service_mesh"]?.text
        settings.vpc = node["vpc"].flatMap(vpc)
        settings.cloudSQL = node["cloud_sql"]?.texts
        settings.volumes = node["volumes"]?.entries.compactMap { volume($0.key, $0.value) }
        settings.mounts = node["volumes"]?.entries.compactMap { mount(of: $0.key, $0.value["mount"]) }
        settings.sidecars = node["sidecars"]?.entries.map { sidecar($0.key, $0.value) }
        settings.startsAfter = node["starts_after"]?.texts
        // Several containers are told apart by their names.
        settings.name = node["container_name"]?.text ?? (settings.sidecars?.isEmpty == false ? service : nil)
    }

    static func texts(_ node: ConfigurationNode) -> [String: String] {
        Dictionary(node.entries.map { ($0.key, $0.value.scalar?.text ?? "") }, uniquingKeysWith: { _, last in last })
    }

    private static func vpc(_ node: ConfigurationNode) -> VPCAccess? {
        let egress = node["egress"]?.text.flatMap(VPCAccess.Egress.init(rawValue:))
        if let connector = node["connector"]?.text { return VPCAccess(way: .connector(connector), egress: egress) }
        return node["direct"].map { direct in
            VPCAccess(
                way: .direct(
                    DirectEgress(
                        network: direct["network"]?.text, subnetwork: direct["subnetwork"]?.text,
                        tags: direct["tags"]?.texts ?? [])), egress: egress)
        }
    }

    private static func volume(_ name: String, _ node: ConfigurationNode) -> Volume? {
        if let secret = node["secret"] { return Volume(name: name, kind: .secret(Self.secret(secret))) }
        if let directory = node["empty_dir"] {
            let medium = directory["medium"]?.text.flatMap(EmptyDirectory.Medium.init(rawValue:))
            return Volume(
                name: name,
                kind: .emptyDirectory(EmptyDirectory(medium: medium, sizeLimit: directory["size"]?.text)))
        }
        if let bucket = node["bucket"] {
            return Volume(
                name: name,
                kind: .bucket(
                    BucketVolume(
                        name: bucket.text ?? bucket["name"]?.text ?? "",
                        isReadOnly: bucket["read_only"]?.boolean ?? false,
                        mountOptions: bucket["mount_options"]?.texts ?? [])))
        }
        return node["nfs"].map { export in
            Volume(
                name: name,
                kind: .nfs(
                    NFSVolume(
                        server: export["server"]?.text ?? "", path: export["path"]?.text ?? "",
                        isReadOnly: export["read_only"]?.boolean ?? false)))
        }
    }

    private static func secret(_ node: ConfigurationNode) -> SecretVolume {
        let files = node["items"]?.entries.map { entry in
            SecretVolume.File(
                path: entry.key, version: entry.value.text ?? entry.value["version"]?.text ?? "latest",
                mode: entry.value["mode"]?.text.flatMap(StringRule.mode))
        }
        return SecretVolume(
            secret: node.text ?? node["name"]?.text ?? "", files: files ?? [],
            mode: node["mode"]?.text.flatMap(StringRule.mode))
    }

    private static func mount(of volume: String, _ node: ConfigurationNode?) -> VolumeMount? {
        (node?.text ?? node?["path"]?.text).map { path in
            VolumeMount(volume: volume, path: path, subPath: node?["sub_path"]?.text)
        }
    }

    private static func sidecar(_ name: String, _ node: ConfigurationNode) -> Sidecar {
        Sidecar(
            name: name, image: node["image"]?.text ?? "", command: node["command"]?.texts ?? [],
            arguments: node["args"]?.texts ?? [], workingDirectory: node["working_dir"]?.text,
            environment: node["env"]?.entries.map(variable) ?? [], cpu: node["cpu"]?.text,
            memory: node["memory"]?.text, startupCPUBoost: node["startup_cpu_boost"]?.boolean,
            startupProbe: node["probes"]?["startup"].flatMap(probe),
            livenessProbe: node["probes"]?["liveness"].flatMap(probe),
            readinessProbe: node["probes"]?["readiness"].flatMap(probe),
            mounts: node["mounts"]?.entries.compactMap { mount(of: $0.key, $0.value) } ?? [],
            dependsOn: node["depends_on"]?.texts ?? [])
    }
}
