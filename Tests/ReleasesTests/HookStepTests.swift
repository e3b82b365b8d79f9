import Configuration
import Releases
import Synchronization
import Testing

/// Commands of a team between the steps of a release, and what their end means.
@Suite struct HookStepTests {
    let world = ModelWorld()
    let runner = ScriptedHooks()

    private static func hook(
        _ name: String, _ moments: Hook.Moment..., isRequired: Bool = true, isIdempotent: Bool = false
    ) -> Hook {
        Hook(
            name: name, moments: moments, effect: .command([name]), isRequired: isRequired, isIdempotent: isIdempotent)
    }

    private static func service(_ hooks: [Hook], _ strategy: StrategySettings? = nil) -> Service {
        var service = ModelWorld.service("backend")
        service.hooks = hooks
        service.strategy = strategy
        return service
    }

    private var roles: ReleaseRoles {
        var roles = world.roles
        roles.hooks = runner
        return roles
    }

    private func plan(
        _ hooks: [Hook], run: String = "run-bbbbbb", strategy: StrategySettings? = nil,
        options: ReleaseOptions = .init(),
        regions: [String] = ["r"]
    ) async throws -> DecodedPlan {
        _ = try await world.deploy(
            run: "run-aaaaaa", services: [Self.service([])], source: "s1", regions: regions)
        return try await world.plan(
            run: run, services: [Self.service(hooks, strategy)], source: "s2", options: options, regions: regions)
    }

    private func release(_ hooks: [Hook]) async throws -> ReleaseDocument {
        await ReleaseExecutor(try await plan(hooks), roles: roles).run()
    }

    @Test func `each has its place, once for each of its moments`() async throws {
        var options = ReleaseOptions()
        options.pauseAt = 50
        let hooks = [
            Self.hook("one", .beforeCandidate), Self.hook("two", .beforeTraffic, .afterTraffic),
            Self.hook("end", .onHeld),
        ]
        let ids = try await plan(hooks, strategy: StrategyPlanTests.canary, options: options).plan.steps.map(\.id)
        func follow(_ one: String, _ other: String) throws -> Bool {
            let place = try #require(ids.firstIndex(of: "\(one):backend"))
            return ids[place + 1] == "\(other):backend"
        }
        #expect(try follow("lock", "before-candidate-one") && follow("before-candidate-one", "candidate"))
        #expect(try follow("smoke", "before-traffic-two") && follow("before-traffic-two", "traffic-10"))
        #expect(try follow("assert", "after-traffic-two") && follow("after-traffic-two", "drain"))
        #expect(ids.count { $0.contains("-two:") } == 2 && !ids.contains { $0.contains("-end:") })
    }

    @Test func `in two regions no traffic moves before the hooks of both have run`() async throws {
        let steps = try await plan([Self.hook("two", .beforeTraffic)], regions: ["r1", "r2"]).plan.steps
        for move in steps where move.id.hasPrefix("traffic:") {
            #expect(Set(move.needs).isSuperset(of: ["before-traffic-two:backend@r1", "before-traffic-two:backend@r2"]))
        }
    }

    @Test func `a way back has none, and a promotion has those of traffic`() async throws {
        let hooks = [Self.hook("one", .beforeCandidate), Self.hook("two", .beforeTraffic)]
        _ = await ReleaseExecutor(try await plan(hooks), roles: roles).run()
        let request = try await world.request(run: "run-cccccc", services: [Self.service(hooks)], source: "")
        let planner = RollbackPlanner(digest: fakeDigest)
        let targets: [ServiceKey: String] = ["backend": "backend-00001-abc"]
        #expect(!planner.plan(request, targets: targets).steps.contains { $0.id.contains("-two") })
        let promotion = planner.plan(request, targets: targets, kind: .deploy).steps.map(\.id)
        #expect(promotion.contains("before-traffic-two:backend") && !promotion.contains { $0.contains("-one") })
    }

    @Test func `it is told what is known by then, and its failure takes the release back`() async throws {
        await runner.fail("two")
        let release = try await release([Self.hook("one", .beforeTraffic), Self.hook("two", .afterTraffic)])
        #expect(release.outcome == .rolledBack && release.error?.summary == "two ended with 1")
        #expect(await world.shares(of: "backend") == ["backend-00001-abc": 100])
        let calls = await runner.calls
        #expect(calls.map(\.moment) == [.beforeTraffic, .afterTraffic])
        #expect(calls[0].service?.name == "backend")
        #expect(calls[0].release.services[0].candidate == release.services[0].candidate)
        #expect(calls[0].release.services[0].previousRevision == "backend-00001-abc")
        #expect(calls[0].release.steps.first { $0.id == "health:backend" }?.status == .done)
    }

    @Test func `one that only warns is in the record, and changes nothing else`() async throws {
        await runner.fail("one")
        let release = try await release([Self.hook("one", .beforeTraffic, isRequired: false)])
        #expect(release.outcome == .promoted && release.verdict.result == .pass)
        #expect(release.warnings == ["hook before-traffic-one:backend: one ended with 1"])
        #expect(release.steps.first { $0.id == "before-traffic-one:backend" }?.note?.contains("only a warning") == true)
        #expect(try await world.state.release(run: "run-bbbbbb")?.warnings == release.warnings)
    }

    @Test func `one that was cut is not run again by itself, and somebody says how it goes on`() async throws {
        let plan = try await plan([Self.hook("one", .beforeCandidate)])
        let entries = [JournalEntry(time: "", event: .intent(step: "before-candidate-one:backend"))]
        let stopped = await ReleaseExecutor(plan, resuming: entries, roles: roles).run()
        #expect(stopped.outcome == .needsAttention && stopped.error?.category == .needsAttention)
        #expect(stopped.error?.summary.contains("nobody knows whether the hook `one`") == true)
        #expect(await runner.calls.isEmpty)
        #expect(try await world.state.unfinishedRuns(environment: "test") == ["run-bbbbbb"])
    }

    @Test func `whoever resumes once more has seen to it`() async throws {
        let hooks = [Self.hook("one", .beforeTraffic)]
        let plan = try await plan(hooks)
        let step = "before-traffic-one:backend"
        var entries: [JournalEntry] = []
        _ = await ReleaseExecutor(plan, roles: roles).run()
        let journal = try #require(try await world.state.read(run: "run-bbbbbb"))
        let cut = try #require(journal.entries.firstIndex { $0.event == .intent(step: step) })
        entries = Array(journal.entries[...cut])
        entries.append(
            JournalEntry(time: "", event: .held(step: step, StepOutput(), reason: Failure(.needsAttention, "in doubt")))
        )
        let fresh = ModelWorld()
        _ = try await fresh.deploy(run: "run-aaaaaa", services: [Self.service([])], source: "s1")
        var roles = fresh.roles
        roles.hooks = runner
        try await fresh.state.begin(run: "run-bbbbbb", environment: "test", plan: plan.text)
        // A world in which the first attempt has made the candidate.
        let before = Array(entries.prefix { $0.event != .intent(step: "candidate:backend") })
        let done = await ReleaseExecutor(
            plan, resuming: before + entries.suffix(1), approver: "boss@desk", roles: roles
        ).run()
        #expect(done.outcome == .promoted, "\(String(describing: done.error))")
        #expect(done.steps.first { $0.id == step }?.note?.contains("resumed by boss@desk") == true)
        #expect(await runner.calls.count == 1)
    }

    @Test func `one that is idempotent is simply run again`() async throws {
        let hooks = [Self.hook("one", .beforeCandidate, isIdempotent: true)]
        let plan = try await plan(hooks)
        let entries = [
            JournalEntry(time: "", event: .intent(step: "before-candidate-one:backend"))
        ]
        let release = await ReleaseExecutor(plan, resuming: entries, roles: roles).run()
        #expect(release.outcome == .promoted, "\(String(describing: release.error))")
        #expect(await runner.calls.count == 1)
    }
}

actor ScriptedHooks: HookRunner {
    private(set) var calls: [HookCall] = []
    private var failing: Set<String> = []

    func fail(_ name: String) { failing.insert(name) }

    func run(_ call: HookCall, progress: @escaping @Sendable (String) -> Void) async throws {
        calls.append(call)
        if failing.contains(call.hook.name) { throw Failure(.release, "\(call.hook.name) ended with 1") }
    }
}
