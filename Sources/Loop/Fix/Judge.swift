package import Configuration

/// The part of a configuration that decides whether a release is good, as what it means and not as it is written: a fix
/// may change how a service runs, and not by what it is measured.
///
/// What a fix may change is listed; everything else judges, so that a key which is new tomorrow is protected.
package struct Judge: Codable, Hashable, Sendable {
    /// By name, `gates` or `services.backend.health`; values in one canonical text.
    package var parts: [String: String]
    /// Where each is written, as `FILE:LINE`.
    package var places: [String: String]

    package init(parts: [String: String] = [:], places: [String: String] = [:]) {
        self.parts = parts
        self.places = places
    }

    /// - Parameters:
    ///   - environment: before the names of its parts; nil for the environment of the loop.
    ///   - merged: its document, laid over what all environments share.
    package init(environment: String? = nil, merged: ConfigurationNode) {
        self.init()
        let prefix = environment.map { "\($0): " } ?? ""
        for entry in merged.entries where !Self.free.contains(entry.key) {
            guard entry.key == "services" else {
                add(prefix + entry.key, entry)
                continue
            }
            add(prefix + "services", text: entry.value.entries.map(\.key).sorted().joined(separator: " "), entry)
            for service in entry.value.entries {
                for setting in service.value.entries where !Self.freeOfService.contains(setting.key) {
                    add("\(prefix)services.\(service.key).\(setting.key)", setting)
                }
                for sidecar in service.value["sidecars"]?.entries ?? [] {
                    for image in sidecar.value.entries where image.key == "image" {
                        add("\(prefix)services.\(service.key).sidecars.\(sidecar.key).image", image)
                    }
                }
            }
        }
    }

    /// Of an environment: how images are built, and what is cleared away.
    static let free: Set<String> = ["cloud_build", "prune"]

    /// Of a service: what it is built from, and how it runs. Not here: health, identity, suites, traffic, strategy, hooks,
    /// regions, public_url, and whatever is added; who may come in and as whom it acts (public, ingress, service_account,
    /// name), since an answer of 403 is not mended by opening the door; and `image`, of a sidecar too, whose content no
    /// change shows.
    static let freeOfService: Set<String> = [
        "source", "port", "cpu", "memory", "concurrency", "timeout", "min_instances", "max_instances",
        "command", "args", "env", "probes", "depends_on", "prune",
        "migration", "volumes", "mounts", "sidecars", "cloud_sql", "vpc", "gpu", "labels", "http2", "cpu_idle",
        "startup_cpu_boost", "execution_environment", "session_affinity", "working_dir", "encryption_key",
        "service_mesh", "starts_after",
    ]

    private mutating func add(_ name: String, _ entry: ConfigurationEntry) {
        add(name, text: Self.text(of: entry.value), entry)
    }

    private mutating func add(_ name: String, text: String, _ entry: ConfigurationEntry) {
        parts[name] = text
        places[name] = "\(entry.keyPosition.file):\(entry.keyPosition.line)"
    }

    /// Keys sorted, lists in order: `60s` written with quotes is the same.
    private static func text(of node: ConfigurationNode) -> String {
        switch node.content {
        case .mapping(let entries):
            "{"
                + entries.sorted { $0.key < $1.key }.map { "\($0.key.debugDescription):\(text(of: $0.value))" }
                .joined(separator: ",") + "}"
        case .sequence(let elements): "[" + elements.map(text).joined(separator: ",") + "]"
        case .scalar: (node.text ?? "null").debugDescription
        }
    }

    package mutating func merge(_ other: Judge) {
        parts.merge(other.parts) { _, new in new }
        places.merge(other.places) { _, new in new }
    }

    /// What `later` has changed, one refusal for each part.
    package func refusals(against later: Judge) -> [FixRefusal] {
        Set(parts.keys).union(later.parts.keys).sorted().compactMap { name in
            guard parts[name] != later.parts[name] else { return nil }
            let what = parts[name] == nil ? "was added" : later.parts[name] == nil ? "was taken away" : "was changed"
            let place = (later.places[name] ?? places[name] ?? "").split(separator: ":")
            let line = place.count > 1 ? place.last.flatMap { Int($0) } : nil
            let path = place.isEmpty ? nil : place.dropLast(line == nil ? 0 : 1).joined(separator: ":")
            return FixRefusal(.judge, path, line: line, "`\(name)` \(what): it judges the fix")
        }
    }
}
