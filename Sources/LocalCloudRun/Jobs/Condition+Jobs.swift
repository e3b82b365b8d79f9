import JSON

/// The `Completed` conditions of executions and tasks.
extension Condition {
    static func failed(_ message: String, isExit: Bool, at time: Timestamp) -> JSONValue {
        var result = make("Completed", .failed, at: time, message: message)
        if isExit { result["executionReason"] = "NON_ZERO_EXIT_CODE" }
        return result
    }

    static func cancelled(at time: Timestamp) -> JSONValue {
        var result = make("Completed", .failed, at: time, message: "Execution cancelled.")
        result["executionReason"] = "CANCELLED"
        return result
    }

    static func cancelling(at time: Timestamp) -> JSONValue {
        var result = make("Completed", .reconciling, at: time, message: "Execution is being cancelled.")
        result["executionReason"] = "CANCELLING"
        return result
    }
}
