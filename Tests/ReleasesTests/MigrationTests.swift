import Configuration
import Releases
import Testing

/// A one-shot job before there is a candidate, and what cannot be taken back after it.
@Suite struct MigrationTests {
    let world = ModelWorld()
    let jobs = ModelJobs()

    private static func service(_ migration: MigrationSettings?) -> Service {
        var service = ModelWorld.service("backend")
        service.migration = migration
        return service
    }

    private var roles: ReleaseRoles {
        var roles = world.roles
        roles.jobs = jobs
        return roles
    }

    private func deploy(
        _ run: String = "run-bbbbbb", _ migration: MigrationSettings, options: ReleaseOptions = .init()
    ) async throws -> ReleaseDocument {
        _ = try await world.deploy(run: "run-aaaaaa", services: [Self.service(nil)], source: "s1")
        let plan = try await world.plan(
            run: run, services: [Self.service(migration)], source: "s2", options: options)
        return await ReleaseExecutor(plan, roles: roles).run()
    }

    private func takeUp(_ run: String) async throws -> ReleaseExecutor {
        let journal = try #require(try await world.state.read(run: run))
        return ReleaseExecutor(
            try DecodedPlan(decoding: journal.plan), resuming: journal.entries, approver: "boss@desk",
            roles: roles)
    }

    @Test func `it runs once, with the candidate's image, before there is a candidate`() async throws {
        let release = try await deploy(
            "run-bbbbbb", MigrationSettings(command: ["/migrate"], arguments: ["up"]))
        #expect(release.outcome == .promoted)
        let ids = release.steps.map(\.id)
        let place = try #require(ids.firstIndex(of: "migrate:backend"))
        #expect(ids[place - 1] == "lock:backend" && ids[place + 1] == "candidate:backend")
        #expect(await jobs.started == 1)
        let template = try #require(await jobs.template)
        #expect(template.task.image == "backend@sha256:s2")
        #expect(
            template.task.container.command == ["/migrate"] && template.task.container.arguments == ["up"]
        )
        #expect(template.maxRetries == 0)
        #expect(await jobs.job?.name == "backend-migration")
    }

    @Test func `one that fails leaves everything as it was`() async throws {
        await jobs.end(with: .failed)
        let writes = await world.platform.writes.count
        let release = try await deploy("run-bbbbbb", MigrationSettings())
        #expect(release.outcome == .failed && release.error?.category == .release)
        #expect(release.error?.details.contains { $0.value == "relation exists" } == true)
        #expect(release.steps.first { $0.id == "candidate:backend" }?.status == .notRun)
        // The first deploy's own writes and none after them.
        #expect(await world.platform.writes.count > writes)
        #expect(await world.shares(of: "backend") == ["backend-00001-abc": 100])
        #expect(await world.platform.services["backend"]?.generation == 4)
    }

    @Test func `a run that was cut finds its execution and starts no second one`() async throws {
        _ = try await world.deploy(run: "run-aaaaaa", services: [Self.service(nil)], source: "s1")
        let plan = try await world.plan(
            run: "run-bbbbbb", services: [Self.service(MigrationSettings())], source: "s2")
        // The answer to its start is lost with the process.
        await jobs.loseAnswer()
        let cut = await ReleaseExecutor(plan, roles: roles).run()
        #expect(cut.outcome != .promoted)
        let journal = try #require(try await world.state.read(run: "run-bbbbbb"))
        let entries =
            Array(journal.entries.prefix { $0.event != .intent(step: "migrate:backend") })
            + [JournalEntry(time: "", event: .intent(step: "migrate:backend"))]
        let again = ReleaseExecutor(plan, resuming: entries, roles: roles)
        _ = try? await again.resume()
        #expect(await jobs.started == 1)
    }

    @Test func `after an irreversible one traffic that has moved stays until a person decides`()
        async throws
    {
        await world.verifier.refuse(fromWindow: 4) {}
        var options = ReleaseOptions()
        options.tag = "t"
        let release = try await deploy(
            "run-bbbbbb", MigrationSettings(isIrreversible: true), options: options)
        #expect(release.outcome == .needsAttention && release.error?.category == .needsAttention)
        #expect(release.error?.summary.contains("irreversible") == true)
        #expect(
            await world.shares(of: "backend") != ["backend-00001-abc": 100], "nothing went back by itself"
        )
        #expect(try await world.state.unfinishedRuns(environment: "test") == ["run-bbbbbb"])
        let aborted = try await takeUp("run-bbbbbb").abort()
        #expect(aborted.outcome == .rolledBack)
        #expect(await world.shares(of: "backend") == ["backend-00001-abc": 100])
    }

    @Test
    func `an irreversible one whose candidate fails its gates leaves traffic where it always was`()
        async throws
    {
        await world.verifier.failSmoke(true)
        let release = try await deploy("run-bbbbbb", MigrationSettings(isIrreversible: true))
        #expect(release.outcome == .failed)
        #expect(release.error?.details.contains { $0.label == "migration" && $0.value.contains("has run") } == true)
        #expect(await world.shares(of: "backend") == ["backend-00001-abc": 100])
    }

    @Test func `nothing goes back past an irreversible one but with a reason, however often that was done before`()
        async throws
    {
        _ = try await deploy("run-bbbbbb", MigrationSettings(isIrreversible: true))
        _ = try await world.deploy(run: "run-cccccc", services: [Self.service(nil)], source: "s3")
        let request = try await world.request(run: "run-dddddd", services: [Self.service(nil)], source: "")
        let placement = try #require(request.environment.placements(of: request.environment.services[0]).first)
        func releases() async throws -> [ReleaseDocument] {
            try await world.state.releases(environment: "test", service: "backend", limit: 200)
        }
        func barrier(_ revision: String) async throws -> MigrationBarrier? {
            MigrationBarrier.before(revision, of: placement, releases: try await releases())
        }
        #expect(try await releases().map { $0.services[0].irreversibleMigration } == [nil, "backend-migration-1", nil])
        let expected = MigrationBarrier(run: "run-bbbbbb", execution: "backend-migration-1")
        #expect(try await barrier("backend-00001-abc") == expected)
        for release in try await releases().prefix(2) {
            #expect(try await barrier(try #require(release.services[0].candidate)) == nil)
        }
        #expect(try await barrier("by-hand-long-ago") == expected)
        var forced = request
        forced.options.overrides = ["migration": "it reads both"]
        let plan = RollbackPlanner(digest: fakeDigest).plan(forced, targets: ["backend": "backend-00001-abc"])
        let back = await ReleaseExecutor(try DecodedPlan(decoding: plan.serialized()), roles: roles).run()
        #expect(back.outcome == .rolledBack && back.overrides == ["migration": "it reads both"])
        #expect(back.verdict.result == .incomplete && !back.services[0].witnessedHealthy)
        #expect(try await barrier("backend-00001-abc") == expected)
    }

    @Test func `in two regions it runs in the first one, before any candidate`() async throws {
        let plan = try await world.plan(
            run: "run-bbbbbb", services: [Self.service(MigrationSettings())], source: "s2",
            regions: ["r1", "r2"]
        ).plan
        #expect(plan.steps.filter { $0.action == .migrate }.map(\.id) == ["migrate:backend@r1"])
        let candidates = plan.steps.filter { $0.action == .candidate }
        #expect(
            candidates.count == 2 && candidates.allSatisfy { $0.needs.contains("migrate:backend@r1") })
    }

    @Test func `a revision that exists already was migrated for`() async throws {
        _ = try await deploy("run-bbbbbb", MigrationSettings())
        let request = try await world.request(
            run: "run-cccccc", services: [Self.service(MigrationSettings())], source: "")
        let plan = RollbackPlanner(digest: fakeDigest).plan(
            request, targets: ["backend": "backend-00001-abc"])
        #expect(!plan.steps.contains { $0.action == .migrate })
    }
}

/// Jobs of values: each execution ends at once, as the test says.
actor ModelJobs: JobPlatform {
    private(set) var started = 0
    private(set) var template: JobTemplate?
    private(set) var job: JobIdentity?
    private var key: String?
    private var known: [ExecutionObservation] = []
    private var outcome = ExecutionObservation.State.succeeded
    private var losesAnswer = false

    func end(with outcome: ExecutionObservation.State) { self.outcome = outcome }
    func loseAnswer() { losesAnswer = true }

    func job(_ job: JobIdentity) async throws -> JobObservation? {
        self.job.map { JobObservation(identity: $0, generation: 1, key: key) }
    }

    func put(
        _ template: JobTemplate, as job: JobIdentity, key: String, within deadline: Duration
    ) async throws -> JobObservation {
        self.template = template
        self.job = job
        self.key = key
        return JobObservation(identity: job, generation: 1, key: key)
    }

    func run(_ job: JobIdentity, overrides: JobOverrides, key: String) async throws
        -> ExecutionIdentity
    {
        started += 1
        let identity = ExecutionIdentity(job: job, name: "\(job.name)-\(started)")
        known.insert(
            ExecutionObservation(
                identity: identity, state: outcome, counts: TaskCounts(total: 1), key: key), at: 0)
        if losesAnswer {
            losesAnswer = false
            throw Failure(.unavailable, "the answer was lost", mayHaveHappened: true)
        }
        return identity
    }

    func execution(_ execution: ExecutionIdentity) async throws -> ExecutionObservation? {
        known.first { $0.identity == execution }
    }

    func wait(for execution: ExecutionIdentity, within deadline: Duration) async throws
        -> ExecutionObservation
    {
        guard let found = known.first(where: { $0.identity == execution }) else {
            throw Failure(.release, "no such execution")
        }
        return found
    }

    func cancel(_ execution: ExecutionIdentity) async throws {}
    func delete(_ job: JobIdentity) async throws {}
    func delete(_ execution: ExecutionIdentity) async throws {}
    func executions(of job: JobIdentity, limit: Int) async throws -> [ExecutionObservation] { known }
    func tasks(of execution: ExecutionIdentity) async throws -> [TaskObservation] { [] }

    func lines(ofTask index: Int, in execution: ExecutionIdentity, limit: Int) async throws
        -> [LogLine]
    {
        [LogLine(time: "", severity: "ERROR", text: "relation exists")]
    }
}
