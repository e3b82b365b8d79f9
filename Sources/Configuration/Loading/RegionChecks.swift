/// Rules about where services are.
struct RegionChecks {
    let environment: Environment
    private(set) var findings: [Finding] = []

    static func findings(in root: ConfigurationNode, environment: Environment) -> [Finding] {
        var checks = RegionChecks(environment: environment)
        checks.checkNamedOnce(root["regions"], "regions")
        checks.checkRollout(root["region_rollback"])
        for service in environment.services {
            guard let node = root.node(at: ["services", service.name]), node.isMapping else { continue }
            checks.check(service, node, "services.\(service.name)")
        }
        return checks.findings
    }

    /// Where all regions move at the same time, none is finished before another one fails.
    private mutating func checkRollout(_ node: ConfigurationNode?) {
        guard let node, let rollout = environment.regionRollout, rollout.rollback == .unfinished,
            rollout.order != .sequential
        else { return }
        add(
            node, "region_rollback", "`unfinished` regions are there only where they are released one after the other",
            hint: "add `region_order: sequential`")
    }

    private mutating func check(_ service: Service, _ node: ConfigurationNode, _ path: String) {
        checkNamedOnce(node["regions"], "\(path).regions")
        for element in node["regions"]?.elements ?? [] {
            guard let region = element.text, StringRule.region.allows(region), !environment.regions.contains(region)
            else { continue }
            add(
                element, "\(path).regions", "\(region.quotedForMessage) is not a region of this environment",
                hint: NearestName.hint(for: region, in: environment.regions))
        }
        let sidecars = (node["sidecars"]?.entries ?? []).map { ("\(path).sidecars.\($0.key).env", $0.value["env"]) }
        for (path, variables) in [("\(path).env", node["env"])] + sidecars {
            for entry in variables?.entries ?? [] { checkReferences(in: entry, service, path) }
        }
        checkNetwork(service, node["vpc"], "\(path).vpc")
    }

    private mutating func checkReferences(in entry: ConfigurationEntry, _ service: Service, _ path: String) {
        guard let text = entry.value.scalar?.text else { return }
        for case .reference(let reference) in ReferenceText.parts(of: text) {
            guard let name = ReferenceText.service(of: reference.name), let other = environment.service(name)
            else { continue }
            let there = environment.regions(of: other)
            let missing = environment.regions(of: service).filter { !there.contains($0) }
            guard !missing.isEmpty else { continue }
            let all = environment.regions.filter { there.contains($0) || missing.contains($0) }
            add(
                entry.value, "\(path).\(entry.key)",
                "`\(name)` is not in \(missing.joined(separator: ", ")), so it has no URL there",
                hint: "`regions: [\(all.joined(separator: ", "))]` below `\(name)`, or fewer below `\(service.name)`")
        }
    }

    /// A connector or a subnetwork serves its own region alone (cloud.google.com/run/docs/configuring/connecting-vpc).
    private mutating func checkNetwork(_ service: Service, _ vpc: ConfigurationNode?, _ path: String) {
        for (keys, rule, what) in [
            (["connector"], StringRule.connector, "connector"),
            (["direct", "subnetwork"], .subnetwork, "subnetwork"),
        ] {
            guard let written = vpc?.node(at: keys), let text = written.text, rule.allows(text),
                let region = NetworkResourceName(text).region
            else { continue }
            let others = environment.regions(of: service).filter { $0 != region }
            guard !others.isEmpty else { continue }
            add(
                written, "\(path).\(keys.joined(separator: "."))",
                "the \(what) is in `\(region)`, but `\(service.name)` is in \(others.joined(separator: ", "))",
                hint: "its name alone means the one of that name in the service's own region")
        }
    }

    private mutating func checkNamedOnce(_ list: ConfigurationNode?, _ path: String) {
        var seen: Set<String> = []
        for element in list?.elements ?? [] {
            guard let region = element.text, !seen.insert(region).inserted else { continue }
            add(element, path, "\(region.quotedForMessage) is named twice")
        }
    }

    private mutating func add(_ node: ConfigurationNode, _ path: String, _ message: String, hint: String? = nil) {
        findings.append(Finding(about: node, path: path, message: message, hint: hint))
    }
}
