import JSON

/// All that the API's port answers: Google's API behind its faults, and what this server has besides (the console page
/// and `/local/v1/…`).
struct LocalAPI: Sendable {
    private let control: ControlPlane
    private let faults: Faults
    private let google: FaultyAPI
    private let record: ServerRecord

    init(control: ControlPlane, faults: Faults, record: ServerRecord) {
        self.control = control
        self.faults = faults
        self.record = record
        google = FaultyAPI(faults: faults) { await control.handle($0) }
    }

    func handle(_ request: APIRequest) async -> APIResponse {
        switch (request.method, request.path) {
        case ("GET", "/"), ("GET", "/console"): ConsolePage.response
        case ("GET", "/local/v1/overview"): await overview(request)
        case ("GET", "/local/v1/faults"): APIResponse(body: faults.document)
        case ("PUT", "/local/v1/faults"): replaceFaults(request)
        case ("DELETE", "/local/v1/faults"): clearFaults()
        case (_, "/local/v1/faults"), (_, "/local/v1/overview"):
            APIResponse(
                status: 405,
                body: [
                    "error": [
                        "code": 405, "message": .string("\(request.method) is not possible here."),
                        "status": "UNIMPLEMENTED",
                    ]
                ])
        default: await google.handle(request)
        }
    }

    private func overview(_ request: APIRequest) async -> APIResponse {
        guard let after = Int64(request.query["after"] ?? "0") else {
            return APIError(.invalidArgument, "Invalid value at 'after': must be the id of a log entry.").response
        }
        do {
            var body = try await control.overview(logsAfter: after)
            body["server"] = [
                "version": .string(record.version), "runtime": .string(record.runtime),
                "pid": .integer(Int64(record.pid)), "apiPort": .integer(Int64(record.apiPort)),
                "ingressPort": .integer(Int64(record.ingressPort)),
            ]
            body["faults"] = faults.document
            return APIResponse(body: body)
        } catch {
            return APIError(.internalError, "The log could not be read: \(error)").response
        }
    }

    private func replaceFaults(_ request: APIRequest) -> APIResponse {
        do {
            faults.replace(with: try FaultPlan(reading: JSONValue(parsing: request.body)))
            return APIResponse(body: faults.document)
        } catch let error as FaultPlanError {
            let violations = error.problems.map { problem in
                let field = String(problem.prefix { $0 != ":" })
                return FieldViolation(field: field, message: problem)
            }
            return APIError.badRequest(violations).response
        } catch {
            return APIError(.invalidArgument, "Invalid JSON payload received.").response
        }
    }

    private func clearFaults() -> APIResponse {
        faults.replace(with: FaultPlan())
        return APIResponse(body: faults.document)
    }
}
