import JSON
import Synchronization

/// Operations that go wrong while their work is done, as every method of operations shows them.
final class FaultyOperations: Sendable {
    /// By full name.
    private let faults = Mutex<[String: OperationFault]>([:])
    private let api: @Sendable (APIRequest) async -> APIResponse
    /// An operation is a few hundred bytes here; a server that runs for weeks must not keep them all.
    private static let limit = 1000

    init(api: @escaping @Sendable (APIRequest) async -> APIResponse) {
        self.api = api
    }

    /// Remembers what is to go wrong with the operation that a call has started.
    func note(_ fault: OperationFault, of response: APIResponse) {
        guard response.status < 300, let name = response.body["name"]?.string, name.contains("/operations/") else {
            return
        }
        faults.withLock { faults in
            if faults.count >= Self.limit { faults = [:] }
            faults[name] = fault
        }
    }

    /// nil for a call about operations that are as they should be.
    func answer(to request: APIRequest, _ method: String) async -> APIResponse? {
        if method == "operations.list" { return await list(request) }
        let name = String(request.path.dropFirst("/v2/".count).prefix { $0 != ":" })
        guard let fault = faults.withLock({ $0[name] }) else { return nil }
        switch (fault, method) {
        case (.disappears, _):
            return APIError(.notFound, "Operation '\(name)' does not exist.").response
        case (.neverEnds, "operations.delete"):
            return APIError(.failedPrecondition, "Operation '\(name)' is not done.").response
        case (.neverEnds, "operations.wait"):
            let timeout = (try? JSONValue(parsing: request.body))?["timeout"]?.string
            let seconds = timeout.flatMap(Seconds.init(parsing:))?.value ?? 60
            try? await Task.sleep(for: .milliseconds(Int64(max(0, min(seconds, 3600)) * 1000)))
            return await api(APIRequest(method: "GET", path: "/v2/" + name)).with(fault)
        case (_, "operations.get"), (_, "operations.wait"):
            return await api(request).with(fault)
        default: return nil
        }
    }

    /// The list as its faults show it. A filter means what is shown, so the control plane is asked without it.
    private func list(_ request: APIRequest) async -> APIResponse? {
        let parent = String(request.path.dropFirst("/v2/".count)) + "/"
        let faults = faults.withLock { $0.filter { $0.key.hasPrefix(parent) } }
        guard !faults.isEmpty else { return nil }
        // What is wrong with the request is refused as ever.
        var answer = await api(request)
        guard answer.status == 200, let wanted = try? OperationFilter(request.query["filter"]) else {
            return answer
        }
        var next = request
        for name in request.query.keys where QueryRules.camelCase(name) != "pageToken" { next.query[name] = nil }
        let query = request.query.first { QueryRules.camelCase($0.key) == "pageSize" }
        let size = query.flatMap { Int($0.value) } ?? 0
        var left = size == 0 ? 100 : min(size, 100)
        var shown: [JSONValue] = []
        var token: String?
        repeat {
            // Never more than is still wanted, so that the next page begins where this one ended.
            next.query["pageSize"] = String(left)
            let page = await api(next).body
            let operations = (page["operations"]?.array ?? []).compactMap { operation -> JSONValue? in
                guard let fault = operation["name"]?.string.flatMap({ faults[$0] }) else { return operation }
                guard fault != .disappears else { return nil }
                return APIResponse(body: operation).with(fault).body
            }.filter { wanted.isMet(by: $0["done"]?.bool ?? false) }
            shown += operations
            left -= operations.count
            token = page["nextPageToken"]?.string
            next.query = ["pageToken": token ?? ""]
        } while left > 0 && token != nil
        answer.body["operations"] = shown.isEmpty ? nil : .array(shown)
        answer.body["nextPageToken"] = token.map { .string($0) }
        if request.wantsEnumNumbers {
            answer.body = FieldTable.runV2.withEnumNumbers(answer.body, message: "ListOperationsResponse")
        }
        return answer
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
}
