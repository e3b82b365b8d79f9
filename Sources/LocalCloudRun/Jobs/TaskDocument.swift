import JSON

/// The task resource and how it moves, as pure values.
enum TaskDocument {
    enum Phase: Hashable, Sendable {
        case pending, running, succeeded, failed, cancelled
    }

    static func id(execution: String, index: Int) -> String { "\(execution)-task\(index)" }

    /// `execution` is the document that it belongs to.
    static func make(index: Int, of execution: JSONValue, uid: String, etag: String, at time: Timestamp) -> JSONValue {
        let parent = execution["name"]?.string ?? ""
        let id = shortName(parent)
        var members: [String: JSONValue] = [
            "name": .string("\(parent)/tasks/\(Self.id(execution: id, index: index))"), "uid": .string(uid),
            "generation": "1", "createTime": .string(time.text), "updateTime": .string(time.text),
            "scheduledTime": .string(time.text), "execution": .string(id), "reconciling": true,
            "etag": .string(etag),
        ]
        members["job"] = execution["job"]
        members["logUri"] = execution["logUri"]
        for name in ["labels", "annotations"] {
            if let value = execution[name] { members[name] = value }
        }
        for name in copied {
            if let value = execution["template"]?[name] { members[name] = value }
        }
        // proto3 leaves a zero out.
        if index > 0 { members["index"] = .integer(Int64(index)) }
        members["conditions"] = [Condition.make("Completed", .pending, at: time)]
        return .object(members)
    }

    private static let copied = [
        "containers", "volumes", "maxRetries", "timeout", "serviceAccount", "executionEnvironment", "encryptionKey",
        "vpcAccess", "nodeSelector", "gpuZonalRedundancyDisabled",
    ]

    static func phase(_ task: JSONValue) -> Phase {
        guard task["completionTime"] != nil else { return task["startTime"] == nil ? .pending : .running }
        let condition = completed(task)
        if condition?["state"]?.string == Condition.State.succeeded.rawValue { return .succeeded }
        return condition?["executionReason"] == "CANCELLED" ? .cancelled : .failed
    }

    static func completed(_ document: JSONValue) -> JSONValue? {
        document["conditions"]?.array?.first { $0["type"] == "Completed" }
    }

    /// How often it was tried before.
    static func attempt(_ task: JSONValue) -> Int { Int(task["retried"]?.integer ?? 0) }

    static func started(_ task: JSONValue, at time: Timestamp) -> JSONValue {
        var result = task
        if result["startTime"] == nil { result["startTime"] = .string(time.text) }
        result["updateTime"] = .string(time.text)
        result["conditions"] = Condition.merged(
            [
                Condition.make("Completed", .reconciling, at: time), Condition.make("Started", .succeeded, at: time),
            ], into: task["conditions"])
        return result
    }

    /// The task after an attempt: tried again unless it is over.
    static func ended(_ task: JSONValue, _ outcome: TaskAttempt.Outcome, at time: Timestamp) -> JSONValue {
        var result = task
        result["updateTime"] = .string(time.text)
        // A task that was cancelled while it waited had no attempt.
        if task["startTime"] != nil, let attempt = outcome.result { result["lastAttemptResult"] = attempt }
        let attempt = attempt(task)
        if outcome.isRetried, attempt < Int(task["maxRetries"]?.integer ?? 3) {
            result["retried"] = .integer(Int64(attempt + 1))
            return result
        }
        let condition: JSONValue
        switch outcome {
        case .exited(0): condition = Condition.make("Completed", .succeeded, at: time)
        case .cancelled: condition = Condition.cancelled(at: time)
        default: condition = Condition.failed(outcome.message, isExit: outcome.isExit, at: time)
        }
        let started = task["conditions"]?.array?.filter { $0["type"] == "Started" } ?? []
        result["conditions"] = Condition.merged([condition] + started, into: task["conditions"])
        result["completionTime"] = .string(time.text)
        result["observedGeneration"] = "1"
        result["reconciling"] = nil
        return result
    }
}
