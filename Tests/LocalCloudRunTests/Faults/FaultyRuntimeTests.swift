import Testing

@testable import LocalCloudRun

@Suite("Faults of instances", .timeLimit(.minutes(1)))
struct FaultyRuntimeTests {
    private static func specification(_ service: String) -> InstanceSpecification {
        InstanceSpecification(
            owner: "test", service: service, revision: service + "-1", instance: service + "-1-1", image: "repo/app:1",
            environment: [:], port: 8080, output: { _, _ in })
    }

    private static func withRuntime(
        _ effect: FaultEffect, _ body: (FaultyRuntime, FakeRuntime) async throws -> Void
    ) async throws {
        let real = FakeRuntime()
        let work = BackgroundWork()
        let rule = FaultRule(id: "r", target: FaultTarget(service: "backend"), effect: effect, times: 1)
        let runtime = FaultyRuntime(real, faults: Faults(FaultPlan(rules: [rule])), work: work)
        let background = Task { await work.run() }
        defer { background.cancel() }
        try await body(runtime, real)
    }

    @Test func `an instance starts late, and the next one does not`() async throws {
        try await Self.withRuntime(.readinessDelay(.milliseconds(200))) { runtime, _ in
            let start = ContinuousClock.now
            let late = try await runtime.start(Self.specification("backend"))
            #expect(ContinuousClock.now - start >= .milliseconds(200))
            await runtime.stop(late, grace: .zero)
        }
    }

    @Test func `an instance dies after it became ready, not before`() async throws {
        try await Self.withRuntime(.crashAfterReady(.milliseconds(50))) { runtime, real in
            let doomed = try await runtime.start(Self.specification("backend"))
            let other = try await runtime.start(Self.specification("other"))
            runtime.becameReady(other)
            #expect(real.stopped.isEmpty)
            runtime.becameReady(doomed)
            #expect(await runtime.waitForExit(of: doomed) != 0)
            #expect(real.stopped == [doomed.id])
            await runtime.stop(other, grace: .zero)
        }
    }
}
