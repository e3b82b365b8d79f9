import Configuration
import Releases
import Testing

/// What each strategy makes of a service that serves already, and of one that does not.
@Suite struct StrategyPlanTests {
    let world = ModelWorld()
    static let canary = StrategySettings(
        kind: .canary, steps: [.init(percent: 10, pauseSeconds: 60), .init(percent: 50)], drainSeconds: 5)
    static let blueGreen = StrategySettings(kind: .blueGreen, keepSeconds: 10, drainSeconds: 0)

    static func service(_ strategy: StrategySettings?) -> Service {
        var service = ModelWorld.service("backend")
        service.strategy = strategy
        return service
    }

    /// The steps from the gates on.
    private func steps(
        of strategy: StrategySettings?, options: ReleaseOptions = .init(), isFirst: Bool = false
    ) async throws -> [String] {
        let service = Self.service(strategy)
        if !isFirst { _ = try await world.deploy(run: "run-aaaaaa", services: [Self.service(nil)], source: "s1") }
        let plan = try await world.plan(run: "run-bbbbbb", services: [service], source: "s2", options: options).plan
        let ids = plan.steps.map { String($0.id.dropLast(":backend".count)) }
        return Array(ids.drop { $0 != "smoke" }.dropFirst())
    }

    @Test(
        arguments: [
            (nil, ["traffic", "assert", "record"]),
            (StrategySettings(kind: .allAtOnce), ["traffic", "assert", "drain", "record"]),
            (
                canary,
                [
                    "traffic-10", "canary-at-10", "traffic-50", "canary-at-50", "traffic", "assert", "drain", "record",
                ]
            ),
            (blueGreen, ["traffic", "assert", "keep", "drain", "retire", "record"]),
        ] as [(StrategySettings?, [String])])
    func `each strategy has its steps`(strategy: StrategySettings?, expected: [String]) async throws {
        #expect(try await steps(of: strategy) == expected)
    }

    @Test(
        arguments: [
            (nil, 50, ["traffic-50", "health-at-50", "hold-at-50", "traffic"]),
            (nil, 0, ["hold-at-0", "traffic"]),
            (canary, 50, ["traffic-10", "canary-at-10", "traffic-50", "canary-at-50", "hold-at-50", "traffic"]),
            (
                canary, 25,
                [
                    "traffic-10", "canary-at-10", "traffic-25", "health-at-25", "hold-at-25", "traffic-50",
                    "canary-at-50",
                    "traffic",
                ]
            ),
            (blueGreen, 30, ["traffic-30", "health-at-30", "hold-at-30", "traffic"]),
        ] as [(StrategySettings?, Int, [String])])
    func `a pause becomes one of the shares`(strategy: StrategySettings?, percent: Int, expected: [String]) async throws
    {
        var options = ReleaseOptions()
        options.pauseAt = percent
        #expect(try await steps(of: strategy, options: options).prefix(expected.count) == expected[...])
    }

    @Test func `a first deploy is compared with its own limits before it is opened`() async throws {
        let ids = try await steps(of: Self.canary, isFirst: true)
        #expect(ids == ["canary", "traffic", "open", "assert", "record"])
        let plan = try await world.plan(run: "run-cccccc", services: [Self.service(Self.canary)], source: "s2").plan
        #expect(plan.services[0].baselineTag == nil)
    }

    @Test func `the pairs of a profile are shared by the steps, and the last one decides`() async throws {
        _ = try await steps(of: Self.canary)
        let plan = try await world.plan(run: "run-cccccc", services: [Self.service(Self.canary)], source: "s3").plan
        let parts = plan.steps.compactMap { step -> AnalysisStep? in
            if case .analyse(let analysis) = step.action { analysis } else { nil }
        }
        #expect(parts.map(\.pairs) == [150, 150])
        #expect(parts.map(\.isLast) == [false, true])
        #expect(parts.map(\.pauseSeconds) == [60, 0])
        #expect(plan.services[0].baselineTag == "b-cccccc")
    }

    @Test func `the flag takes the place of the file, and its plan has another fingerprint`() async throws {
        var options = ReleaseOptions()
        let usual = try await world.plan(run: "run-aaaaaa", services: [Self.service(Self.canary)], source: "s").plan
        options.strategy = .allAtOnce
        let flagged = try await world.plan(
            run: "run-aaaaaa", services: [Self.service(Self.canary)], source: "s", options: options
        ).plan
        #expect(flagged.fingerprint != usual.fingerprint)
        #expect(flagged.services[0].service.strategy?.kind == .allAtOnce)
        options.strategy = nil
        options.pauseAt = 50
        let paused = try await world.plan(
            run: "run-aaaaaa", services: [Self.service(Self.canary)], source: "s", options: options
        ).plan
        #expect(paused.fingerprint != usual.fingerprint)
        #expect(paused.isAsFingerprinted(fakeDigest))
        var forged = paused
        forged.steps.removeAll { $0.id.hasPrefix("hold") }
        #expect(!forged.isAsFingerprinted(fakeDigest))
    }

    @Test func `a way back goes all at once`() async throws {
        for (run, source) in [("run-aaaaaa", "s1"), ("run-bbbbbb", "s2")] {
            _ = try await world.deploy(run: run, services: [Self.service(nil)], source: source)
        }
        let request = try await world.request(
            run: "run-cccccc", services: [Self.service(Self.canary)], source: "")
        let plan = RollbackPlanner(digest: fakeDigest).plan(request, targets: ["backend": "backend-00001-abc"])
        let ids = plan.steps.map(\.id)
        #expect(
            ids == [
                "lock:backend", "tag:backend", "health:backend", "traffic:backend", "assert:backend", "record:backend",
            ])
    }

    @Test func `a service whose name leaves no room for a second tag is told so before anything is built`() async throws
    {
        let name = String(repeating: "n", count: 39)
        var service = ModelWorld.service(name)
        var options = ReleaseOptions()
        options.tag = "t"
        _ = try await world.deploy(run: "run-aaaaaa", services: [service], source: "s1", options: options)
        service.strategy = Self.canary
        let request = try await world.request(
            run: "run-bbbbbb", services: [service], source: "s2", options: options)
        #expect(throws: Failure.self) { try DeployPlanner(digest: fakeDigest).plan(request) }
    }
}
