import Synchronization

/// A runtime whose instances become ready late or die young.
final class FaultyRuntime: Runtime {
    private let runtime: any Runtime
    private let faults: Faults
    private let work: BackgroundWork
    /// Instances that are to be killed, by id, and how long after they became ready.
    private let doomed = Mutex<[String: Duration]>([:])

    init(_ runtime: any Runtime, faults: Faults, work: BackgroundWork) {
        self.runtime = runtime
        self.faults = faults
        self.work = work
    }

    var name: String { runtime.name }

    func checkAvailable() async throws(RuntimeError) { try await runtime.checkAvailable() }

    func gatewayAddress() async -> String? { await runtime.gatewayAddress() }

    func inspect(image: String) async throws(RuntimeError) -> ImageFacts { try await runtime.inspect(image: image) }

    func start(_ specification: InstanceSpecification) async throws(RuntimeError) -> RunningInstance {
        let outcome = faults.decide(.start(service: specification.service, location: specification.location))
        if let delay = outcome?.readinessDelay, delay > .zero {
            // A server that stops does not wait for it; the start that follows is then undone by the pool.
            try? await Task.sleep(for: delay)
        }
        let instance = try await runtime.start(specification)
        if let crash = outcome?.crashAfterReady { doomed.withLock { $0[instance.id] = crash } }
        return instance
    }

    func becameReady(_ instance: RunningInstance) {
        guard let delay = doomed.withLock({ $0.removeValue(forKey: instance.id) }) else { return }
        work.add { [runtime] in
            do { try await Task.sleep(for: delay) } catch { return }
            await runtime.stop(instance, grace: .zero)
        }
    }

    func waitForExit(of instance: RunningInstance) async -> Int32 {
        let code = await runtime.waitForExit(of: instance)
        doomed.withLock { $0[instance.id] = nil }
        return code
    }

    func stop(_ instance: RunningInstance, grace: Duration) async { await runtime.stop(instance, grace: grace) }

    func makeMemoryVolume(_ name: String, bytes: Int?, owner: String) async throws(RuntimeError) {
        try await runtime.makeMemoryVolume(name, bytes: bytes, owner: owner)
    }

    func removeVolume(_ name: String) async { await runtime.removeVolume(name) }

    func removeLeftovers(owner: String) async { await runtime.removeLeftovers(owner: owner) }
}
