import JSON

/// A long-running operation.
struct OperationRecord: Hashable, Codable, Sendable {
    enum Work: Hashable, Codable, Sendable {
        /// Bring the service to this generation; `revision` is the full name of the one that it made, if any.
        case reconcile(ServiceName, generation: Int64, revision: String?)
        case delete(ServiceName)
        /// Look at the job's image and, where it has a token, at the execution that it asked for.
        case prepare(JobName, generation: Int64)
        case deleteJob(JobName)
        /// Run the tasks of this execution (full name) that are not over.
        case execute(String)
        case cancel(String)
        case deleteExecution(String)
        /// It was done when it was answered.
        case nothing
    }

    struct Failure: Hashable, Codable, Sendable {
        /// google.rpc.Code.
        var code: Int
        var message: String
    }

    /// `projects/P/locations/L/operations/ID`
    var name: String
    var created: Timestamp
    var work: Work
    /// `Service`, `Revision`, `Job` or `Execution`.
    var type: String
    var metadata: JSONValue
    var isDone = false
    var response: JSONValue?
    var failure: Failure?

    /// What a call that is only checked (`validateOnly`) gives: over already, with what it would make.
    var preview: Self {
        var result = self
        result.isDone = true
        result.response = metadata
        return result
    }

    var resource: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "metadata": typed(metadata), "done": .bool(isDone),
        ]
        if let failure {
            members["error"] = ["code": .integer(Int64(failure.code)), "message": .string(failure.message)]
        } else if let response {
            members["response"] = typed(response)
        }
        return .object(members)
    }

    private func typed(_ value: JSONValue) -> JSONValue {
        var result = value
        result["@type"] = .string("type.googleapis.com/google.cloud.run.v2.\(type)")
        return result
    }
}

extension JSONValue {
    /// A value by way of its own coding; nil when it has none.
    init?(encoding value: some Encodable) {
        guard let text = DocumentCoding.text(of: value), let parsed = try? JSONValue(parsing: text) else { return nil }
        self = parsed
    }

    func decoded<Value: Decodable>(as type: Value.Type) -> Value? {
        DocumentCoding.value(of: serialized(), as: type)
    }
}
