/// Gives the ingress an instance of a revision, starting one when none runs (a cold start).
package protocol InstanceSource: Sendable {
    /// An instance with room, without waiting; nil means that `instance(of:preferring:)` has to be asked. Calls that
    /// give nil change nothing.
    func readyInstance(of revision: String, preferring instance: String?) -> InstanceLease?

    /// Waits for an instance with room, as long as Cloud Run would hold the request. `preferring` names the instance
    /// that served the same caller before (session affinity, best effort).
    func instance(of revision: String, preferring instance: String?) async throws(InstanceUnavailable) -> InstanceLease

    /// Gives back what either of the two gave; called exactly once for each, when the request has ended.
    func finished(_ lease: InstanceLease)

    /// Whether this bearer token (without `Bearer `) may call the service.
    func accepts(token: String, service: String) -> Bool

    /// One request that has ended, for the request log.
    func log(_ request: RequestRecord)
}

/// One request's place in an instance, and where to connect.
package struct InstanceLease: Hashable, Sendable {
    /// Full resource name.
    package var revision: String
    /// Unique within the server: an address may belong to another instance later, this name never.
    package var instance: String
    package var host: String
    package var port: Int
    /// The container's port is named `h2c`: it expects HTTP/2 without TLS.
    package var usesHTTP2: Bool

    package init(revision: String, instance: String, host: String, port: Int, usesHTTP2: Bool = false) {
        self.revision = revision
        self.instance = instance
        self.host = host
        self.port = port
        self.usesHTTP2 = usesHTTP2
    }
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
