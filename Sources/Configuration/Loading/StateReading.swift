/// The key `state` of an environment.
enum StateReading {
    static func settings(_ node: ConfigurationNode?) -> StateSettings? {
        guard let node else { return nil }
        let backend = node["backend"]?.text.flatMap { StateSettings.Backend(rawValue: $0) } ?? .sqlite
        return StateSettings(backend: backend, bucket: node["bucket"]?.text, prefix: node["prefix"]?.text)
    }

    /// A bucket belongs to the backend that has one.
    static func findings(in root: ConfigurationNode) -> [Finding] {
        guard let node = root["state"], node.isMapping, let backend = node["backend"]?.text else { return [] }
        if backend == StateSettings.Backend.gcs.rawValue, node["bucket"] == nil {
            return [
                Finding(
                    at: node.position, path: "state", message: "backend `gcs` needs a `bucket`",
                    hint: "bucket: NAME, one that exists: stagectl doctor looks whether it does", length: 1)
            ]
        }
        guard backend == StateSettings.Backend.sqlite.rawValue else { return [] }
        return ["bucket", "prefix"].compactMap { key in
            node[key].map {
                Finding(
                    at: $0.position, path: "state.\(key)", message: "backend `sqlite` has no `\(key)`",
                    hint: "backend: gcs, or leave out `\(key)`", length: 1)
            }
        }
    }
}
