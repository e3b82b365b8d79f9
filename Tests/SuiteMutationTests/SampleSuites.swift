import Configuration
import Foundation
import Testing
import Transport
import Verification

@testable import Commands

/// The suites that the environment `local` runs, and the samples that they are run against, each mutable.
struct SampleSuites: Sendable {
    let suites: [(suite: Suite, service: String)]
    private let samples: [String: RunningSample]
    private let runner: SuiteRunner

    /// What `environments/local.yaml` says is run against each service.
    static func load() throws -> (suites: [(suite: Suite, service: String)], configuration: LoadedConfiguration) {
        let folder = ConfigurationFolder(root: MutationMap.root.deletingLastPathComponent().path)
        let configuration = try ConfigurationLoader(folder: folder, variables: [:]).load(environment: "local").get()
        let services = configuration.environment.services
        let loaded = try SuiteAccess.load(for: services, configuration: configuration)
        let suites = services.flatMap { service in
            service.suites.compactMap { name in loaded[name].map { ($0, service.name) } }
        }
        return (suites, configuration)
    }

    init() async throws {
        // For whoever writes one: only these.
        let wanted = ProcessInfo.processInfo.environment["STAGECTL_SUITES"].map {
            Set($0.split(separator: ",").map(String.init))
        }
        suites = try Self.load().suites.filter { wanted?.contains($0.suite.name) ?? true }
        let auth = try await RunningSample(role: "auth")
        let backend = try await RunningSample(role: "backend", ["AUTH_URL": auth.base])
        let frontend = try await RunningSample(role: "frontend", ["BACKEND_URL": backend.base, "AUTH_URL": auth.base])
        samples = ["auth": auth, "backend": backend, "frontend": frontend]
        runner = SuiteRunner(
            http: CurlHTTPProbe(client: HTTPClient()), webSocket: NIOWebSocketProbe(), tokens: JWTMinter(),
            secrets: EnvironmentSecretSource([:]),
            probes: CheckProbes(
                tls: NIOTLSProbe(), names: SystemNameLookup(), commands: ChildCommandProbe(),
                containers: EngineContainerProbe(variables: [:]), runners: ChildRunnerProbe()))
    }

    /// All mutations of the samples.
    func mutations() async throws -> [String] {
        var names: [String] = []
        for sample in samples.values { names += try await sample.mutations() }
        return names
    }

    func mutations(of service: String) async throws -> [String] { try await samples[service]?.mutations() ?? [] }

    func run(_ suite: Suite, of service: String) async -> [CheckResult] {
        guard let sample = samples[service] else { return [] }
        return await results(of: suite, service, sample)
    }

    /// How a check ends when only it meets the mutation, and not what it needs.
    func run(_ check: Check, of suite: Suite, _ service: String, with mutation: String) async -> CheckResult? {
        guard let sample = samples[service] else { return nil }
        var part = SuiteSelection(only: ["\(suite.name)/\(check.id)"]).apply(to: [suite]).suites.first ?? suite
        part.controls = []
        part.cleanup = []
        part.policies = []
        let settings = part.targets[check.target]
        let url = try? Template(parsing: (settings?.url.source ?? sample.base) + "/~" + mutation)
        part.targets["mutated"] = url.map { SuiteTargetSettings(url: $0, auth: settings?.auth) }
        part.checks = part.checks.map { one in
            guard one.id == check.id else { return one }
            var one = one
            one.target = "mutated"
            one.retry = nil
            if let poll = one.poll { one.poll?.forMilliseconds = min(poll.forMilliseconds, 500) }
            return one
        }
        return await results(of: part, service, sample).first { $0.id == check.id }
    }

    private func results(of suite: Suite, _ service: String, _ sample: RunningSample) async -> [CheckResult] {
        let target = SuiteRunTarget(
            url: sample.base, identity: .header("x-revision"), expectedRevision: "\(service)-1",
            references: ["run.id": "r\(UInt32.random(in: 0 ... .max))", "deploy.service": service])
        let options = SuiteRunOptions(keepGoing: true, today: Today.utc, startedAt: Today.secondsSince1970)
        return await runner.run([suite], against: target, options: options).results
    }

    func stop() async {
        for sample in samples.values { await sample.stop() }
    }
}
