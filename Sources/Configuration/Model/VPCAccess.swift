/// How instances reach a VPC network.
package struct VPCAccess: Codable, Hashable, Sendable {
    package enum Way: Codable, Hashable, Sendable {
        /// A Serverless VPC Access connector: its name, or `projects/P/locations/L/connectors/NAME`.
        case connector(String)
        /// Addresses of the network itself.
        case direct(DirectEgress)
    }

    package enum Egress: String, Codable, Hashable, Sendable, CaseIterable {
        case allTraffic = "all-traffic"
        case privateRangesOnly = "private-ranges-only"
    }

    package var way: Way
    /// Nil for private ranges only.
    package var egress: Egress?

    package init(way: Way, egress: Egress? = nil) {
        self.way = way
        self.egress = egress
    }
}

/// Direct VPC egress; network or subnetwork is there.
package struct DirectEgress: Codable, Hashable, Sendable {
    package var network: String?
    package var subnetwork: String?
    package var tags: [String]

    package init(network: String? = nil, subnetwork: String? = nil, tags: [String] = []) {
        self.network = network
        self.subnetwork = subnetwork
        self.tags = tags
    }
}

/// The parts of a resource's name such as `projects/p/locations/l/connectors/c`; a short name is in the service's own
/// project and region.
package struct NetworkResourceName: Hashable, Sendable {
    package var project: String?
    /// Region of a connector or a subnetwork; nil for what is global.
    package var region: String?
    package var name: String

    package init(_ text: String) {
        var members: [String: String] = [:]
        let parts = text.split(separator: "/").map(String.init)
        for index in stride(from: 0, to: parts.count - 1, by: 2) where parts.count > 1 {
            members[parts[index]] = parts[index + 1]
        }
        project = members["projects"]
        region = members["locations"] ?? members["regions"]
        name = parts.last ?? text
    }
}
