import Configuration
import GoogleCloud
import Releases
import Simulation
import Synchronization
import Testing

/// Fifty services in five layers, each of which stands on all of the layer before, in virtual time: a release may take no
/// more than 1.3 times what the slowest of each layer takes alone, and writes no faster than Cloud Run's Admin API allows.
@Suite struct LayersTests {
    private static let (layers, width) = (5, 10)

    private static func name(_ layer: Int, _ number: Int) -> String { "layer\(layer)-\(number)" }

    private static let services: [Service] = (0..<layers).flatMap { layer in
        (0..<width).map { number in
            ModelWorld.service(
                name(layer, number), dependsOn: layer == 0 ? [] : (0..<width).map { name(layer - 1, $0) })
        }
    }

    /// How long each service takes until it is ready and for its suites, in seconds.
    struct Times {
        var ready: [String: Double] = [:]
        var smoke: [String: Double] = [:]

        init(seed: UInt64) {
            var random = SeededRandom(seed: seed)
            for service in LayersTests.services {
                // Boots of a few seconds to a minute, suites of seconds to two minutes.
                ready[service.name] = Double(random.below(55_000) + 5_000) / 1000
                smoke[service.name] = Double(random.below(110_000) + 10_000) / 1000
            }
        }

        func slowest(of layer: Int) -> String {
            (0..<LayersTests.width).map { LayersTests.name(layer, $0) }.max { length($0) < length($1) } ?? ""
        }

        private func length(_ name: String) -> Double { (ready[name] ?? 0) + (smoke[name] ?? 0) }
    }

    /// The length of a second release of these services, in seconds, and when it wrote.
    private static func release(
        _ names: [String], _ times: Times, seed: UInt64
    ) throws -> (seconds: Double, writes: [Duration], outcome: ReleaseOutcome) {
        let scheduler = Scheduler(seed: seed)
        let clock = scheduler.clock
        return try scheduler.run {
            let world = ModelWorld()
            let services = services.filter { names.contains($0.name) }.map { service in
                var service = service
                service.dependsOn = service.dependsOn.filter(names.contains)
                return service
            }
            do {
                _ = try await world.deploy(run: "run-aaaaaa", services: services, source: "s1")
                let plan = try await world.plan(run: "run-bbbbbb", services: services, source: "s2")
                let platform = DistantPlatform(world.platform, ready: times.ready, clock: clock)
                var roles = world.roles
                roles.platform = platform
                roles.verifier = SlowVerifier(world.verifier, smoke: times.smoke, clock: clock)
                roles.clock = clock
                let began = clock.now()
                let release = await ReleaseExecutor(plan, roles: roles).run()
                return ((clock.now() - began).inSeconds, platform.written, release.outcome)
            } catch {
                Issue.record("\(error)")
                return (0, [], .failed)
            }
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `a release takes what the slowest of each layer take one after the other`(seed: UInt64) throws {
        let times = Times(seed: seed)
        let whole = try Self.release(Self.services.map(\.name), times, seed: seed)
        #expect(whole.outcome == .promoted)
        let alone = try (0..<Self.layers).map { try Self.release([times.slowest(of: $0)], times, seed: seed).seconds }
        let sum = alone.reduce(0, +)
        print("seed \(seed): \(whole.seconds) s of \(sum) s, ratio \(whole.seconds / sum)")
        #expect(whole.seconds <= 1.3 * sum, "\(whole.seconds) s, and alone \(alone)")
        #expect(whole.seconds >= sum * 0.9, "nothing went before what it stands on")
        for (index, moment) in whole.writes.enumerated().dropFirst(60) {
            #expect(moment - whole.writes[index - 60] >= .seconds(60), "more than 60 writes in a minute")
        }
    }
}

/// A Cloud Run that is a journey away, takes 60 writes a minute, and whose revisions take their time.
private final class DistantPlatform: Platform {
    private static let journey = Duration.milliseconds(80)

    private struct State {
        // As the product's own client holds itself to it (`WriteQuota.cloudRun`).
        var schedule = WriteSchedule(limit: 60, window: .seconds(61))
        var written: [Duration] = []
        var readiness: [OperationName: Double] = [:]
    }

    private let model: ModelPlatform
    private let ready: [String: Double]
    private let clock: VirtualClock
    private let state = Mutex(State())

    init(_ model: ModelPlatform, ready: [String: Double], clock: VirtualClock) {
        self.model = model
        self.ready = ready
        self.clock = clock
    }

    var written: [Duration] { state.withLock { $0.written.sorted() } }

    private func write() async throws {
        let now = clock.now()
        let moment = state.withLock { state in
            let moment = state.schedule.reserve(at: now)
            state.written.append(moment)
            return moment
        }
        try await clock.sleep(for: moment - now + Self.journey)
    }

    private func read() async throws { try await clock.sleep(for: Self.journey) }

    func observe(_ service: ServiceIdentity, knownAccess: Bool?) async throws -> ServiceObservation? {
        try await read()
        return try await model.observe(service, knownAccess: knownAccess)
    }

    func revisions(of service: ServiceIdentity) async throws -> [RevisionObservation] {
        try await read()
        return try await model.revisions(of: service)
    }

    func revision(_ name: String, of service: ServiceIdentity) async throws -> RevisionObservation? {
        try await read()
        return try await model.revision(name, of: service)
    }

    func create(_ service: ServiceIdentity, change: ServiceChange) async throws -> OperationName {
        try await write()
        return try await model.create(service, change: change)
    }

    func update(_ service: ServiceIdentity, change: ServiceChange) async throws -> OperationName {
        try await write()
        let operation = try await model.update(service, change: change)
        if change.template != nil { state.withLock { $0.readiness[operation] = ready[service.name] } }
        return operation
    }

    func wait(for operation: OperationName, within deadline: Duration) async throws -> OperationEnd {
        let seconds = state.withLock { $0.readiness.removeValue(forKey: operation) } ?? 0.5
        try await clock.sleep(for: .seconds(seconds))
        return try await model.wait(for: operation, within: deadline)
    }

    func setPublic(_ isPublic: Bool, of service: ServiceIdentity) async throws {
        try await write()
        try await model.setPublic(isPublic, of: service)
    }

    func logs(of revision: String, service: ServiceIdentity, limit: Int) async throws -> [LogLine] { [] }
    func identityToken(audience: String) async throws -> String { "token" }
}

/// Five seconds of health, and suites that take their time.
private struct SlowVerifier: Verifier {
    let scripted: ScriptedVerifier
    let smoke: [String: Double]
    let clock: VirtualClock

    init(_ scripted: ScriptedVerifier, smoke: [String: Double], clock: VirtualClock) {
        self.scripted = scripted
        self.smoke = smoke
        self.clock = clock
    }

    func health(
        of target: VerificationTarget, progress: @escaping @Sendable (GateProgress) -> Void
    ) async throws -> HealthResult {
        try await clock.sleep(for: .seconds(5))
        return try await scripted.health(of: target, progress: progress)
    }

    func smoke(
        of target: VerificationTarget, priorities: [String], progress: @escaping @Sendable (GateProgress) -> Void
    ) async throws -> SmokeResult {
        try await clock.sleep(for: .seconds(smoke[target.service.name] ?? 0))
        return try await scripted.smoke(of: target, priorities: priorities, progress: progress)
    }

    func analyse(
        _ question: CanaryQuestion, record: @escaping @Sendable (CanaryFindings) async throws -> Void,
        progress: @escaping @Sendable (GateProgress) -> Void
    ) async throws -> CanaryFindings {
        try await scripted.analyse(question, record: record, progress: progress)
    }
}
