/// Rules between the parts of a probe.
enum ProbeChecks {
    /// All probes of one container; `path` is its own. A sidecar has no port that a probe could take as its default.
    static func findings(of container: ConfigurationNode, path: String, isSidecar: Bool) -> [Finding] {
        let probes = ["startup", "liveness", "readiness"].compactMap { name in
            container.node(at: ["probes", name]).map { (name, $0) }
        }
        return probes.filter { $1.isMapping }.flatMap { name, node in
            let path = "\(path).probes.\(name)"
            return kindFindings(node, path, name) + timeFindings(node, path, budget: name == "startup" ? 240 : nil)
                + (isSidecar ? portFindings(node, path) : [])
        }
    }

    private static func kindFindings(_ node: ConfigurationNode, _ path: String, _ name: String) -> [Finding] {
        var findings: [Finding] = []
        for kind in ["tcp", "grpc"] {
            guard let written = node[kind], written.boolean == false else { continue }
            findings.append(
                Finding(
                    about: written, path: "\(path).\(kind)", message: "`\(kind): false` says nothing",
                    hint: "write `\(kind): true`, or leave the probe out"))
        }
        if name == "readiness", let written = node["tcp"] {
            findings.append(
                Finding(
                    about: written, path: "\(path).tcp",
                    message: "a readiness probe asks by `http` or `grpc`, Cloud Run has no other"))
        }
        for (key, kind) in [("headers", "http"), ("service", "grpc")] where node[kind] == nil {
            guard let written = node[key] else { continue }
            findings.append(
                Finding(about: written, path: "\(path).\(key)", message: "`\(key)` is for `\(kind)` probes alone"))
        }
        return findings
    }

    private static func timeFindings(_ node: ConfigurationNode, _ path: String, budget: Int?) -> [Finding] {
        var findings: [Finding] = []
        // Cloud Run's defaults, where the file is silent.
        let period = node["period"]?.milliseconds ?? 10_000
        let timeout = node["timeout"]?.milliseconds ?? 1000
        let threshold = node["failure_threshold"]?.integer ?? 3
        // What is out of its own range is told there, and too large a number cannot be multiplied.
        guard (0...3_600_000).contains(period), (1...1000).contains(threshold) else { return [] }
        if timeout > period {
            findings.append(
                Finding(
                    about: node["timeout"] ?? node, path: "\(path).timeout",
                    message: "`timeout` (\(DurationText.spelled(milliseconds: timeout))) is longer than `period` "
                        + "(\(DurationText.spelled(milliseconds: period)))"))
        }
        if let budget, period * threshold > budget * 1000 {
            findings.append(
                Finding(
                    about: node["failure_threshold"] ?? node["period"] ?? node, path: path,
                    message: "the startup probe may take \(period * threshold / 1000)s "
                        + "(`period` × `failure_threshold`), but Cloud Run allows \(budget)s",
                    hint: "failure_threshold: \(max(1, budget * 1000 / max(1, period)))"))
        }
        return findings
    }

    private static func portFindings(_ node: ConfigurationNode, _ path: String) -> [Finding] {
        guard node["port"] == nil else { return [] }
        return [
            Finding(
                about: node, path: path, message: "a sidecar's probe says which `port` it asks",
                hint: "the service's own port belongs to its own container")
        ]
    }
}
