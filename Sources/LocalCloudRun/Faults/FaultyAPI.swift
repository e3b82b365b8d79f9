import JSON
import Synchronization

/// The API behind its faults. The control plane knows nothing of them: what it did is done, and what is wrong is only
/// what its caller sees.
final class FaultyAPI: Sendable {
    private let faults: Faults
    private let api: @Sendable (APIRequest) async -> APIResponse
    private let operations: FaultyOperations
    private let staleReads: StaleReads

    init(faults: Faults, api: @escaping @Sendable (APIRequest) async -> APIResponse) {
        self.faults = faults
        self.api = api
        operations = FaultyOperations(api: api)
        staleReads = StaleReads(api: api)
    }

    func handle(_ request: APIRequest) async -> APIResponse {
        guard let subject = FaultSubject(call: request), case .call(let method, let service, _) = subject else {
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
        if request.method == "GET" {
            if let old = staleReads.answer(to: request) { return old }
            if let list = ListForm(request), let change = staleReads.change(of: list) {
                return await list.answer(to: request, from: api, changing: change)
            }
        }
        if method.hasPrefix("operations."), let answer = await operations.answer(to: request, method) { return answer }
        var before: StaleReads.Before?
        if let duration = outcome.staleReads, request.method != "GET" {
            before = await staleReads.before(request, for: duration)
        }
        let response = await api(request)
        if let before, response.status < 300 { staleReads.keep(before) }
        if let fault = outcome.operation { operations.note(fault, of: response) }
        return response
    }
}

extension APIResponse {
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
