import JSON

/// One entry of `conditions`, and what a `terminalCondition` is.
enum Condition {
    enum State: String {
        case pending = "CONDITION_PENDING"
        case reconciling = "CONDITION_RECONCILING"
        case failed = "CONDITION_FAILED"
        case succeeded = "CONDITION_SUCCEEDED"
    }

    static func make(
        _ type: String, _ state: State, at time: Timestamp, message: String? = nil, reason: String? = nil,
        revisionReason: String? = nil
    ) -> JSONValue {
        var members: [String: JSONValue] = [
            "type": .string(type), "state": .string(state.rawValue), "lastTransitionTime": .string(time.text),
        ]
        if state == .failed { members["severity"] = "ERROR" }
        if let message { members["message"] = .string(message) }
        // The reasons are a one-of: the more exact one wins.
        if let revisionReason {
            members["revisionReason"] = .string(revisionReason)
        } else if let reason {
            members["reason"] = .string(reason)
        }
        return .object(members)
    }

    /// The new conditions, with the time of those that did not change left as it was.
    static func merged(_ new: [JSONValue], into old: JSONValue?) -> JSONValue {
        let before = old?.array ?? []
        return .array(new.map { kept($0, old: before.first { [type = $0["type"]] in $0["type"] == type }) })
    }

    static func kept(_ new: JSONValue, old: JSONValue?) -> JSONValue {
        guard let old, old["type"] == new["type"], old["state"] == new["state"] else { return new }
        var result = new
        result["lastTransitionTime"] = old["lastTransitionTime"] ?? new["lastTransitionTime"]
        return result
    }
}
