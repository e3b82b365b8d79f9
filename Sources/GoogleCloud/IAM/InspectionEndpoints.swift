/// Base URLs of the APIs that are only looked at, without a slash at the end.
package struct InspectionEndpoints: Hashable, Sendable {
    package var run: String
    package var serviceUsage: String
    package var iam: String
    package var secretManager: String
    package var artifactRegistry: String
    package var resourceManager: String
    package var vpcAccess: String
    /// With `compute/v1`, which gcloud's override has too.
    package var compute: String
    package var sql: String

    /// - Parameter universeDomain: `googleapis.com`, or a sovereign cloud's; what is given beats it.
    package init(
        universeDomain: String = "googleapis.com", run: String? = nil, serviceUsage: String? = nil, iam: String? = nil,
        secretManager: String? = nil, artifactRegistry: String? = nil, resourceManager: String? = nil,
        vpcAccess: String? = nil, compute: String? = nil, sql: String? = nil
    ) {
        self.run = Self.trimmed(run ?? "https://run.\(universeDomain)")
        self.serviceUsage = Self.trimmed(serviceUsage ?? "https://serviceusage.\(universeDomain)")
        self.iam = Self.trimmed(iam ?? "https://iam.\(universeDomain)")
        self.secretManager = Self.trimmed(secretManager ?? "https://secretmanager.\(universeDomain)")
        self.artifactRegistry = Self.trimmed(artifactRegistry ?? "https://artifactregistry.\(universeDomain)")
        self.resourceManager = Self.trimmed(resourceManager ?? "https://cloudresourcemanager.\(universeDomain)")
        self.vpcAccess = Self.trimmed(vpcAccess ?? "https://vpcaccess.\(universeDomain)")
        self.compute = Self.trimmed(compute ?? "https://compute.\(universeDomain)/compute/v1")
        self.sql = Self.trimmed(sql ?? "https://sqladmin.\(universeDomain)")
    }

    /// gcloud's users write their endpoint overrides with a slash at the end.
    private static func trimmed(_ url: String) -> String {
        var url = Substring(url)
        while url.hasSuffix("/") { url = url.dropLast() }
        return String(url)
    }
}
