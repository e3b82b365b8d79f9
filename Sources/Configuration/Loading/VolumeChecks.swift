/// Rules about volumes and where they are mounted.
struct VolumeChecks {
    let settings: ContainerSettings
    let node: ConfigurationNode
    /// `services.NAME`.
    let path: String
    private(set) var findings: [Finding] = []

    static func findings(of settings: ContainerSettings, node: ConfigurationNode, path: String) -> [Finding] {
        var checks = VolumeChecks(settings: settings, node: node, path: path)
        checks.checkVolumes()
        checks.checkMounts()
        return checks.findings
    }

    init(settings: ContainerSettings, node: ConfigurationNode, path: String) {
        self.settings = settings
        self.node = node
        self.path = path
    }

    private var hasDatabases: Bool { settings.cloudSQL?.isEmpty == false }
    private var volumes: [ConfigurationEntry] { node["volumes"]?.entries ?? [] }
    private var sidecars: [ConfigurationEntry] { node["sidecars"]?.entries ?? [] }

    private mutating func checkVolumes() {
        for entry in volumes {
            let path = "\(path).volumes.\(entry.key)"
            if hasDatabases, entry.key == ContainerSettings.cloudSQLVolume {
                findings.append(
                    Finding(
                        aboutKey: entry, path: path, message: "`\(entry.key)` is the volume that `cloud_sql` makes",
                        hint: "take another name"))
            }
            let isMounted =
                entry.value["mount"] != nil || sidecars.contains { $0.value["mounts"]?[entry.key] != nil }
            if entry.value.isMapping, !isMounted {
                findings.append(
                    Finding(
                        aboutKey: entry, path: path, message: "volume `\(entry.key)` is mounted nowhere",
                        hint: "say where: `mount: /PATH`, or below `mounts` of a sidecar"))
            }
            for item in entry.value.node(at: ["secret", "items"])?.entries ?? [] {
                let written = item.value["version"] ?? item.value
                guard let text = written.text, !StringRule.secretVersion.allows(text) else { continue }
                add(
                    written, "\(path).secret.items.\(item.key)",
                    "the version is \(text.quotedForMessage), expected \(StringRule.secretVersion.expectation)")
            }
        }
    }

    private mutating func checkMounts() {
        let own = volumes.compactMap { entry in entry.value["mount"].map { (entry.key, $0) } }
        check(own, "\(path).volumes", suffix: ".mount", isOwn: true)
        for sidecar in sidecars {
            let place = "\(path).sidecars.\(sidecar.key).mounts"
            let entries = sidecar.value["mounts"]?.entries ?? []
            check(entries.map { ($0.key, $0.value) }, place, suffix: "", isOwn: false)
            let known = volumes.map(\.key) + (hasDatabases ? [ContainerSettings.cloudSQLVolume] : [])
            for entry in entries where !known.contains(entry.key) {
                findings.append(
                    Finding(
                        aboutKey: entry, path: "\(place).\(entry.key)",
                        message: "unknown volume \(entry.key.quotedForMessage)",
                        hint: NearestName.hint(for: entry.key, in: known)))
            }
        }
    }

    /// The mounts of one container.
    private mutating func check(
        _ mounts: [(volume: String, node: ConfigurationNode)], _ place: String, suffix: String, isOwn: Bool
    ) {
        var taken: [String: String] = [:]
        if isOwn, hasDatabases { taken[ContainerSettings.cloudSQLPath] = "cloud_sql" }
        for (volume, mount) in mounts {
            let place = "\(place).\(volume)\(suffix)"
            guard let written = mount.isMapping ? mount["path"] : mount, let path = written.text else { continue }
            if let other = taken[path] {
                add(written, place, "\(path.quotedForMessage) is where `\(other)` is mounted already")
            }
            taken[path] = volume
            if !isOwn, volume == ContainerSettings.cloudSQLVolume, hasDatabases, path != ContainerSettings.cloudSQLPath
            {
                add(
                    written, place, "Cloud SQL's sockets are always at `\(ContainerSettings.cloudSQLPath)`",
                    hint: "\(volume): \(ContainerSettings.cloudSQLPath)")
            }
            if let part = mount["sub_path"], isSecret(volume) {
                add(part, "\(place).sub_path", "a part of a secret cannot be mounted; name its files in `items`")
            }
        }
    }

    private func isSecret(_ name: String) -> Bool {
        volumes.contains { $0.key == name && $0.value["secret"] != nil }
    }

    private mutating func add(_ node: ConfigurationNode, _ path: String, _ message: String, hint: String? = nil) {
        findings.append(Finding(about: node, path: path, message: message, hint: hint))
    }
}
