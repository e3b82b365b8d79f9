import Configuration
import Releases

/// Everything a run touches, of values, and a short way to deploy into it.
struct ModelWorld {
    let power = Power()
    let platform: ModelPlatform
    let state: MemoryState
    let verifier = ScriptedVerifier()
    let builder = CountingBuilder()

    init() {
        platform = ModelPlatform(power: power)
        state = MemoryState(power: power)
    }

    var roles: ReleaseRoles {
        ReleaseRoles(
            platform: platform, builders: ["model": builder], verifier: verifier, journal: state, ledger: state,
            images: state, lock: state, observer: SilentObserver(), now: { "2026-01-01T00:00:00Z" })
    }

    static func service(_ name: String, dependsOn: [String] = [], variables: [ConfiguredVariable] = []) -> Service {
        Service(
            name: name, source: SourceSettings(paths: ["src"]), environment: variables, isPublic: true,
            identity: .header("x-revision"), dependsOn: dependsOn, suites: ["\(name)-smoke"])
    }

    static func environment(_ services: [Service], regions: [String]) -> Environment {
        Environment(
            name: "test", platform: PlatformSettings(kind: .local), project: "p", regions: regions, services: services)
    }

    func request(
        run: String, services: [Service], source digest: String, options: ReleaseOptions = .init(),
        relation: CommitRelation? = nil, regions: [String] = ["r"]
    ) async throws -> PlanRequest {
        let environment = Self.environment(services, regions: regions)
        let placements = services.flatMap { environment.placements(of: $0) }
        var facts: [ServiceKey: ServiceFacts] = [:]
        for placement in placements {
            facts[placement.key] = ServiceFacts(
                observation: try await platform.observe(placement.identity),
                revisions: try await platform.revisions(of: placement.identity),
                sourceDigest: digest, relation: relation)
        }
        return PlanRequest(
            run: run, created: "2026-01-01T00:00:00Z", initiator: "me@here", environment: environment,
            selection: placements.map(\.key),
            source: SourceSnapshot(
                commit: String(repeating: "a", count: 40), branch: "main", subject: "s", changes: []),
            facts: facts, builder: "model", root: "/", options: options)
    }

    func plan(
        run: String, services: [Service], source digest: String, options: ReleaseOptions = .init(),
        regions: [String] = ["r"]
    ) async throws -> DecodedPlan {
        let request = try await request(
            run: run, services: services, source: digest, options: options, regions: regions)
        return try DecodedPlan(decoding: DeployPlanner(digest: fakeDigest).plan(request).serialized())
    }

    func deploy(
        run: String, services: [Service], source digest: String, options: ReleaseOptions = .init(),
        regions: [String] = ["r"]
    ) async throws -> ReleaseDocument {
        let decoded = try await plan(run: run, services: services, source: digest, options: options, regions: regions)
        return await ReleaseExecutor(decoded, roles: roles).run()
    }

    func shares(of name: String) async -> [String: Int] {
        let statuses = await platform.services[name]?.trafficStatuses ?? []
        return statuses.reduce(into: [:]) { if $1.percent > 0 { $0[$1.revision, default: 0] += $1.percent } }
    }
}

/// Not a good hash, but one: equal texts are equal, different ones differ.
let fakeDigest: Digest = { text in
    var hash: UInt64 = 14_695_981_039_346_656_037
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
    let hex = String(hash, radix: 16)
    return String(repeating: hex, count: 4)
}

actor ScriptedVerifier: Verifier {
    var unhealthyRevisions: Set<String> = []
    var failingSmoke = false
    private var refusedFrom = Int.max
    private var beforeRefusal: @Sendable () async -> Void = {}
    private(set) var healthRequests: [VerificationTarget] = []

    func failSmoke(_ flag: Bool) { failingSmoke = flag }
    /// From its nth window on callers are refused, as a service that was closed refuses them; `before` is called first.
    func refuse(fromWindow number: Int, before: @escaping @Sendable () async -> Void) {
        refusedFrom = number
        beforeRefusal = before
    }
    /// What each analysis comes to, in turn; a pass where none is left.
    private var decisions: [CanaryFindings.Decision] = []
    private(set) var canaryQuestions: [CanaryQuestion] = []

    private var cutAfter: Int?
    private var thenCut: @Sendable () async -> Void = {}
    /// The next analysis ends without a result after so many pairs, and `then` is called.
    func cut(after pairs: Int, then: @escaping @Sendable () async -> Void) {
        cutAfter = pairs
        thenCut = then
    }

    func decide(_ decisions: CanaryFindings.Decision...) { self.decisions = decisions }

    func analyse(
        _ question: CanaryQuestion, record: @escaping @Sendable (CanaryFindings) async throws -> Void,
        progress: @escaping @Sendable (GateProgress) -> Void
    ) async throws -> CanaryFindings {
        canaryQuestions.append(question)
        if let pairs = cutAfter {
            cutAfter = nil
            try await record(
                CanaryFindings(
                    decision: .open, pairs: pairs, answered: pairs, metrics: [], rule: "scripted",
                    state: "forty"))
            await thenCut()
            throw Failure(.interrupted, "cut")
        }
        let decision = decisions.isEmpty ? .pass : decisions.removeFirst()
        return CanaryFindings(
            decision: decision, pairs: (question.findings?.pairs ?? 0) + question.pairs, answered: question.pairs,
            metrics: [], rule: "scripted", state: "{}")
    }

    func makeUnhealthy(_ revision: String) { unhealthyRevisions.insert(revision) }

    func health(
        of target: VerificationTarget, progress: @escaping @Sendable (GateProgress) -> Void
    ) async throws -> HealthResult {
        healthRequests.append(target)
        if healthRequests.count >= refusedFrom {
            await beforeRefusal()
            return HealthResult(
                healthy: false, samples: [HealthSample(status: 403, milliseconds: 1, problem: "status 403")])
        }
        let bad = unhealthyRevisions.contains(target.revision ?? "")
        return HealthResult(
            healthy: !bad,
            samples: [HealthSample(status: bad ? 503 : 200, milliseconds: 1, problem: bad ? "status 503" : nil)])
    }

    func smoke(
        of target: VerificationTarget, priorities: [String], progress: @escaping @Sendable (GateProgress) -> Void
    ) async throws -> SmokeResult {
        let counts = failingSmoke ? ["failed": 1, "passed": 1, "total": 2] : ["passed": 2, "total": 2]
        return SmokeResult(
            verdict: VerdictSummary(result: failingSmoke ? .fail : .pass, rule: "scripted", counts: counts),
            problems: failingSmoke ? [CheckProblem(check: "ws", status: "failed", summary: "closed 1011")] : [])
    }
}

actor CountingBuilder: ImageBuilder {
    nonisolated let name = "model"
    private(set) var builds: [String] = []
    private var registryName: ImageReference?

    /// As a registry does that stores what it gets under a digest of its own.
    func renameOnPush(to reference: String) { registryName = ImageReference(reference) }

    func holds(_ image: ImageReference) async throws -> Bool { true }

    func build(
        _ request: BuildRequest, output: @escaping @Sendable (String) -> Void
    ) async throws -> BuiltImage {
        builds.append("\(request.service) \(request.sourceDigest)")
        return BuiltImage(reference: ImageReference("\(request.repository)@sha256:\(request.sourceDigest)"))
    }

    func push(_ image: BuiltImage, output: @escaping @Sendable (String) -> Void) async throws -> ImageReference {
        registryName ?? image.reference
    }

    func resolve(_ reference: String) async throws -> ImageReference { ImageReference(reference) }
}

struct SilentObserver: ReleaseObserver {
    func started(step: String) {}
    func line(_ text: String, step: String) {}
    func ended(step: String, outcome: StepOutcome) {}
    func undoing(reason: Failure) {}
}
