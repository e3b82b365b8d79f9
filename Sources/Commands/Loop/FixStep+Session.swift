import Configuration
import Loop
import Releases
import Verification

extension Session {
    /// Everything that the fix of one iteration needs, from the configuration as it is now.
    /// - Parameter folder: of the iteration, absolute; the brief is in it.
    func fixStep(
        _ order: LoopOrder, iteration: Int, settings: LoopSettings, head: String, folder: String
    ) async throws -> FixStep {
        guard let branch = order.branch else {
            throw Failure(.usage, "a fix is committed to a branch, and there is none", hint: "git switch -c NAME")
        }
        let configuration = try configuration()
        let tree = try await RepositoryTree.open(at: order.tree)
        let suites = try SuiteAccess.load(for: configuration.environment.services, configuration: configuration)
        let top = Folders.absolute(tree.root)
        let state = Folders.absolute(try stateFolder())
        let below = { (path: String) in FixStepJudge.below(top, Folders.absolute(path)) }
        let root = below(configuration.root) ?? ""
        let hooks =
            (configuration.environment.hooks ?? []) + configuration.environment.services.flatMap { $0.hooks ?? [] }
        let judged = FixStepJudge.files(
            of: FixStepJudge.commands(of: suites, root: root) + FixStepJudge.commands(of: hooks, root: root), top: top)
        let before = FixStepJudge.files(
            of: settings.beforeDeploy.map { JudgingCommand($0.arguments, in: [root]) }, top: top)
        let iterations = Folders.absolute(folder).split(separator: "/").dropLast().joined(separator: "/")
        return FixStep(
            tree: tree, mender: order.mender, head: head, branch: branch, folder: Folders.absolute(folder),
            rules: FixRules(
                allow: settings.allow, deny: settings.deny, maxFiles: settings.maxFiles, maxLines: settings.maxLines,
                configuration: below(configuration.folder.path) ?? "environments", state: below(state),
                runners: judged.files.union(judged.testFolders).union(before.files).sorted(),
                programFiles: judged.names.union(before.names).sorted(),
                testFolders: before.testFolders.subtracting(judged.testFolders).sorted()),
            judge: FixStepJudge(
                folder: configuration.folder, environment: configuration.environment.name,
                iterations: "/" + iterations),
            commandSeconds: settings.fixTimeoutSeconds,
            checks: settings.beforeDeploy.map {
                FixStepCommandOrder(arguments: $0.arguments, folder: configuration.root, seconds: $0.timeoutSeconds)
            },
            hidden: Self.variablesOfSecrets(configuration, suites), console: console,
            name: "\(order.run)-\(iteration)", ownsBranch: order.makesBranch)
    }

    /// Names of variables that suites, hooks and builds take secrets from.
    private static func variablesOfSecrets(_ configuration: LoadedConfiguration, _ suites: [String: Suite]) -> Set<
        String
    > {
        var names: Set<String> = []
        func take(_ reference: Configuration.SecretReference) {
            if case .environment(let name) = reference { names.insert(name) }
        }
        func take(_ hooks: [Hook]?) {
            for hook in hooks ?? [] {
                for variable in hook.environment {
                    if case .reference(let reference) = variable.value { take(reference) }
                }
                if case .webhook(let webhook) = hook.effect { take(webhook.url) }
            }
        }
        take(configuration.environment.hooks)
        for service in configuration.environment.services {
            take(service.hooks)
            for secret in service.source?.secrets ?? [] {
                if case .environment(let name) = secret.origin { names.insert(name) }
            }
        }
        for entry in configuration.merged["secrets"]?.entries ?? [] {
            if let name = entry.value["from_env"]?.text { names.insert(name) }
        }
        for suite in suites.values {
            names.formUnion(suite.secrets.values.map(\.environmentVariable))
        }
        return names
    }
}
