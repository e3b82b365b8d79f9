package import Configuration

/// A version of a secret that a service is given.
package struct SecretUse: Hashable, Sendable {
    package var project: String
    package var name: String
    package var version: String

    package init(project: String, name: String, version: String) {
        self.project = project
        self.name = name
        self.version = version
    }

    /// Each once, in file order: of variables, then of volumes.
    package static func of(_ service: Service, project: String) -> [SecretUse] {
        var uses: [SecretUse] = []
        func add(_ name: String, _ version: String) {
            let use = SecretUse(name, version: version, project: project)
            if !uses.contains(use) { uses.append(use) }
        }
        for case .secret(let name, let version) in service.allVariables.map(\.value) { add(name, version) }
        for case .secret(let secret) in (service.container.volumes ?? []).map(\.kind) {
            if secret.files.isEmpty { add(secret.secret, "latest") }
            for file in secret.files { add(secret.secret, file.version) }
        }
        return uses
    }

    /// A secret may be named with a project of its own.
    private init(_ name: String, version: String, project: String) {
        let parts = name.split(separator: "/").map(String.init)
        self =
            parts.count == 4
            ? SecretUse(project: parts[1], name: parts[3], version: version)
            : SecretUse(project: project, name: name, version: version)
    }

    package func existence(_ state: Inspected<String>) -> PreflightFinding {
        let id = "secret:\(name)/\(version)"
        let version = "version `\(version)` of secret `\(name)`"
        switch state {
        case .found("ENABLED"):
            return PreflightFinding(id, .ok, .configuration, what: "\(version) exists")
        case .found(let word) where word == "DISABLED" || word == "DESTROYED":
            let isDisabled = word == "DISABLED"
            return PreflightFinding(
                id, .problem, .configuration, what: "\(version) is \(word.lowercased())",
                why: "Cloud Run refuses a revision whose secret it cannot read",
                command: isDisabled
                    ? ShellWord.line([
                        "gcloud", "secrets", "versions", "enable", self.version, "--secret", name, "--project", project,
                    ]) : adding)
        case .found(let word):
            return PreflightFinding(
                id, .unknown, .configuration, what: "whether \(version) can be used is not known",
                why: "its state is `\(word)`")
        case .missing:
            return PreflightFinding(
                id, .problem, .configuration, what: "\(version) does not exist in project `\(project)`",
                why: "Cloud Run refuses a revision whose secret it cannot read", command: creating)
        case .undetermined(let obstacle):
            return PreflightFinding(
                id, .unknown, .configuration, what: "whether \(version) exists is not known", why: obstacle.words)
        }
    }

    /// Makes the secret where it is missing, and a version of it. The value is typed, so that it is in no history.
    private var creating: String {
        ShellWord.line(["gcloud", "secrets", "describe", name, "--project", project]) + " >/dev/null || "
            + ShellWord.line(["gcloud", "secrets", "create", name, "--project", project]) + "; " + adding
    }

    private var adding: String {
        ShellWord.line([
            "gcloud", "secrets", "versions", "add", name, "--project", project, "--data-file", "-",
        ])
    }

    private static let readingRoles: Set<String> = ["roles/secretmanager.secretAccessor", "roles/secretmanager.admin"]

    /// Whether the account that the service runs as may read it. A grant may also come from the project or from above
    /// it, so that a policy without one proves nothing.
    package func readability(
        by account: String, policy: Inspected<[PolicyBinding]>, projectPolicy: Inspected<[PolicyBinding]>
    ) -> PreflightFinding {
        let id = "secret-access:\(name):\(account)"
        let resource = GoogleResource.secret(project: project, name: name)
        let member = PolicyMember.serviceAccount(account)
        let grants = [policy, projectPolicy].flatMap { $0.value ?? [] }.contains { binding in
            Self.readingRoles.contains(binding.role) && !binding.isConditional
                && member.policyWord.map(binding.members.contains) == true
        }
        if grants {
            return PreflightFinding(id, .ok, .permission, what: "`\(account)` may read secret `\(name)`")
        }
        let why: String =
            switch policy {
            case .undetermined(let obstacle): obstacle.words
            case .missing: "the secret was not found"
            case .found: "its policy does not name the account; the grant may come from a group, the project or above"
            }
        return PreflightFinding(
            id, .unknown, .permission, what: "whether `\(account)` may read secret `\(name)` is not known", why: why,
            command: resource.granting("roles/secretmanager.secretAccessor", to: member))
    }
}
