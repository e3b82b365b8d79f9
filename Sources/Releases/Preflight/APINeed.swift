import Configuration

/// The APIs that a release calls.
package enum APINeed {
    /// Essential ones first; the others only tell more.
    package static func of(_ intent: ReleaseIntent) -> [(name: String, isEssential: Bool)] {
        guard !intent.services.isEmpty else { return [] }
        var apis = [(name: "run.googleapis.com", isEssential: true)]
        let images = [intent.registry].compactMap(\.self) + intent.services.compactMap { $0.image?.value }
        if images.contains(where: { ArtifactRepository(in: $0) != nil }) {
            apis.append((name: "artifactregistry.googleapis.com", isEssential: true))
        }
        if intent.services.contains(where: { !SecretUse.of($0.service, project: intent.project).isEmpty }) {
            apis.append((name: "secretmanager.googleapis.com", isEssential: true))
        }
        let deployed = intent.services.filter(\.makesRevision)
        let networks = deployed.flatMap { NetworkUse.of($0.service.container, at: $0.identity) }
        // Of a network that another project shares, that project's switches count.
        for (name, isUsed) in [
            ("vpcaccess.googleapis.com", networks.contains { $0.isConnector && $0.project == intent.project }),
            ("compute.googleapis.com", networks.contains { !$0.isConnector && $0.project == intent.project }),
            // Cloud Run's connections need it (cloud.google.com/sql/docs/mysql/connect-run).
            ("sqladmin.googleapis.com", deployed.contains { $0.service.container.cloudSQL?.isEmpty == false }),
        ] where isUsed {
            apis.append((name: name, isEssential: true))
        }
        if intent.identityAccount != nil, intent.services.contains(where: \.isClosed) {
            apis.append((name: "iamcredentials.googleapis.com", isEssential: true))
        }
        if intent.builder == "cloud-build", intent.services.contains(where: \.pushes) {
            apis.append((name: "cloudbuild.googleapis.com", isEssential: true))
            apis.append((name: "storage.googleapis.com", isEssential: true))
        }
        if intent.services.contains(where: \.isJudgedByMonitoring) {
            apis.append((name: "monitoring.googleapis.com", isEssential: true))
        }
        apis.append((name: "logging.googleapis.com", isEssential: false))
        return apis
    }

    package static func finding(
        _ api: (name: String, isEssential: Bool), project: String, enabled: Inspected<Set<String>>
    ) -> PreflightFinding {
        let id = "api:\(api.name)"
        switch enabled {
        case .found(let names) where names.contains(api.name):
            return PreflightFinding(id, .ok, .permission, what: "`\(api.name)` is enabled")
        case .found:
            return PreflightFinding(
                id, api.isEssential ? .problem : .warning, .permission,
                what: "`\(api.name)` is not enabled in project `\(project)`",
                why: api.isEssential ? "a release calls it" : "without it a failing revision's own lines stay unknown",
                command: ShellWord.line(["gcloud", "services", "enable", api.name, "--project", project]))
        case .missing:
            return PreflightFinding(
                id, .unknown, .permission, what: "whether `\(api.name)` is enabled is not known",
                why: "project `\(project)` was not found")
        case .undetermined(let obstacle):
            return PreflightFinding(
                id, .unknown, .permission, what: "whether `\(api.name)` is enabled is not known", why: obstacle.words)
        }
    }
}
