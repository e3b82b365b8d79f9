import LocalCloudRun
import Synchronization

/// Instances at fixed addresses, and a record of everything that the ingress said about them.
final class StubInstances: InstanceSource {
    struct Ends: Sendable {
        var given = 0
        var finished = 0
        var records: [RequestRecord] = []
        /// Instances that the ingress would rather have had.
        var preferred: Set<String> = []
    }

    private let ports: Mutex<[String: Int]>
    private let ends = Mutex(Ends())
    /// Revisions whose container speaks HTTP/2.
    private let streaming: Set<String>
    /// Of the instance that is leased from now on.
    let name = Mutex("stub")

    init(_ ports: [String: Int], streaming: Set<String> = []) {
        self.ports = Mutex(ports)
        self.streaming = streaming
    }

    var state: Ends { ends.withLock { $0 } }

    func readyInstance(of revision: String, preferring instance: String?) -> InstanceLease? { nil }

    func instance(of revision: String, preferring instance: String?) async throws(InstanceUnavailable) -> InstanceLease
    {
        guard let port = ports.withLock({ $0[revision] }) else {
            throw InstanceUnavailable(status: 429, message: "Rate exceeded.")
        }
        ends.withLock {
            $0.given += 1
            if let instance { $0.preferred.insert(instance) }
        }
        return InstanceLease(
            revision: revision, instance: name.withLock { $0 }, host: "127.0.0.1", port: port,
            usesHTTP2: streaming.contains(revision))
    }

    func finished(_ lease: InstanceLease) {
        ends.withLock { $0.finished += 1 }
    }

    func accepts(token: String, service: String) -> Bool {
        token == "token-of-\(service)"
    }

    func log(_ request: RequestRecord) {
        ends.withLock { $0.records.append(request) }
    }
}
