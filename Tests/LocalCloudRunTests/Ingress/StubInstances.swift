import LocalCloudRun
import Synchronization

/// Instances at fixed addresses, and a record of everything that the ingress said about them.
final class StubInstances: InstanceSource {
    struct Ends: Sendable {
        var given = 0
        var finished = 0
        var records: [RequestRecord] = []
    }

    private let ports: Mutex<[String: Int]>
    private let ends = Mutex(Ends())

    init(_ ports: [String: Int]) {
        self.ports = Mutex(ports)
    }

    var state: Ends { ends.withLock { $0 } }

    func instance(of revision: String) async throws(InstanceUnavailable) -> (host: String, port: Int) {
        guard let port = ports.withLock({ $0[revision] }) else {
            throw InstanceUnavailable(status: 429, message: "Rate exceeded.")
        }
        ends.withLock { $0.given += 1 }
        return ("127.0.0.1", port)
    }

    func finished(revision: String, host: String, port: Int) {
        ends.withLock { $0.finished += 1 }
    }

    func accepts(token: String, service: String) -> Bool {
        token == "token-of-\(service)"
    }

    func log(_ request: RequestRecord) {
        ends.withLock { $0.records.append(request) }
    }
}
