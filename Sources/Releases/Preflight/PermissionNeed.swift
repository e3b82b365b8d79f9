/// Permissions that a release uses on one resource, and the least predefined role that holds all of them
/// (cloud.google.com/iam/docs/roles-permissions).
package struct PermissionNeed: Hashable, Sendable {
    package var resource: GoogleResource
    package var permissions: [String]
    package var role: String
    /// What it is for, as a clause: "create and change the service".
    package var purpose: String
    /// Without it a release fails; otherwise it only knows less.
    package var isEssential: Bool

    package init(
        _ resource: GoogleResource, _ permissions: [String], role: String, purpose: String, isEssential: Bool = true
    ) {
        self.resource = resource
        self.permissions = permissions
        self.role = role
        self.purpose = purpose
        self.isEssential = isEssential
    }

    /// `runtimeAccounts` holds the account of each service by name, as far as it is known.
    package static func of(_ intent: ReleaseIntent, runtimeAccounts: [String: String]) -> [PermissionNeed] {
        guard !intent.services.isEmpty else { return [] }
        var needs: [PermissionNeed] = []
        func add(_ need: PermissionNeed) {
            if !needs.contains(need) { needs.append(need) }
        }
        for service in intent.services {
            ofService(service, intent).forEach(add)
            if service.makesRevision, let account = runtimeAccounts[service.identity.name] {
                add(
                    PermissionNeed(
                        .serviceAccount(email: account, project: intent.project), ["iam.serviceAccounts.actAs"],
                        role: "roles/iam.serviceAccountUser", purpose: "deploy a service that runs as it"))
            }
        }
        ofProject(intent).forEach(add)
        ofImages(intent).forEach(add)
        return needs
    }

    private static func ofService(
        _ service: ReleaseIntent.ServiceIntent, _ intent: ReleaseIntent
    ) -> [PermissionNeed] {
        // What is not there has no policy of its own: its permissions come from the project.
        let resource: GoogleResource = service.exists ? .service(service.identity) : .project(intent.project)
        var needs = [
            PermissionNeed(
                resource,
                (service.exists ? [] : ["run.services.create"]) + [
                    "run.services.get", "run.services.getIamPolicy", "run.services.update", "run.revisions.get",
                    "run.revisions.list",
                ], role: "roles/run.developer",
                purpose: service.exists ? "change the service and read its revisions" : "create a service")
        ]
        if service.opens {
            needs.append(
                PermissionNeed(
                    resource, ["run.services.setIamPolicy"], role: "roles/run.admin",
                    purpose: "open `\(service.identity.name)` to everybody once it has passed"))
        }
        guard service.isClosed else { return needs }
        if let account = intent.identityAccount {
            needs.append(
                PermissionNeed(
                    .serviceAccount(email: account, project: intent.project), ["iam.serviceAccounts.getOpenIdToken"],
                    role: "roles/iam.serviceAccountOpenIdTokenCreator",
                    purpose: "call services that are not public as this account"))
        } else {
            needs.append(
                PermissionNeed(
                    resource, ["run.routes.invoke"], role: "roles/run.invoker",
                    purpose: "call `\(service.identity.name)` while it is not public", isEssential: false))
        }
        return needs
    }

    private static func ofProject(_ intent: ReleaseIntent) -> [PermissionNeed] {
        let project = GoogleResource.project(intent.project)
        var needs = [
            PermissionNeed(
                project, ["run.operations.get"], role: "roles/run.developer", purpose: "wait for Cloud Run's operations"
            ),
            PermissionNeed(
                project, ["logging.logEntries.list"], role: "roles/logging.viewer",
                purpose: "show what a failing revision said", isEssential: false),
        ]
        if intent.services.contains(where: \.migrates) {
            // The job may not be there yet, and an execution is started with a variable of its own, by which it is found
            // again (run.v2, `jobs.run`, `overrides`).
            needs.append(
                PermissionNeed(
                    project,
                    [
                        "run.executions.get", "run.executions.list", "run.jobs.create", "run.jobs.get", "run.jobs.run",
                        "run.jobs.runWithOverrides", "run.jobs.update",
                    ], role: "roles/run.developer", purpose: "run migrations as jobs"))
        }
        let isJudged = intent.services.contains(where: \.isJudgedByMonitoring)
        if isJudged || intent.services.contains(where: \.drains) {
            needs.append(
                PermissionNeed(
                    project, ["monitoring.timeSeries.list"], role: "roles/monitoring.viewer",
                    purpose: isJudged
                        ? "judge a canary by what Cloud Monitoring has counted" : "count connections that are open",
                    isEssential: isJudged))
        }
        if intent.builder == "cloud-build", intent.services.contains(where: \.pushes) {
            needs.append(
                PermissionNeed(
                    project, ["cloudbuild.builds.create", "cloudbuild.builds.get"],
                    role: "roles/cloudbuild.builds.editor", purpose: "build with Cloud Build"))
            needs.append(
                PermissionNeed(
                    project, ["storage.objects.create", "storage.objects.get"], role: "roles/storage.objectUser",
                    purpose: "hand the source to Cloud Build"))
        }
        return needs
    }

    private static func ofImages(_ intent: ReleaseIntent) -> [PermissionNeed] {
        var needs: [PermissionNeed] = []
        // With Cloud Build the build's own account pushes.
        if intent.builder != "cloud-build", intent.services.contains(where: \.pushes),
            let repository = intent.registry.flatMap({ ArtifactRepository(in: $0) })
        {
            needs.append(
                PermissionNeed(
                    .repository(repository),
                    [
                        "artifactregistry.repositories.uploadArtifacts",
                        "artifactregistry.repositories.downloadArtifacts",
                    ],
                    role: "roles/artifactregistry.writer", purpose: "push images"))
        }
        for service in intent.services where !service.pushes {
            // Cloud Run asks this of whoever deploys, too (cloud.google.com/run/docs/deploying).
            guard let repository = service.image.flatMap({ ArtifactRepository(in: $0.value) }) else { continue }
            needs.append(
                PermissionNeed(
                    .repository(repository), ["artifactregistry.repositories.downloadArtifacts"],
                    role: "roles/artifactregistry.reader", purpose: "deploy an image from it"))
        }
        return needs
    }
}
