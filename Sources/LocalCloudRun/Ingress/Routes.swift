/// Where requests go, as one immutable value: the server computes it after every change and hands it to the ingress,
/// which swaps it as a whole. Requests under way keep what they started with.
package struct Routes: Hashable, Sendable {
    package struct Route: Hashable, Sendable {
        package var service: String
        /// Percentages that add up to 100; one entry for a tag.
        package var targets: [Target]
        /// Anybody may call; otherwise a token of the local issuer is wanted.
        package var isPublic: Bool
        /// Seconds until a request is cut off with 504.
        package var timeoutSeconds: Int

        package init(service: String, targets: [Target], isPublic: Bool, timeoutSeconds: Int) {
            self.service = service
            self.targets = targets
            self.isPublic = isPublic
            self.timeoutSeconds = timeoutSeconds
        }
    }

    package struct Target: Hashable, Sendable {
        package var revision: String
        package var percent: Int

        package init(revision: String, percent: Int) {
            self.revision = revision
            self.percent = percent
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

/// Gives the ingress an instance of a revision, starting one when none runs (a cold start).
package protocol InstanceSource: Sendable {
    /// Where to connect. The caller calls `finished` exactly once, when the request has ended.
    func instance(of revision: String) async throws(InstanceUnavailable) -> (host: String, port: Int)

    func finished(revision: String, host: String, port: Int)

    /// Whether this bearer token (without `Bearer `) may call the service.
    func accepts(token: String, service: String) -> Bool

    /// One request that has ended, for the request log.
    func log(_ request: RequestRecord)
}

/// No instance could be had: what Cloud Run answers, with its own text.
package struct InstanceUnavailable: Error, Hashable, Sendable {
    /// 429, 500 or 503.
    package var status: Int
    package var message: String

    package init(status: Int, message: String) {
        self.status = status
        self.message = message
    }
}

package struct RequestRecord: Hashable, Sendable {
    package var service: String
    package var revision: String?
    package var method: String
    package var url: String
    package var status: Int
    package var milliseconds: Double
    package var remoteAddress: String
    package var traceparent: String?

    package init(
        service: String, revision: String?, method: String, url: String, status: Int, milliseconds: Double,
        remoteAddress: String, traceparent: String?
    ) {
        self.service = service
        self.revision = revision
        self.method = method
        self.url = url
        self.status = status
        self.milliseconds = milliseconds
        self.remoteAddress = remoteAddress
        self.traceparent = traceparent
    }
}
