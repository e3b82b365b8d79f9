import Configuration
import GoogleCloud
import JSON
import Releases
import Reporting
import Transport

/// What happens when the outcome of a release is recorded: commands and webhooks, all at the same time, none of which
/// changes it any more.
struct EndHooks: Sendable {
    let runner: CommandHookRunner
    let secrets: SecretValues
    let console: Console
    let observer: any ReleaseObserver
    let http: HTTPClient

    /// Nil for an end that is nothing to be told.
    static func moment(of outcome: ReleaseOutcome) -> Hook.Moment? {
        switch outcome {
        case .promoted: .onPromoted
        case .held: .onHeld
        case .rolledBack: .onRolledBack
        case .failed: .onFailed
        case .needsAttention: .onNeedsAttention
        case .unchanged: nil
        }
    }

    /// The environment's once, each service's own once for the service, whatever regions it is in.
    static func calls(_ environment: Environment, _ release: ReleaseDocument) -> [HookCall] {
        guard let moment = moment(of: release.outcome) else { return [] }
        func calls(_ hooks: [Hook]?, of service: ServiceIdentity?) -> [HookCall] {
            (hooks ?? []).filter { $0.moments.contains(moment) }
                .map { HookCall($0, at: moment, of: service, in: release) }
        }
        var told: Set<String> = []
        return calls(environment.hooks, of: nil)
            + release.services.flatMap { result -> [HookCall] in
                guard result.outcome != .unchanged, told.insert(result.service).inserted else { return [] }
                return calls(
                    environment.service(result.service)?.hooks,
                    of: ServiceIdentity(project: environment.project, region: result.region, name: result.service))
            }
    }

    /// What it is called where steps are.
    static func step(of call: HookCall) -> String {
        "\(call.moment.rawValue)-\(call.hook.name)" + (call.service.map { ":\($0.name)" } ?? "")
    }

    /// One line for each that failed, in the order of the calls. Takes as long as the slowest may.
    func run(_ calls: [HookCall]) async -> [String] {
        await withTaskGroup(of: (Int, String?).self) { group in
            for (number, call) in calls.enumerated() {
                group.addTask { (number, await warning(call)) }
            }
            return await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
                .sorted { $0.key < $1.key }.map(\.value)
        }
    }

    private func warning(_ call: HookCall) async -> String? {
        let step = Self.step(of: call)
        let began = ContinuousClock.now
        observer.started(step: step)
        var failure: Failure?
        do {
            switch call.hook.effect {
            case .command: try await runner.run(call) { observer.line($0, step: step) }
            case .webhook(let webhook): try await tell(webhook, call)
            }
        } catch {
            failure = FailureLifting.lift(error)
        }
        let seconds = (ContinuousClock.now - began).inSeconds
        guard let failure else {
            observer.ended(step: step, outcome: .done(StepOutput(), seconds: seconds))
            return nil
        }
        observer.ended(step: step, outcome: .failed(failure, StepOutput(), seconds: seconds))
        return console.redacted("hook \(step): \(failure.summary)")
    }

    private func tell(_ webhook: Webhook, _ call: HookCall) async throws {
        let url = try await secrets.value(of: webhook.url)
        let document =
            switch webhook.format {
            case .slack: SlackMessage.of(call.release)
            case .stagectl: HookDocument.of(call)
            }
        let redacted = try JSONValue(parsing: Array(console.redacted(document.serialized()).utf8))
        // Its own name and moment: whoever is told twice sees that it is the same.
        let delivery = "\(call.release.run)-\(call.moment.rawValue)-\(call.hook.name)"
        try await WebhookClient(patience: .seconds(call.hook.timeoutSeconds), http: http)
            .post(redacted, to: url, delivery: delivery)
    }
}

extension Session {
    func hookRunner() throws -> CommandHookRunner {
        CommandHookRunner(secrets: try secretValues(), console: console, root: try configuration().root)
    }

    private func secretValues() throws -> SecretValues {
        let environment = try environment()
        var values = SecretValues(
            variables: ConfigurationLoader.processVariables(), root: try configuration().root, console: console)
        guard environment.platform.kind == .google else { return values }
        let (credentials, http, project) = (googleCredentials, http, environment.project)
        values.manager = { name, version in
            let domain = await credentials.universeDomain()
            let base = ProcessEnvironment.nonEmpty("CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER")
            return try await SecretManagerClient(
                base: base ?? "https://secretmanager.\(domain)", tokens: credentials, http: http
            ).value(of: name, version: version, project: project)
        }
        return values
    }

    /// Runs what the end of a release calls for, and records what did not go well: the release is what it is already.
    func runEndHooks(
        of release: ReleaseDocument, in environment: Environment, observer: any ReleaseObserver, ledger: any Ledger
    ) async throws -> ReleaseDocument {
        let calls = EndHooks.calls(environment, release)
        guard !calls.isEmpty else { return release }
        let runner = try hookRunner()
        let hooks = EndHooks(
            runner: runner, secrets: runner.secrets, console: console, observer: observer, http: http)
        // Somebody who stopped the release is told of that too.
        let warnings = await endHooks.run(hooks, calls)
        guard !warnings.isEmpty else { return release }
        var release = release
        release.warnings = (release.warnings ?? []) + warnings
        // Only where it has a record: a release that could not be recorded says so itself.
        if (try? await ledger.release(run: release.run)) != nil { try? await ledger.record(release) }
        return release
    }
}
