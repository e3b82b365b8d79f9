package import Configuration

/// A part of a VPC network that a new revision sends its requests through.
package enum NetworkUse: Hashable, Sendable {
    case connector(project: String, region: String, name: String)
    case network(project: String, name: String)
    /// `network` is the one that it has to belong to, where that is said.
    case subnetwork(project: String, region: String, name: String, network: String?)

    /// Of one service; short names are in its own project and region.
    package static func of(_ settings: ContainerSettings, at service: ServiceIdentity) -> [NetworkUse] {
        switch settings.vpc?.way {
        case nil: return []
        case .connector(let text)?:
            let name = NetworkResourceName(text)
            return [
                .connector(
                    project: name.project ?? service.project, region: name.region ?? service.region, name: name.name)
            ]
        case .direct(let direct)?:
            let network = direct.network.map(NetworkResourceName.init)
            let networks = [network].compactMap(\.self).map {
                NetworkUse.network(project: $0.project ?? service.project, name: $0.name)
            }
            // Without one Cloud Run takes the subnetwork that is called like the network (v2 `NetworkInterface`).
            guard let subnetwork = (direct.subnetwork ?? network?.name).map(NetworkResourceName.init) else { return [] }
            return networks + [
                .subnetwork(
                    project: subnetwork.project ?? (direct.subnetwork == nil ? network?.project : nil)
                        ?? service.project,
                    region: subnetwork.region ?? service.region, name: subnetwork.name, network: network?.name)
            ]
        }
    }

    package var project: String {
        switch self {
        case .connector(let project, _, _), .network(let project, _), .subnetwork(let project, _, _, _): project
        }
    }

    package var isConnector: Bool {
        if case .connector = self { true } else { false }
    }

    private var id: String {
        switch self {
        case .connector(_, let region, let name): "connector:\(region)/\(name)"
        case .network(_, let name): "network:\(name)"
        case .subnetwork(_, let region, let name, _): "subnetwork:\(region)/\(name)"
        }
    }

    private var words: String {
        switch self {
        case .connector(let project, let region, let name): "connector `\(name)` in `\(region)` of project `\(project)`"
        case .network(let project, let name): "network `\(name)` of project `\(project)`"
        case .subnetwork(let project, let region, let name, _):
            "subnetwork `\(name)` in `\(region)` of project `\(project)`"
        }
    }

    package func finding(_ facts: Inspected<NetworkFacts>) -> PreflightFinding {
        switch facts {
        case .found(let facts): return finding(facts)
        case .missing:
            return PreflightFinding(
                id, .problem, .configuration, what: "\(words) does not exist",
                why: "Cloud Run refuses a revision whose network it cannot reach", command: creation)
        case .undetermined(let obstacle):
            return PreflightFinding(
                id, .unknown, .configuration, what: "whether \(words) exists is not known", why: obstacle.words)
        }
    }

    private func finding(_ facts: NetworkFacts) -> PreflightFinding {
        switch self {
        case .network: break
        case .connector where facts.state == "READY":
            return PreflightFinding(id, .ok, .configuration, what: "\(words) is ready")
        case .connector:
            guard let state = facts.state else {
                return PreflightFinding(id, .unknown, .configuration, what: "the state of \(words) is not known")
            }
            // It goes on working while its settings change (Serverless VPC Access, `Connector.state`).
            let works = state == "UPDATING"
            return PreflightFinding(
                id, works ? .warning : .problem, .configuration, what: "\(words) is not ready",
                why: "its state is `\(state)`" + (works ? "" : ", and Cloud Run refuses a revision that uses it"),
                command: look)
        case .subnetwork(_, _, _, let wanted):
            guard let wanted, let own = facts.network, own != wanted else { break }
            return PreflightFinding(
                id, .problem, .configuration, what: "\(words) is no part of network `\(wanted)`",
                why: "it belongs to `\(own)`", command: look)
        }
        return PreflightFinding(id, .ok, .configuration, what: "\(words) exists")
    }

    private var creation: String {
        switch self {
        case .connector(let project, let region, let name):
            ShellWord.line([
                "gcloud", "compute", "networks", "vpc-access", "connectors", "create", name, "--region", region,
                "--project", project, "--network", "default", "--range", "10.8.0.0/28",
            ])
        case .network(let project, let name):
            ShellWord.line([
                "gcloud", "compute", "networks", "create", name, "--project", project, "--subnet-mode", "auto",
            ])
        case .subnetwork(let project, let region, let name, let network):
            // Direct VPC egress wants a /26 at least (cloud.google.com/run/docs/configuring/vpc-direct-vpc).
            ShellWord.line([
                "gcloud", "compute", "networks", "subnets", "create", name, "--network", network ?? "default",
                "--region", region, "--project", project, "--range", "10.9.0.0/24",
            ])
        }
    }

    private var look: String {
        switch self {
        case .connector(let project, let region, let name):
            ShellWord.line([
                "gcloud", "compute", "networks", "vpc-access", "connectors", "describe", name, "--region", region,
                "--project", project,
            ])
        case .network(let project, _):
            ShellWord.line(["gcloud", "compute", "networks", "list", "--project", project])
        case .subnetwork(let project, let region, _, let network):
            ShellWord.line(
                ["gcloud", "compute", "networks", "subnets", "list", "--project", project, "--regions", region]
                    + (network.map { ["--network", $0] } ?? []))
        }
    }
}

/// What was seen of a part of a network.
package struct NetworkFacts: Hashable, Sendable {
    /// In the API's word, where the part has one: `READY`.
    package var state: String?
    /// The network that a subnetwork belongs to, by its short name.
    package var network: String?

    package init(state: String? = nil, network: String? = nil) {
        self.state = state
        self.network = network
    }
}
