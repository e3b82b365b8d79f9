/// Where the local Cloud Run keeps its state, where it listens, and how it behaves.
package struct LocalServerSettings: Sendable {
    /// Absolute path; made when it is missing.
    package var stateFolder: String
    /// 0 takes a free one.
    package var apiPort: Int
    package var ingressPort: Int
    package var runtime: any Runtime
    package var version: String
    /// Cuts longer startup budgets; nil leaves Cloud Run's (240 s when no probe is configured).
    package var startupLimit: Duration?
    /// How long an instance without traffic, tag and requests lives on.
    package var idleTimeout: Duration
    /// Whether a PATCH with a stale etag is refused.
    package var enforcesEtags: Bool

    package init(
        stateFolder: String, apiPort: Int, ingressPort: Int, runtime: any Runtime, version: String,
        startupLimit: Duration? = nil, idleTimeout: Duration = .seconds(5), enforcesEtags: Bool = true
    ) {
        self.stateFolder = stateFolder
        self.apiPort = apiPort
        self.ingressPort = ingressPort
        self.runtime = runtime
        self.version = version
        self.startupLimit = startupLimit
        self.idleTimeout = idleTimeout
        self.enforcesEtags = enforcesEtags
    }
}
