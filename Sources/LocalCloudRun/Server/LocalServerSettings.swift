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
    /// How long an instance beyond what is wanted lives on without requests.
    package var idleTimeout: Duration
    /// How long a revision with traffic or a tag keeps its last instance without requests.
    package var scaleToZero: Duration
    /// Whether a PATCH with a stale etag is refused.
    package var enforcesEtags: Bool
    /// Faults from the start on (`Faults/FaultPlan+Reading`); nil takes `faults.json` of the state folder, where there
    /// is one.
    package var faultsFile: String?

    package init(
        stateFolder: String, apiPort: Int, ingressPort: Int, runtime: any Runtime, version: String,
        startupLimit: Duration? = nil, idleTimeout: Duration = .seconds(5), scaleToZero: Duration = .seconds(900),
        enforcesEtags: Bool = true, faultsFile: String? = nil
    ) {
        self.stateFolder = stateFolder
        self.apiPort = apiPort
        self.ingressPort = ingressPort
        self.runtime = runtime
        self.version = version
        self.startupLimit = startupLimit
        self.idleTimeout = idleTimeout
        self.scaleToZero = scaleToZero
        self.enforcesEtags = enforcesEtags
        self.faultsFile = faultsFile
    }
}
