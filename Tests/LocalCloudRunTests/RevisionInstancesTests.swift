import JSON
import Testing

@testable import LocalCloudRun

/// The pool's decisions, as values.
@Suite struct RevisionInstancesTests {
    private let now = ContinuousClock.now

    /// Instances are named and have ports by their number, from 1.
    private func entry(
        ready: Int = 0, starting: Int = 0, concurrency: Int64 = 1, minimum: Int64 = 0, maximum: Int64 = 100
    ) -> RevisionInstances {
        let document: JSONValue = [
            "name": "r", "maxInstanceRequestConcurrency": .integer(concurrency),
            "scaling": ["minInstanceCount": .integer(minimum), "maxInstanceCount": .integer(maximum)],
        ]
        var entry = RevisionInstances(
            name: "r",
            blueprint: InstanceBlueprint(
                revision: document, service: Location(project: "p", location: "l").service("s")))
        for number in 1...max(1, ready + starting) where ready + starting > 0 {
            var instance = RevisionInstances.Instance(id: "\(number)", host: "h", port: number)
            instance.phase = number <= ready ? .ready : .starting
            instance.idleSince = now
            entry.instances.append(instance)
        }
        entry.usedAt = now
        return entry
    }

    private func waiter(since: ContinuousClock.Instant) -> RevisionInstances.Waiter {
        RevisionInstances.Waiter(preferred: nil, since: since, resume: { _ in })
    }

    @Test func `instances take turns, and a full one takes nothing more`() {
        var entry = entry(ready: 3)
        #expect(Set((0..<3).compactMap { _ in entry.lease()?.port }) == [1, 2, 3])
        #expect(entry.lease() == nil)
        entry.finished(instance: "2", now: now)
        #expect(entry.lease()?.instance == "2")
    }

    @Test func `a preferred instance is taken while it has room`() {
        var entry = entry(ready: 3, concurrency: 2)
        #expect((0..<2).compactMap { _ in entry.lease(preferring: "3")?.instance } == ["3", "3"])
        #expect(entry.lease(preferring: "3")?.instance != "3")
        #expect(entry.lease(preferring: "gone") != nil)
    }

    @Test func `who waits longest is served first`() {
        var entry = entry(ready: 1)
        entry.waiting = [waiter(since: now), waiter(since: now + .seconds(1))]
        #expect(entry.served().map(\.0.since) == [now])
        #expect(entry.served().isEmpty)
        entry.finished(instance: "1", now: now)
        #expect(entry.served().count == 1)
        #expect(entry.waiting.isEmpty)
    }

    @Test func `requests that wait ask for instances, up to what is allowed`() {
        func missing(_ entry: RevisionInstances, limit: Int = 8) -> Int {
            entry.missing(now: now, scaleToZero: .seconds(900), limit: limit)
        }
        var cold = entry(concurrency: 2)
        #expect(missing(cold) == 0)
        cold.waiting = Array(repeating: waiter(since: now), count: 5)
        #expect(missing(cold) == 3)
        #expect(missing(cold, limit: 2) == 2)
        var warm = entry(ready: 1, starting: 1, concurrency: 2, maximum: 3)
        warm.instances[0].inFlight = 2
        warm.waiting = Array(repeating: waiter(since: now), count: 9)
        #expect(missing(warm) == 1)
        warm.backOff(now: now)
        #expect(missing(warm) == 0)
    }

    @Test func `an instance that is not ready for requests is made up for`() {
        var entry = entry(ready: 1)
        entry.isPinned = true
        #expect(entry.missing(now: now, scaleToZero: .seconds(900), limit: 8) == 0)
        var watch = ProbeWatch(container: "c", probe: ProbeWatchTests.probe(.readiness), start: now)
        for _ in 0..<3 { _ = watch.finish(passed: false) }
        entry.instances[0].watches = [watch]
        #expect(entry.lease() == nil)
        #expect(entry.missing(now: now, scaleToZero: .seconds(900), limit: 8) == 1)
        #expect(entry.missing(now: now, scaleToZero: .seconds(900), limit: 1) == 0)
    }

    @Test func `the last instance stays for the idle time, the minimum for ever`() {
        func superfluous(_ entry: RevisionInstances, after time: Duration) -> [String] {
            entry.superfluous(now: now + time, idleTimeout: .seconds(5), scaleToZero: .seconds(900))
        }
        var entry = entry(ready: 3)
        #expect(superfluous(entry, after: .seconds(10)) == ["1", "2", "3"])
        entry.isPinned = true
        #expect(superfluous(entry, after: .seconds(4)).isEmpty)
        #expect(superfluous(entry, after: .seconds(10)) == ["2", "3"])
        #expect(superfluous(entry, after: .seconds(901)) == ["1", "2", "3"])
        entry.serviceBounds = ScalingBounds(minimum: 2, maximum: .max)
        #expect(superfluous(entry, after: .seconds(901)) == ["3"])
        entry.instances[2].inFlight = 1
        #expect(superfluous(entry, after: .seconds(901)) == ["2"], "the busy one counts, and stays")
    }

    @Test func `a request waits for ten seconds or three and a half starts, and while one starts`() {
        var entry = entry(ready: 1)
        entry.waiting = [waiter(since: now)]
        func overdue(after time: Duration) -> Int {
            var copy = entry
            return copy.overdue(now: now + time, patience: .seconds(10)).count
        }
        #expect(overdue(after: .seconds(9)) == 0)
        #expect(overdue(after: .seconds(10)) == 1)
        entry.startupTime = .seconds(4)
        #expect(overdue(after: .seconds(13)) == 0)
        #expect(overdue(after: .seconds(14)) == 1)
        entry.instances[0].phase = .starting
        #expect(overdue(after: .seconds(100)) == 0)
    }

    @Test func `a crash backs off longer each time, unless the instance ran for a while`() {
        var entry = entry(ready: 3)
        entry.fail(0, now: now)
        #expect(entry.isBackingOff(now: now + .milliseconds(499)))
        #expect(!entry.isBackingOff(now: now + .milliseconds(500)))
        entry.fail(1, now: now)
        #expect(entry.isBackingOff(now: now + .milliseconds(999)))
        #expect(!entry.isStopped(now: now))
        entry.instances[2].readySince = now
        entry.fail(2, now: now + .seconds(31))
        #expect(entry.failures == 1)
        #expect(entry.isStopped(now: now + .seconds(31)))
        #expect(!entry.isStopped(now: now + .seconds(32)))
    }
}

@Suite struct ProbeWatchTests {
    static func probe(_ role: Probe.Role) -> Probe {
        var probe = Probe.standard(port: 8080)
        probe.role = role
        probe.kind = .http(path: "/", headers: [:])
        probe.isDefault = false
        probe.initialDelay = .seconds(5)
        probe.period = .seconds(10)
        probe.failureThreshold = 3
        return probe
    }

    @Test func `a probe is due after its delay and then once a period`() {
        let start = ContinuousClock.now
        var watch = ProbeWatch(container: "c", probe: Self.probe(.liveness), start: start)
        #expect(!watch.isDue(at: start + .seconds(4)))
        #expect(watch.isDue(at: start + .seconds(5)))
        watch.begin(at: start + .seconds(5))
        #expect(!watch.isDue(at: start + .seconds(100)))
        _ = watch.finish(passed: true)
        #expect(!watch.isDue(at: start + .seconds(14)))
        #expect(watch.isDue(at: start + .seconds(15)))
    }

    @Test func `only consecutive failures count`() {
        var watch = ProbeWatch(container: "c", probe: Self.probe(.liveness), start: .now)
        let changes = [false, false, true, false, false, false].map { watch.finish(passed: $0) }
        #expect(changes == [.none, .none, .none, .none, .none, .dead])
        #expect(
            watch.sentence(.dead)
                == "LIVENESS HTTP probe failed 3 times consecutively for container \"c\" on port 8080. The instance has been shut down."
        )
    }

    @Test func `readiness pauses and resumes`() {
        var watch = ProbeWatch(container: "c", probe: Self.probe(.readiness), start: .now)
        let changes = [false, false, false, false, true, true].map { watch.finish(passed: $0) }
        #expect(changes == [.none, .none, .paused, .none, .resumed, .none])
        #expect(watch.isPassing)
    }
}
