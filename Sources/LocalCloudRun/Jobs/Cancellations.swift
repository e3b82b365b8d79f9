import Synchronization

/// Which executions shall stop. Tasks that run outside the control plane's actor look here many times a second.
final class Cancellations: Sendable {
    private let names = Mutex<Set<String>>([])

    func add(_ execution: String) {
        names.withLock { _ = $0.insert(execution) }
    }

    func remove(_ execution: String) {
        names.withLock { _ = $0.remove(execution) }
    }

    func contains(_ execution: String) -> Bool {
        names.withLock { $0.contains(execution) }
    }
}
