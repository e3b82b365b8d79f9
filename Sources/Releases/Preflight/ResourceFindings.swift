/// What the existence of accounts, repositories and images means.
package enum ResourceFindings {
    package static func account(_ email: String, project: String, isEnabled: Inspected<Bool>) -> PreflightFinding {
        let id = "account:\(email)"
        let name = "service account `\(email)`"
        switch isEnabled {
        case .found(true):
            return PreflightFinding(id, .ok, .configuration, what: "\(name) exists")
        case .found(false):
            return PreflightFinding(
                id, .problem, .configuration, what: "\(name) is disabled", why: "no revision can run as it",
                command: ShellWord.line(["gcloud", "iam", "service-accounts", "enable", email, "--project", project]))
        case .missing:
            let parts = email.split(separator: "@")
            let isOwn = parts.count == 2 && parts[1] == "\(project).iam.gserviceaccount.com"
            return PreflightFinding(
                id, .problem, .configuration, what: "\(name) does not exist", why: "no revision can run as it",
                command: isOwn
                    ? ShellWord.line([
                        "gcloud", "iam", "service-accounts", "create", String(parts[0]), "--project", project,
                    ]) : nil)
        case .undetermined(let obstacle):
            return PreflightFinding(
                id, .unknown, .configuration, what: "whether \(name) exists is not known", why: obstacle.words)
        }
    }

    package static func repository(_ repository: ArtifactRepository, format: Inspected<String>) -> PreflightFinding {
        let id = "repository:\(repository.location)/\(repository.name)"
        let name = "repository `\(repository.name)` in `\(repository.location)` of project `\(repository.project)`"
        switch format {
        case .found("DOCKER"):
            return PreflightFinding(id, .ok, .configuration, what: "\(name) exists")
        case .found(let word):
            return PreflightFinding(
                id, .problem, .configuration, what: "\(name) holds no images", why: "its format is `\(word)`")
        case .missing:
            return PreflightFinding(
                id, .problem, .configuration, what: "\(name) does not exist", why: "images have nowhere to go",
                command: ShellWord.line([
                    "gcloud", "artifacts", "repositories", "create", repository.name, "--repository-format", "docker",
                    "--location", repository.location, "--project", repository.project,
                ]))
        case .undetermined(let obstacle):
            return PreflightFinding(
                id, .unknown, .configuration, what: "whether \(name) exists is not known", why: obstacle.words)
        }
    }

    /// "Container manifest type … must support amd64/linux" is what Cloud Run says after the build and the push.
    package static func image(
        _ image: ImageReference, service: String, refusal: Inspected<Failure?>
    ) -> PreflightFinding {
        let id = "image:\(service)"
        switch refusal {
        case .found(nil):
            return PreflightFinding(id, .ok, what: "the image of `\(service)` runs on linux/amd64")
        case .found(let failure?):
            let why = failure.details.map { "\($0.label) \($0.value)" } + [failure.hint].compactMap(\.self)
            return PreflightFinding(
                id, .problem, what: failure.summary, why: why.isEmpty ? nil : why.joined(separator: "; "))
        case .missing:
            return PreflightFinding(
                id, .problem, what: "the image of `\(service)` does not exist",
                why: "its registry does not have `\(image.value)`")
        case .undetermined(let obstacle):
            return PreflightFinding(
                id, .unknown, what: "what the image of `\(service)` runs on is not known", why: obstacle.words)
        }
    }

    /// Google refuses tokens of a machine whose clock is wrong by more than a few minutes
    /// (developers.google.com/identity/protocols/oauth2/service-account: `iat`, `exp`).
    package static func clock(skewSeconds: Double?) -> PreflightFinding {
        guard let skewSeconds else {
            return PreflightFinding("clock", .unknown, what: "whether the clock is right is not known")
        }
        let shown = Int(abs(skewSeconds).rounded())
        let direction = skewSeconds > 0 ? "fast" : "slow"
        if shown <= 30 { return PreflightFinding("clock", .ok, what: "the clock is right") }
        return PreflightFinding(
            "clock", shown > 300 ? .problem : .warning, what: "the clock is \(shown) s \(direction)",
            why: "signed tokens and leases go by it", command: "sudo timedatectl set-ntp true")
    }
}
