/// Where requests go, as one immutable value: the server computes it after every change and hands it to the ingress,
/// which swaps it as a whole. Requests under way keep what they started with.
package struct Routes: Hashable, Sendable {
    package struct Route: Hashable, Sendable {
        package var service: String
        /// Where the host or the port belongs to a tag.
        package var tag: String?
        /// Percentages that add up to 100; one entry for a tag.
        package var targets: [Target]
        /// Anybody may call; otherwise a token of the local issuer is wanted.
        package var isPublic: Bool
        /// Seconds until a request is cut off with 504.
        package var timeoutSeconds: Int

        package init(
            service: String, tag: String? = nil, targets: [Target], isPublic: Bool, timeoutSeconds: Int
        ) {
            self.service = service
            self.tag = tag
            self.targets = targets
            self.isPublic = isPublic
            self.timeoutSeconds = timeoutSeconds
        }
    }

    package struct Target: Hashable, Sendable {
        package var revision: String
        package var percent: Int
        /// A caller that was here before comes back here (`sessionAffinity` of the revision's template).
        package var keepsSessions: Bool
        /// Where the revision has its own; else the route's.
        package var timeoutSeconds: Int?

        package init(revision: String, percent: Int, keepsSessions: Bool = false, timeoutSeconds: Int? = nil) {
            self.revision = revision
            self.percent = percent
            self.keepsSessions = keepsSessions
            self.timeoutSeconds = timeoutSeconds
        }
    }

    /// By host name without port, lower case: `backend.localhost`, `c-abc123---backend.localhost`.
    package var hosts: [String: Route]
    /// By loopback port, for clients that cannot resolve `*.localhost`.
    package var ports: [Int: Route]

    package init(hosts: [String: Route] = [:], ports: [Int: Route] = [:]) {
        self.hosts = hosts
        self.ports = ports
    }
}
