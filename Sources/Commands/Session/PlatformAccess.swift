import Configuration
import GoogleCloud
import LocalCloudRun
import Releases
import Reporting

/// The platform of this invocation, and what its choice decides elsewhere.
struct PlatformAccess: Sendable {
    var platform: any Platform & RevisionLogs & JobPlatform & RevisionRemoval
    /// The local Cloud Run's runtime (docker, podman, process); nil for Google.
    var runtime: String?
    /// The API's base URL where it is not Google's own.
    var endpoint: String?
    /// Nil where nobody counts what is open.
    var connections: (any ConnectionCount)?
    /// Nil where nobody counts real requests.
    var counts: (any RequestCounts)?
}

extension Session {
    /// Connects to the environment's Cloud Run; the local one is started when it is not running.
    func platformAccess() async throws -> PlatformAccess {
        let settings = try environment().platform
        switch settings.kind {
        case .local:
            let server = try await LocalLauncher(session: self).runningServer()
            return PlatformAccess(
                platform: CloudRunClient(
                    endpoints: GoogleEndpoints(all: server.endpoint), tokens: NoAccessTokens(),
                    identities: IdentityTokens(
                        base: server.endpoint, account: "local@stagectl.invalid", tokens: NoAccessTokens(), http: http),
                    http: http), runtime: server.runtime, endpoint: server.endpoint,
                connections: LocalConnections(endpoint: server.endpoint, http: http))
        case .google:
            let credentials = googleCredentials
            await tellOfWaits()
            let domain = await credentials.universeDomain()
            let monitoring = MonitoringClient(
                base: ProcessEnvironment.nonEmpty("CLOUDSDK_API_ENDPOINT_OVERRIDES_MONITORING")
                    ?? "https://monitoring.\(domain)", tokens: credentials, http: http)
            return PlatformAccess(
                platform: CloudRunClient(
                    endpoints: googleEndpoints(settings.endpoint, in: domain),
                    tokens: credentials, identities: credentials, http: http), runtime: nil,
                endpoint: settings.endpoint,
                connections: monitoring, counts: monitoring)
        }
    }

    /// For a run of infrastructure alone, which asks no service: the local Cloud Run need not run for it.
    func infrastructureAccess() async throws -> PlatformAccess {
        guard try environment().platform.kind == .local else { return try await platformAccess() }
        let nowhere = "http://127.0.0.1:1"
        return PlatformAccess(
            platform: CloudRunClient(
                endpoints: GoogleEndpoints(all: nowhere), tokens: NoAccessTokens(),
                identities: IdentityTokens(
                    base: nowhere, account: "local@stagectl.invalid", tokens: NoAccessTokens(), http: http), http: http)
        )
    }

    /// A call that waits for its turn, or for its server, would otherwise look like one that hangs.
    private func tellOfWaits() async {
        let console = console
        CallLimits.process.notices.onLongPause { failure, pause in
            let seconds = pause.components.seconds + (pause.components.attoseconds > 0 ? 1 : 0)
            console.progress("  \(failure); trying again in \(seconds) s")
        }
        await CallLimits.process.writes.onFirstWait { quota, wait in
            console.progress(
                "\(quota.subject) takes \(quota.limit) changes a minute: waiting up to \(wait.components.seconds + 1) s"
            )
        }
    }

    /// gcloud's own variables beat the file, so that a pipeline that sets them for gcloud needs nothing else.
    func googleEndpoints(_ configured: String?, in universeDomain: String) -> GoogleEndpoints {
        let defaults = GoogleEndpoints(universeDomain: universeDomain)
        return GoogleEndpoints(
            run: ProcessEnvironment.nonEmpty("CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN") ?? configured ?? defaults.run,
            logging: ProcessEnvironment.nonEmpty("CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING") ?? defaults.logging,
            iamCredentials: ProcessEnvironment.nonEmpty("CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS")
                ?? defaults.iamCredentials,
            cloudBuild: ProcessEnvironment.nonEmpty("CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDBUILD")
                ?? defaults.cloudBuild,
            storage: ProcessEnvironment.nonEmpty("CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE") ?? defaults.storage)
    }
}
