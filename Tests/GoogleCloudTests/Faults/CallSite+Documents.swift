import JSON
import Releases

@testable import GoogleCloud

/// What `config import`, `logs` and an operation without `:wait` read.
extension CallSite {
    private static let entries: JSONValue = [
        "entries": [["textPayload": "hello", "timestamp": "2026-11-26T10:00:00Z"]]
    ]

    private static func served(_ request: LoopbackServer.Request) -> JSONValue {
        if request.path.contains("/revisions/") { return revision }
        guard request.path == backendPath else { return answers(request) }
        var document = service
        document["trafficStatuses"] = service["traffic"]
        return document
    }

    static let documents: [CallSite] = [
        CallSite(
            name: "service document", strikes: { $0.path == backendPath },
            healthy: served, understood: [404],
            call: { _ = try await cloudRun($0, $1).documents(of: identity) }),
        CallSite(
            name: "revision document", strikes: { $0.path.contains("/revisions/") },
            healthy: served,
            call: { _ = try await cloudRun($0, $1).documents(of: identity) }),
        CallSite(
            name: "operation get", strikes: { $0.path == operationPath }, healthy: answers,
            status: { $0.path.hasSuffix(":wait") ? 404 : 200 },
            call: {
                let name = OperationName("projects/p/locations/us-central1/operations/op-1")
                _ = try await cloudRun($0, $1).wait(for: name, within: .seconds(20))
            }),
        CallSite(
            name: "log query", strikes: { _ in true }, healthy: { _ in entries }, bare: .tolerated,
            call: {
                let query = LogQuery(service: identity, revision: "backend-1", includesRequests: true, limit: 10)
                _ = try await cloudRun($0, $1).entries(query)
            }),
        CallSite(
            name: "request log", strikes: { _ in true }, healthy: { _ in entries }, bare: .tolerated,
            call: { _ = try await cloudRun($0, $1).revisions(answering: ["t"], of: identity, since: nil) }),
    ]
}
