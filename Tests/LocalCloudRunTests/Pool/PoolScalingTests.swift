import JSON
import Testing

@testable import LocalCloudRun

/// How many instances there are, and who gets one.
@Suite struct PoolScalingTests {
    private func document(
        concurrency: Int64, maximum: Int64 = 100, minimum: Int64 = 0, behaviour: String = ""
    ) -> JSONValue {
        let variables: JSONValue = [["name": "BEHAVIOUR", "value": .string(behaviour)]]
        return [
            "containers": [["image": "app", "env": variables]], "maxInstanceRequestConcurrency": .integer(concurrency),
            "scaling": ["minInstanceCount": .integer(minimum), "maxInstanceCount": .integer(maximum)],
        ]
    }

    @Test func `an instance never has more requests than it may, and load brings more instances`() async throws {
        try await PoolFixture.run(FakeRuntime(), document(concurrency: 2)) { fixture in
            let leases = try await withThrowingTaskGroup { group in
                for _ in 0..<6 { group.addTask { try await fixture.lease() } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let perInstance = Dictionary(grouping: leases, by: \.instance).mapValues(\.count)
            #expect(perInstance.values.allSatisfy { $0 <= 2 })
            #expect(perInstance.count >= 3)
            for lease in leases { fixture.pool.finished(lease) }
            // Back to the one that a revision with traffic keeps.
            #expect(await fixture.eventually { fixture.instances.count == 1 })
        }
    }

    @Test func `who finds no room within the queueing time is told so with 429`() async throws {
        try await PoolFixture.run(
            FakeRuntime(), document(concurrency: 1, maximum: 1), settings: { $0.queueTime = .milliseconds(300) }
        ) { fixture in
            let first = try await fixture.lease()
            #expect(fixture.pool.readyInstance(of: PoolFixture.revision, preferring: nil) == nil)
            await #expect(throws: InstanceUnavailable.noRoom) { try await fixture.lease() }
            async let second = fixture.lease()
            fixture.pool.finished(first)
            let next = try await second
            #expect(next.instance == first.instance)
            fixture.pool.finished(next)
        }
    }

    @Test func `an idle revision goes to zero, and the next request starts it again`() async throws {
        let runtime = FakeRuntime()
        try await PoolFixture.run(
            runtime, document(concurrency: 80), settings: { $0.scaleToZero = .milliseconds(300) }
        ) { fixture in
            fixture.pool.finished(try await fixture.lease())
            #expect(await fixture.eventually { fixture.instances.isEmpty && runtime.running == 0 })
            fixture.pool.finished(try await fixture.lease())
            #expect(runtime.started.count >= 2)
        }
    }

    @Test func `the minimum of revision and service stays`() async throws {
        try await PoolFixture.run(
            FakeRuntime(), document(concurrency: 80, minimum: 2), settings: { $0.scaleToZero = .milliseconds(50) }
        ) { fixture in
            #expect(await fixture.eventually { fixture.instances.count == 2 })
            fixture.pool.setServiceBounds([PoolFixture.revision: ScalingBounds(minimum: 3, maximum: .max)])
            #expect(await fixture.eventually { fixture.instances.count == 3 })
            fixture.pool.setServiceBounds([PoolFixture.revision: ScalingBounds(minimum: 0, maximum: 0)])
            #expect(await fixture.eventually { fixture.instances.isEmpty })
            await #expect(throws: InstanceUnavailable.stopped) { try await fixture.lease() }
        }
    }

    @Test func `a cold start that fails fails the requests that wait for it`() async throws {
        let document = document(concurrency: 80, behaviour: "exit")
        try await PoolFixture.run(FakeRuntime(), document, pinned: false) { fixture in
            await #expect(throws: InstanceUnavailable.couldNotStart) { try await fixture.lease() }
            // While it backs off nobody waits.
            await #expect(throws: InstanceUnavailable.stopped) { try await fixture.lease() }
        }
    }

    @Test func `a start that takes for ever ends with the deadline`() async throws {
        let document = document(concurrency: 80, behaviour: "silent")
        try await PoolFixture.run(
            FakeRuntime(), document, pinned: false, settings: { $0.startDeadline = .milliseconds(300) }
        ) { fixture in
            #expect(await fixture.pool.ensure(PoolFixture.revision) == .deadlineExceeded)
            #expect(StartupFailure.deadlineExceeded.reason == "PROGRESS_DEADLINE_EXCEEDED")
        }
    }
}
