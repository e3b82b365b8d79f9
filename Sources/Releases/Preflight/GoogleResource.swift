/// A resource whose IAM policy decides what may be done.
package enum GoogleResource: Hashable, Sendable {
    case project(String)
    case service(ServiceIdentity)
    case serviceAccount(email: String, project: String)
    case repository(ArtifactRepository)
    case secret(project: String, name: String)

    /// Short and unique within one project: `service/backend`.
    package var label: String {
        switch self {
        case .project(let name): "project/\(name)"
        case .service(let service): "service/\(service.region)/\(service.name)"
        case .serviceAccount(let email, _): "account/\(email)"
        case .repository(let repository): "repository/\(repository.location)/\(repository.name)"
        case .secret(_, let name): "secret/\(name)"
        }
    }

    /// As a person calls it.
    package var words: String {
        switch self {
        case .project(let name): "project `\(name)`"
        case .service(let service): "service `\(service.name)` in `\(service.region)`"
        case .serviceAccount(let email, _): "service account `\(email)`"
        case .repository(let repository): "repository `\(repository.name)` in `\(repository.location)`"
        case .secret(_, let name): "secret `\(name)`"
        }
    }

    /// The gcloud line that gives `role` on this resource to `member`.
    package func granting(_ role: String, to member: PolicyMember) -> String {
        let words: [String] =
            switch self {
            case .project(let name): ["projects", "add-iam-policy-binding", name]
            case .service(let service):
                [
                    "run", "services", "add-iam-policy-binding", service.name, "--region", service.region, "--project",
                    service.project,
                ]
            case .serviceAccount(let email, let project):
                ["iam", "service-accounts", "add-iam-policy-binding", email, "--project", project]
            case .repository(let repository):
                [
                    "artifacts", "repositories", "add-iam-policy-binding", repository.name, "--location",
                    repository.location, "--project", repository.project,
                ]
            case .secret(let project, let name):
                ["secrets", "add-iam-policy-binding", name, "--project", project]
            }
        var line = ShellWord.line(["gcloud"] + words) + " --member " + member.shellWord
        line += " --role " + ShellWord.quoted(role)
        // gcloud asks on a project whose policy has conditions already, and a pasted line has nobody to answer.
        if case .project = self { line += " --condition None" }
        return line
    }
}

/// Who is given a role.
package enum PolicyMember: Hashable, Sendable {
    case serviceAccount(String)
    case user(String)
    /// Whoever signed in here: an access token does not say who that is.
    case caller

    package var shellWord: String {
        switch self {
        case .serviceAccount(let email): ShellWord.quoted("serviceAccount:\(email)")
        case .user(let email): ShellWord.quoted("user:\(email)")
        case .caller: "\"user:$(gcloud config get-value account)\""
        }
    }

    package var policyWord: String? {
        switch self {
        case .serviceAccount(let email): "serviceAccount:\(email)"
        case .user(let email): "user:\(email)"
        case .caller: nil
        }
    }
}

/// A repository of Artifact Registry, as an image's name gives it away.
package struct ArtifactRepository: Hashable, Sendable {
    package var project: String
    package var location: String
    package var name: String

    /// From `LOCATION-docker.pkg.dev/PROJECT/REPOSITORY/…`; nil for another registry.
    package init?(in reference: String) {
        let parts = reference.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let suffix = "-docker.pkg.dev"
        guard parts.count >= 3, parts[0].hasSuffix(suffix), parts[0].utf8.count > suffix.utf8.count,
            !parts[1].isEmpty, !parts[2].isEmpty
        else { return nil }
        location = String(parts[0].dropLast(suffix.count))
        project = parts[1]
        // Without tag and digest, where the repository itself is all there is.
        name = String(parts[2].prefix { $0 != ":" && $0 != "@" })
    }
}
