/// `strategy` of a service: the model, and what no single value can show.
enum StrategyReading {
    /// Nil where the file is silent.
    static func strategy(_ node: ConfigurationNode?) -> StrategySettings? {
        guard let node, let kind = StrategySettings.Kind(rawValue: node["kind"]?.text ?? node.text ?? "") else {
            return nil
        }
        var settings = StrategySettings(kind: kind, analysis: analysis(node["analysis"]))
        if let steps = node["steps"]?.elements {
            settings.steps = steps.compactMap { step in
                step["percent"]?.percent.map {
                    StrategySettings.Step(percent: $0, pauseSeconds: (step["pause"]?.milliseconds ?? 0) / 1000)
                }
            }
        }
        settings.keepSeconds = node["keep"]?.milliseconds.map { $0 / 1000 } ?? settings.keepSeconds
        settings.drainSeconds = node["drain"]?.milliseconds.map { $0 / 1000 } ?? settings.drainSeconds
        return settings
    }

    private static func analysis(_ node: ConfigurationNode?) -> AnalysisSettings {
        let usual = AnalysisSettings()
        var settings = AnalysisSettings(
            profile: node?["profile"]?.text.flatMap(AnalysisProfile.init) ?? usual.profile,
            paths: node?["paths"]?.texts, pairsPerSecond: node?["pairs_per_second"]?.integer ?? usual.pairsPerSecond,
            latencyTolerance: node?["judge_latency"]?.boolean == false
                ? nil : node?["latency"]?.percent ?? usual.latencyTolerance,
            slowMilliseconds: node?["slow"]?.milliseconds,
            timeoutMilliseconds: node?["timeout"]?.milliseconds ?? usual.timeoutMilliseconds,
            inconclusive: node?["inconclusive"]?.text.flatMap(AnalysisSettings.Inconclusive.init) ?? usual.inconclusive)
        settings.monitoring = node?["monitoring"]?.boolean
        return settings
    }

    static func findings(in service: ConfigurationNode, path: String) -> [Finding] {
        guard let node = service["strategy"], node.isMapping else { return [] }
        var findings: [Finding] = []
        func add(_ node: ConfigurationNode, _ key: String, _ message: String, hint: String? = nil) {
            findings.append(Finding(about: node, path: "\(path).strategy.\(key)", message: message, hint: hint))
        }
        let kind = StrategySettings.Kind(rawValue: node["kind"]?.text ?? "")
        let steps = node["steps"]?.elements ?? []
        for (one, next) in zip(steps, steps.dropFirst()) {
            if let lower = one["percent"]?.percent, let higher = next["percent"]?.percent, higher <= lower {
                add(next, "steps", "traffic goes from \(lower) to \(higher), but steps must rise")
            }
        }
        for key in ["steps", "analysis"] where kind != .canary {
            if let written = node[key] {
                add(written, key, "`\(key)` belongs to a canary", hint: "kind: canary, or leave it out")
            }
        }
        if kind != .blueGreen, let written = node["keep"] {
            add(written, "keep", "`keep` belongs to blue-green", hint: "kind: blue-green, or leave it out")
        }
        if let written = service.node(at: ["traffic", "steps"]), kind != .allAtOnce {
            findings.append(
                Finding(
                    about: written, path: "\(path).traffic.steps",
                    message: "`traffic.steps` and `strategy` both say how traffic moves",
                    hint: "leave out one of the two"))
        }
        for element in node.node(at: ["analysis", "paths"])?.elements ?? [] {
            guard let text = element.text, let reason = ReservedPath.reason(text) else { continue }
            add(element, "analysis.paths", "\(text.quotedForMessage): \(reason)", hint: "take another path")
        }
        return findings
    }
}
