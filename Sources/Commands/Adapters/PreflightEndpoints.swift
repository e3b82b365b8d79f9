import GoogleCloud

extension InspectionEndpoints {
    /// Google's own, or where gcloud's variables point.
    static func fromEnvironment(run configured: String?, universeDomain: String) -> InspectionEndpoints {
        func place(_ api: String) -> String? {
            ProcessEnvironment.nonEmpty("CLOUDSDK_API_ENDPOINT_OVERRIDES_\(api)")
        }
        return InspectionEndpoints(
            universeDomain: universeDomain, run: place("RUN") ?? configured, serviceUsage: place("SERVICEUSAGE"),
            iam: place("IAM"), secretManager: place("SECRETMANAGER"), artifactRegistry: place("ARTIFACTREGISTRY"),
            resourceManager: place("CLOUDRESOURCEMANAGER"), vpcAccess: place("VPCACCESS"), compute: place("COMPUTE"),
            sql: place("SQL"))
    }
}
