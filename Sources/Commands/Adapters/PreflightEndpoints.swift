import GoogleCloud

extension InspectionEndpoints {
    /// Google's own, or where gcloud's variables point.
    static func fromEnvironment(run configured: String?) -> InspectionEndpoints {
        let own = InspectionEndpoints()
        func place(_ api: String, _ usual: String) -> String {
            ProcessEnvironment.nonEmpty("CLOUDSDK_API_ENDPOINT_OVERRIDES_\(api)") ?? usual
        }
        return InspectionEndpoints(
            run: place("RUN", configured ?? own.run), serviceUsage: place("SERVICEUSAGE", own.serviceUsage),
            iam: place("IAM", own.iam), secretManager: place("SECRETMANAGER", own.secretManager),
            artifactRegistry: place("ARTIFACTREGISTRY", own.artifactRegistry),
            resourceManager: place("CLOUDRESOURCEMANAGER", own.resourceManager))
    }
}
