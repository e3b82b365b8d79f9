import JSON
import Synchronization

/// The API behind its faults. The control plane knows nothing of them: what it did is done, and what is wrong is only
/// what its caller sees.
final class FaultyAPI: Sendable {
    private struct Snapshot {
        var response: APIResponse
        var until: ContinuousClock.Instant
    }

    private struct State {
        /// By full name.
        var operations: [String: OperationFault] = [:]
        /// What a path answered before the last write of its service.
        var snapshots: [String: Snapshot] = [:]
    }

    private let faults: Faults
    private let api: @Sendable (APIRequest) async -> APIResponse
    private let state = Mutex(State())
    /// An operation is a few hundred bytes here; a server that runs for weeks must not keep them all.
    private static let operationLimit = 1000

    init(faults: Faults, api: @escaping @Sendable (APIRequest) async -> APIResponse) {
        self.faults = faults
        self.api = api
    }

    func handle(_ request: APIRequest) async -> APIResponse {
        guard let subject = FaultSubject(call: request), case .call(let method, let service) = subject else {
            return await api(request)
        }
        let outcome = faults.decide(subject) ?? FaultOutcome()
        if outcome.latency > .zero {
            do { try await Task.sleep(for: outcome.latency) } catch { return .reset }
        }
        switch outcome.ending {
        case .error(let status, let message, let retryAfter):
            return .fault(status: status, message: message, retryAfter: retryAfter, resource: service ?? method)
        case .reset: return .reset
        case nil: break
        }
        if request.method == "GET", let old = snapshot(of: request) { return old }
        if method.hasPrefix("operations."), let answer = await operationAnswer(request, method) { return answer }
        let before = await snapshotBeforeWrite(request, outcome: outcome)
        let response = await api(request)
        if let before, response.status < 300 { keep(before) }
        note(response, outcome: outcome)
        return response
    }

    // MARK: Stale reads

    private func snapshot(of request: APIRequest) -> APIResponse? {
        state.withLock { state in
            guard let snapshot = state.snapshots[request.path] else { return nil }
            guard snapshot.until > .now else {
                state.snapshots[request.path] = nil
                return nil
            }
            return snapshot.response
        }
    }

    private func snapshotBeforeWrite(_ request: APIRequest, outcome: FaultOutcome) async -> (String, Snapshot)? {
        guard let duration = outcome.staleReads, request.method != "GET" else { return nil }
        // A verb (`:setIamPolicy`) writes to the resource before it.
        let path = String(request.path.prefix { $0 != ":" })
        let response = await api(APIRequest(method: "GET", path: path))
        return (path, Snapshot(response: response, until: .now + duration))
    }

    private func keep(_ before: (path: String, snapshot: Snapshot)) {
        state.withLock { state in
            // Of two writes in a row the older state is the stale one.
            if let old = state.snapshots[before.path], old.until > .now { return }
            state.snapshots[before.path] = before.snapshot
        }
    }

    // MARK: Operations

    /// Remembers what is to go wrong with the operation that a call has started.
    private func note(_ response: APIResponse, outcome: FaultOutcome) {
        guard let fault = outcome.operation, response.status < 300, let name = response.body["name"]?.string,
            name.contains("/operations/")
        else { return }
        state.withLock { state in
            if state.operations.count >= Self.operationLimit { state.operations = [:] }
            state.operations[name] = fault
        }
    }

    /// nil for an operation that is as it should be.
    private func operationAnswer(_ request: APIRequest, _ method: String) async -> APIResponse? {
        let name = String(request.path.dropFirst("/v2/".count).prefix { $0 != ":" })
        guard let fault = state.withLock({ $0.operations[name] }) else { return nil }
        guard method == "operations.get" || method == "operations.wait" else { return nil }
        switch fault {
        case .disappears:
            return APIError(.notFound, "Operation '\(name)' does not exist.").response
        case .neverEnds:
            if method == "operations.wait" {
                let timeout = (try? JSONValue(parsing: request.body))?["timeout"]?.string
                let seconds = timeout.flatMap(Seconds.init(parsing:))?.value ?? 60
                try? await Task.sleep(for: .milliseconds(Int64(max(0, min(seconds, 3600)) * 1000)))
            }
            return await api(APIRequest(method: "GET", path: "/v2/" + name)).with(fault)
        case .fails, .noResponse:
            return await api(request).with(fault)
        }
    }
}

extension APIResponse {
    /// An operation as its fault shows it.
    fileprivate func with(_ fault: OperationFault) -> APIResponse {
        guard status == 200, body["name"] != nil else { return self }
        var result = self
        switch fault {
        case .neverEnds:
            result.body["done"] = false
            result.body["response"] = nil
            result.body["error"] = nil
        case .fails where body["done"] == true:
            result.body["response"] = nil
            result.body["error"] = ["code": 13, "message": "Internal error encountered."]
        case .noResponse where body["done"] == true:
            result.body["response"] = nil
            result.body["error"] = nil
        case .fails, .noResponse, .disappears: break
        }
        return result
    }

    /// An answer that the API did not mean, in the form of google.rpc.Status.
    fileprivate static func fault(status: Int, message: String?, retryAfter: Int?, resource: String) -> APIResponse {
        let (name, text) = GoogleStatus.of(status, resource: resource)
        var response = APIResponse(
            status: status,
            body: [
                "error": [
                    "code": .integer(Int64(status)), "message": .string(message ?? text), "status": .string(name),
                ]
            ])
        if let retryAfter { response.headers["retry-after"] = String(retryAfter) }
        return response
    }
}

/// google.rpc.Code by HTTP status, with what Google's front end says of it.
private enum GoogleStatus {
    static func of(_ status: Int, resource: String) -> (name: String, message: String) {
        switch status {
        case 400: ("INVALID_ARGUMENT", "Request contains an invalid argument.")
        case 401: ("UNAUTHENTICATED", "Request had invalid authentication credentials.")
        case 403: ("PERMISSION_DENIED", "The caller does not have permission")
        case 404: ("NOT_FOUND", "Requested entity was not found.")
        case 409:
            (
                "ABORTED",
                "Conflict for resource '\(resource)': version '1' was specified but current version is '2'."
            )
        case 429:
            (
                "RESOURCE_EXHAUSTED",
                "Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute per region' of service 'run.googleapis.com'."
            )
        case 500: ("INTERNAL", "Internal error encountered.")
        case 501: ("UNIMPLEMENTED", "Operation is not implemented, or supported, or enabled.")
        case 503: ("UNAVAILABLE", "The service is currently unavailable.")
        case 504: ("DEADLINE_EXCEEDED", "Deadline exceeded.")
        default: ("UNKNOWN", "Unknown error.")
        }
    }
}
