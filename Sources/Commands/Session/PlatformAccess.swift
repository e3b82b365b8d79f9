import Configuration
import GoogleCloud
import LocalCloudRun
import Releases

/// The platform of this invocation, and what its choice decides elsewhere.
struct PlatformAccess: Sendable {
    var platform: any Platform & RevisionLogs
    /// The local Cloud Run's runtime (docker, podman, process); nil for Google.
    var runtime: String?
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
                    identityAccount: "local@stagectl.invalid", http: http), runtime: server.runtime)
        case .google:
            return PlatformAccess(
                platform: CloudRunClient(
                    endpoints: googleEndpoints(settings.endpoint), tokens: EnvironmentAccessToken(),
                    identityAccount: ProcessEnvironment.nonEmpty("STAGECTL_IDENTITY_ACCOUNT") ?? "", http: http),
                runtime: nil)
        }
    }

    /// gcloud's own variables beat the file, so that a pipeline that sets them for gcloud needs nothing else.
    private func googleEndpoints(_ configured: String?) -> GoogleEndpoints {
        let defaults = GoogleEndpoints()
        return GoogleEndpoints(
            run: ProcessEnvironment.nonEmpty("CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN") ?? configured ?? defaults.run,
            logging: ProcessEnvironment.nonEmpty("CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING") ?? defaults.logging,
            iamCredentials: ProcessEnvironment.nonEmpty("CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS")
                ?? defaults.iamCredentials)
    }
}

/// The token that a pipeline hands over.
struct EnvironmentAccessToken: AccessTokens {
    func token() async throws -> String? {
        guard let token = ProcessEnvironment.nonEmpty("STAGECTL_ACCESS_TOKEN") else {
            throw Failure(
                .permission, "no Google credentials",
                details: [.init("looked at", "STAGECTL_ACCESS_TOKEN")],
                hint: "export STAGECTL_ACCESS_TOKEN=\"$(gcloud auth print-access-token)\"")
        }
        return token
    }
}
