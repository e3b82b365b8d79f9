/// Base URLs of the APIs that are only looked at, without a slash at the end.
package struct InspectionEndpoints: Hashable, Sendable {
    package var run: String
    package var serviceUsage: String
    package var iam: String
    package var secretManager: String
    package var artifactRegistry: String
    package var resourceManager: String

    package init(
        run: String = "https://run.googleapis.com", serviceUsage: String = "https://serviceusage.googleapis.com",
        iam: String = "https://iam.googleapis.com", secretManager: String = "https://secretmanager.googleapis.com",
        artifactRegistry: String = "https://artifactregistry.googleapis.com",
        resourceManager: String = "https://cloudresourcemanager.googleapis.com"
    ) {
        self.run = Self.trimmed(run)
        self.serviceUsage = Self.trimmed(serviceUsage)
        self.iam = Self.trimmed(iam)
        self.secretManager = Self.trimmed(secretManager)
        self.artifactRegistry = Self.trimmed(artifactRegistry)
        self.resourceManager = Self.trimmed(resourceManager)
    }

    /// gcloud's users write their endpoint overrides with a slash at the end.
    private static func trimmed(_ url: String) -> String {
        var url = Substring(url)
        while url.hasSuffix("/") { url = url.dropLast() }
        return String(url)
    }
}
