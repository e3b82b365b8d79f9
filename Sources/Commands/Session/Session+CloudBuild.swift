import Configuration
import GoogleCloud
import Images

/// Builds in the cloud.
extension Session {
    /// Cloud Build as the environment uses it; nil for an environment that is not in Google Cloud. What is behind it is
    /// looked for when something is built there.
    func cloudBuild() throws -> CloudBuildBuilder.Settings? {
        let environment = try environment()
        guard environment.platform.kind == .google else { return nil }
        return { [self] in
            let credentials = googleCredentials
            let endpoints = googleEndpoints(nil, in: await credentials.universeDomain())
            return CloudBuildSettings(
                builds: CloudBuildClient(
                    project: environment.project,
                    region: environment.cloudBuild?.region ?? CloudBuildSettings.defaultRegion, endpoints: endpoints,
                    tokens: credentials, http: http),
                storage: StorageClient(endpoints: endpoints, tokens: credentials, http: http),
                bucket: environment.cloudBuild?.bucket,
                timeoutSeconds: environment.cloudBuild?.timeoutSeconds ?? CloudBuildSettings.defaultTimeoutSeconds)
        }
    }
}
