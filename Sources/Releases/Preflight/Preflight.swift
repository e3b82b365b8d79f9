import Configuration

/// Asks everything that a release depends on, at the same time, and changes nothing.
package struct Preflight: Sendable {
    let inspection: any CloudInspection
    let images: (any ImageInspection)?
    /// Who is given what is missing.
    private let caller: PolicyMember

    package init(inspection: any CloudInspection, images: (any ImageInspection)? = nil, caller: PolicyMember = .caller)
    {
        self.inspection = inspection
        self.images = images
        self.caller = caller
    }

    /// In a fixed order: APIs, accounts, permissions, repositories, secrets, images, what instances need besides.
    package func findings(for intent: ReleaseIntent) async -> [PreflightFinding] {
        guard !intent.services.isEmpty else { return [] }
        async let apis = apis(intent)
        async let repositories = repositories(intent)
        async let platforms = platforms(intent)
        async let versions = secretVersions(intent)
        let (accounts, doubts) = await runtimeAccounts(intent)
        async let existence = existence(of: accounts, intent)
        async let permissions = permissions(PermissionNeed.of(intent, runtimeAccounts: accounts))
        async let access = secretAccess(intent, accounts)
        async let instances = instances(intent, accounts: accounts)
        return await apis + doubts + existence + permissions + repositories + versions + access + platforms + instances
    }

    private func apis(_ intent: ReleaseIntent) async -> [PreflightFinding] {
        let needed = APINeed.of(intent)
        let enabled = await inspection.enabled(needed.map(\.name), in: intent.project)
        return needed.map { APINeed.finding($0, project: intent.project, enabled: enabled) }
    }

    /// What each new revision runs as: the account that is named, else the project's own for Compute Engine
    /// (cloud.google.com/run/docs/securing/service-identity), which is named by the project's number.
    private func runtimeAccounts(_ intent: ReleaseIntent) async -> ([String: String], [PreflightFinding]) {
        let deployed = intent.services.filter(\.makesRevision)
        var accounts: [String: String] = [:]
        for service in deployed { accounts[service.identity.name] = service.service.container.serviceAccount }
        let silent = deployed.filter { $0.service.container.serviceAccount == nil }.map(\.identity.name)
        guard !silent.isEmpty else { return (accounts, []) }
        switch await inspection.projectNumber(of: intent.project) {
        case .found(let number):
            for name in silent { accounts[name] = "\(number)-compute@developer.gserviceaccount.com" }
            return (accounts, [])
        case .missing:
            return (
                accounts,
                [
                    PreflightFinding(
                        "project:\(intent.project)", .problem, .configuration,
                        what: "project `\(intent.project)` does not exist", command: "gcloud projects list")
                ]
            )
        case .undetermined(let obstacle):
            let names = silent.map { "`\($0)`" }.joined(separator: ", ")
            return (
                accounts,
                [
                    PreflightFinding(
                        "account:default", .unknown, .permission,
                        what: "the account that \(names) will run as is not known", why: obstacle.words)
                ]
            )
        }
    }

    private func existence(of accounts: [String: String], _ intent: ReleaseIntent) async -> [PreflightFinding] {
        await all(Set(accounts.values).sorted()) { email in
            ResourceFindings.account(
                email, project: intent.project, isEnabled: await inspection.isEnabled(account: email))
        }
    }

    private func permissions(_ needs: [PermissionNeed]) async -> [PreflightFinding] {
        let answers = await answers(to: PermissionQuestions(needs))
        // The same role on the same resource may be needed for several services.
        var findings: [PreflightFinding] = []
        for need in needs {
            let finding = need.finding(
                answers[need.resource] ?? .undetermined(.unreachable("not asked")), caller: caller)
            if !findings.contains(where: { $0.id == finding.id && $0.state == finding.state }) {
                findings.append(finding)
            }
        }
        return findings
    }

    /// The services last, since they are asked only for what their project does not give.
    private func answers(to questions: PermissionQuestions) async -> PermissionQuestions.Answers {
        let first = await granted(questions.first)
        return questions.merged(first, await granted(questions.second(after: first)))
    }

    private func granted(_ questions: [GoogleResource: [String]]) async -> PermissionQuestions.Answers {
        await withTaskGroup(of: (GoogleResource, Inspected<Set<String>>).self) { group in
            for (resource, permissions) in questions {
                group.addTask { [inspection] in (resource, await inspection.granted(permissions, on: resource)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    private func repositories(_ intent: ReleaseIntent) async -> [PreflightFinding] {
        guard intent.services.contains(where: \.pushes),
            let repository = intent.registry.flatMap({ ArtifactRepository(in: $0) })
        else { return [] }
        return [ResourceFindings.repository(repository, format: await inspection.format(of: repository))]
    }

    private func platforms(_ intent: ReleaseIntent) async -> [PreflightFinding] {
        guard let images else { return [] }
        let given = intent.services.filter { $0.makesRevision && $0.image != nil }
        return await all(given) { service in
            let image = service.image ?? ImageReference("")
            return ResourceFindings.image(
                image, service: service.identity.name, refusal: await images.refusal(of: image))
        }
    }

    private func secretVersions(_ intent: ReleaseIntent) async -> [PreflightFinding] {
        var uses: [SecretUse] = []
        for service in intent.services where service.makesRevision {
            for use in SecretUse.of(service.service, project: intent.project) where !uses.contains(use) {
                uses.append(use)
            }
        }
        return await all(uses) { use in
            use.existence(
                await inspection.state(ofSecret: use.name, version: use.version, project: use.project))
        }
    }

    private struct Reader: Hashable {
        var use: SecretUse
        var account: String
    }

    private func secretAccess(_ intent: ReleaseIntent, _ accounts: [String: String]) async -> [PreflightFinding] {
        var readers: [Reader] = []
        for service in intent.services where service.makesRevision {
            guard let account = accounts[service.identity.name] else { continue }
            for var use in SecretUse.of(service.service, project: intent.project) {
                use.version = ""
                let reader = Reader(use: use, account: account)
                if !readers.contains(reader) { readers.append(reader) }
            }
        }
        guard !readers.isEmpty else { return [] }
        let projectPolicy = await inspection.policy(of: .project(intent.project))
        return await all(readers) { reader in
            reader.use.readability(
                by: reader.account,
                policy: await inspection.policy(of: .secret(project: reader.use.project, name: reader.use.name)),
                projectPolicy: reader.use.project == intent.project
                    ? projectPolicy : .undetermined(.notPermitted("another project")))
        }
    }

    /// All at the same time, answers in the order of the questions.
    func all<Subject: Sendable>(
        _ subjects: [Subject], _ ask: @escaping @Sendable (Subject) async -> PreflightFinding
    ) async -> [PreflightFinding] {
        await withTaskGroup(of: (Int, PreflightFinding).self) { group in
            for (index, subject) in subjects.enumerated() {
                group.addTask { (index, await ask(subject)) }
            }
            return await group.reduce(into: [(Int, PreflightFinding)]()) { $0.append($1) }
                .sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
