import Configuration
import Releases
import Testing

/// Releases with a strategy, from the first step to the document.
@Suite struct StrategyReleaseTests {
    let world = ModelWorld()
    private static let canary = StrategyPlanTests.canary

    /// A first revision serves already; returns the release of the second.
    private func release(
        _ strategy: StrategySettings?, options: ReleaseOptions = .init()
    ) async throws -> ReleaseDocument {
        _ = try await world.deploy(run: "run-aaaaaa", services: [ModelWorld.service("backend")], source: "s1")
        return try await world.deploy(
            run: "run-bbbbbb", services: [StrategyPlanTests.service(strategy)], source: "s2", options: options)
    }

    private func takeUp(_ run: String, approver: String = "boss@desk") async throws -> ReleaseExecutor {
        let journal = try #require(try await world.state.read(run: run))
        return ReleaseExecutor(
            try DecodedPlan(decoding: journal.plan), resuming: journal.entries, approver: approver, roles: world.roles)
    }

    private func tags() async -> [String] {
        await world.platform.services["backend"]?.trafficStatuses.compactMap(\.tag).sorted() ?? []
    }

    private var serving: String { get async { await world.platform.services["backend"]?.servingRevision ?? "" } }

    @Test func `a canary that passes is promoted, and what it was compared with loses its tag`() async throws {
        await world.verifier.decide(.open, .pass)
        let release = try await release(Self.canary)
        #expect(release.outcome == .promoted)
        #expect(release.verdict.result == .pass)
        #expect(release.services[0].canary?.pairs == 300)
        #expect(release.services[0].canary?.state == nil, "the analyst's own is nobody else's")
        #expect(await tags() == ["c-bbbbbb"])
        let questions = await world.verifier.canaryQuestions
        #expect(questions.map(\.isLast) == [false, true])
        // One analysis: the second step goes on with the first one's evidence.
        #expect(questions.map { $0.findings?.pairs } == [nil, 150])
        #expect(questions[0].baseline?.revision == "backend-00001-abc")
        #expect(questions[0].baseline?.url.contains("b-bbbbbb") == true)
        #expect(questions[0].candidate.url != questions[0].baseline?.url)
    }

    @Test func `a canary that is worse goes back with everything that it had`() async throws {
        await world.verifier.decide(.open, .fail)
        let release = try await release(Self.canary)
        #expect(release.outcome == .rolledBack)
        #expect(release.error?.category == .checks)
        #expect(release.verdict.result == .fail && release.verdict.rule.contains("canary-at-50:backend"))
        #expect(await world.shares(of: "backend") == ["backend-00001-abc": 100])
        #expect(await tags() == ["c-aaaaaa"])
    }

    @Test func `a canary that cannot tell is held with code 3, and a person goes on with it`() async throws {
        await world.verifier.decide(.open, .inconclusive)
        let held = try await release(Self.canary)
        #expect(held.outcome == .held)
        #expect(held.error?.category == .checks && held.error?.hint?.contains("stagectl resume run-bbbbbb") == true)
        #expect(held.verdict.result == .inconclusive)
        #expect(held.steps.first { $0.id == "canary-at-50:backend" }?.status == .held)
        #expect(await world.shares(of: "backend").values.sorted() == [50, 50])
        #expect(try await world.state.unfinishedRuns(environment: "test") == ["run-bbbbbb"])

        let resumed = try await takeUp("run-bbbbbb").resume()
        #expect(resumed.outcome == .promoted)
        #expect(resumed.verdict.result == .inconclusive && resumed.verdict.rule.contains("resumed by boss@desk"))
        #expect(!resumed.services[0].witnessedHealthy)
        #expect(await world.verifier.canaryQuestions.count == 2, "nothing is measured again until it fits")
        #expect(try await world.state.unfinishedRuns(environment: "test").isEmpty)
    }

    @Test func `an analysis that was killed goes on with the pairs that it had, and with no more than are left`()
        async throws
    {
        let (state, power) = (world.state, world.power)
        await world.verifier.cut(after: 40) { await state.allow(writes: await state.writes) }
        _ = try await release(Self.canary)
        await state.allow(writes: .max)
        power.isOn = true
        await state.dropLocks()
        let journal = try #require(try await state.read(run: "run-bbbbbb"))
        let progress = Progress(replaying: journal.entries)
        #expect(progress.state(of: "canary-at-10:backend") == .inDoubt(operation: nil))
        await world.verifier.decide(.open, .pass)
        let resumed = try await takeUp("run-bbbbbb").resume()
        #expect(resumed.outcome == .promoted, "\(String(describing: resumed.error))")
        let questions = await world.verifier.canaryQuestions
        #expect(questions.map { $0.findings?.pairs } == [nil, 40, 150])
        #expect(questions[1].findings?.state == "forty")
        #expect(questions.map(\.pairs) == [150, 110, 150] && questions.map(\.pairsBefore) == [0, 0, 150])
    }

    @Test func `a canary that is held can be taken back`() async throws {
        await world.verifier.decide(.inconclusive)
        var strategy = Self.canary
        strategy.steps = [.init(percent: 20)]
        _ = try await release(strategy)
        let aborted = try await takeUp("run-bbbbbb").abort()
        #expect(aborted.outcome == .rolledBack)
        #expect(await world.shares(of: "backend") == ["backend-00001-abc": 100])
        #expect(await tags() == ["c-aaaaaa"])
    }

    @Test(arguments: [
        (AnalysisSettings.Inconclusive.promote, ReleaseOutcome.promoted), (.rollBack, .rolledBack),
    ])
    func `what becomes of doubt is configured`(policy: AnalysisSettings.Inconclusive, outcome: ReleaseOutcome)
        async throws
    {
        await world.verifier.decide(.open, .inconclusive)
        var strategy = Self.canary
        strategy.analysis.inconclusive = policy
        let release = try await release(strategy)
        #expect(release.outcome == outcome)
        #expect(release.verdict.result == (outcome == .promoted ? .inconclusive : .fail))
    }

    @Test(arguments: [CanaryFindings.Decision.fail, .inconclusive])
    func `a canary can be overridden, and the record says so`(decision: CanaryFindings.Decision) async throws {
        await world.verifier.decide(.open, decision)
        var options = ReleaseOptions()
        options.overrides = ["canary": "the baseline is broken"]
        let release = try await release(Self.canary, options: options)
        #expect(release.outcome == .promoted)
        #expect(release.overrides == ["canary": "the baseline is broken"])
        #expect(release.verdict.result != .pass)
    }

    @Test func `a release is held where it was asked, and goes on with the plan that was approved`() async throws {
        var options = ReleaseOptions()
        options.pauseAt = 50
        let held = try await release(nil, options: options)
        #expect(held.outcome == .held && held.error == nil)
        #expect(held.verdict.result == .incomplete)
        #expect(await world.shares(of: "backend").values.sorted() == [50, 50])
        #expect(try await world.state.release(run: "run-bbbbbb")?.outcome == .held)

        let resumed = try await takeUp("run-bbbbbb").resume()
        #expect(resumed.outcome == .promoted && resumed.verdict.result == .pass)
        let journal = try #require(try await world.state.read(run: "run-bbbbbb"))
        let plan = try DecodedPlan(decoding: journal.plan).plan
        let approval = Progress(replaying: journal.entries).state(of: "hold-at-50:backend").output?.approval
        #expect(approval?.by == "boss@desk" && approval?.fingerprint == plan.fingerprint)
    }

    @Test func `what somebody changed while it was held is not overwritten`() async throws {
        var options = ReleaseOptions()
        options.pauseAt = 50
        _ = try await release(nil, options: options)
        _ = try await world.deploy(run: "run-cccccc", services: [ModelWorld.service("backend")], source: "s3")
        let executor = try await takeUp("run-bbbbbb")
        await #expect(throws: Failure.self) { try await executor.resume() }
        #expect(await serving.hasPrefix("backend-"))
        #expect(await world.shares(of: "backend").count == 1)
    }

    @Test func `blue-green keeps the old revision at hand and retires it`() async throws {
        var strategy = StrategyPlanTests.blueGreen
        strategy.keepSeconds = 1
        let release = try await release(strategy)
        #expect(release.outcome == .promoted)
        #expect(await tags() == ["c-bbbbbb"])
        #expect(release.steps.filter { $0.status == .done }.map(\.id).contains("retire:backend"))
        // The model cannot count connections, and nothing is made up.
        #expect(release.services[0].openConnections == nil)
        #expect(release.steps.first { $0.id == "drain:backend" }?.note?.contains("unknown") == true)
    }

    @Test func `a journal of a held run is replayed as one`() throws {
        var progress = Progress()
        progress.apply(JournalEntry(time: "", event: .intent(step: "hold-at-50:backend")))
        progress.apply(JournalEntry(time: "", event: .held(step: "hold-at-50:backend", StepOutput(), reason: nil)))
        #expect(progress.heldSteps == ["hold-at-50:backend"])
        // Whoever took it up was killed before an answer: it is still the same question.
        progress.apply(JournalEntry(time: "", event: .intent(step: "hold-at-50:backend")))
        #expect(progress.heldSteps == ["hold-at-50:backend"])
        #expect(!progress.state(of: "hold-at-50:backend").isComplete)
    }
}
