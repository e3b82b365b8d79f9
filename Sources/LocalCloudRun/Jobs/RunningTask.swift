import Synchronization

/// The containers of one attempt while they run.
final class RunningTask: Sendable {
    private struct State {
        /// In the order in which they were started.
        var instances: [(name: String, instance: RunningInstance)] = []
        var exits: [String: Int32] = [:]
        var mainExit: Int32?
        var failure: StartupFailure?
    }

    private let state = Mutex(State())

    var instances: [RunningInstance] { state.withLock { $0.instances.map(\.instance) } }
    var mainExit: Int32? { state.withLock(\.mainExit) }
    /// Of a startup probe, once all containers run.
    var failure: StartupFailure? { state.withLock(\.failure) }

    func instance(_ container: TaskContainer) -> RunningInstance? {
        state.withLock { state in state.instances.first { $0.name == container.name }?.instance }
    }

    func exit(of container: TaskContainer) -> Int32? { state.withLock { $0.exits[container.name] } }

    func started(_ instance: RunningInstance, _ container: TaskContainer) {
        state.withLock { $0.instances.append((container.name, instance)) }
    }

    func ended(_ container: TaskContainer, code: Int32) {
        state.withLock { state in
            state.exits[container.name] = code
            if container.isMain { state.mainExit = code }
        }
    }

    func failed(_ failure: StartupFailure) {
        state.withLock { $0.failure = $0.failure ?? failure }
    }
}
