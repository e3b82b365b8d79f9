import JSON

/// The execution resource and how it moves, as pure values.
enum ExecutionDocument {
    /// `template` is the job's execution template with the overrides of this run.
    static func make(
        id: String, job: JobName, template: JSONValue, uid: String, etag: String, at time: Timestamp
    ) -> JSONValue {
        let count = template["taskCount"]?.integer ?? 1
        var members: [String: JSONValue] = [
            "name": .string(job.execution(id)), "uid": .string(uid), "creator": "local", "generation": "1",
            "createTime": .string(time.text), "updateTime": .string(time.text), "launchStage": "GA",
            "job": .string(job.id), "taskCount": .integer(count), "reconciling": true, "etag": .string(etag),
            "logUri": .string(logsURL(job: job, execution: id)),
        ]
        members["template"] = template["template"]
        let parallelism = template["parallelism"]?.integer ?? 0
        members["parallelism"] = .integer(parallelism == 0 ? count : parallelism)
        for name in ["labels", "annotations", "client", "clientVersion"] {
            if let value = template[name] { members[name] = value }
        }
        members["conditions"] = [
            Condition.make("Completed", .pending, at: time), Condition.make("ResourcesAvailable", .pending, at: time),
            Condition.make("Started", .pending, at: time),
        ]
        return .object(members)
    }

    static func taskCount(_ execution: JSONValue) -> Int { Int(execution["taskCount"]?.integer ?? 1) }

    static func isComplete(_ execution: JSONValue) -> Bool { execution["completionTime"] != nil }

    static func isCancelling(_ execution: JSONValue) -> Bool {
        TaskDocument.completed(execution)?["executionReason"] == "CANCELLING"
    }

    static func started(_ execution: JSONValue, at time: Timestamp) -> JSONValue {
        guard execution["startTime"] == nil else { return execution }
        var result = execution
        result["startTime"] = .string(time.text)
        result["updateTime"] = .string(time.text)
        result["conditions"] = Condition.merged(
            [
                isCancelling(execution)
                    ? Condition.cancelling(at: time) : Condition.make("Completed", .reconciling, at: time),
                Condition.make("ResourcesAvailable", .succeeded, at: time),
                Condition.make("Started", .succeeded, at: time),
            ], into: execution["conditions"])
        return result
    }

    static func cancelling(_ execution: JSONValue, at time: Timestamp) -> JSONValue {
        replacing(Condition.cancelling(at: time), in: execution, at: time)
    }

    /// With its counts after a task went from one phase to another; constant work, however many tasks there are.
    static func moved(
        _ execution: JSONValue, from old: TaskDocument.Phase, to new: TaskDocument.Phase, isFirstRetry: Bool,
        at time: Timestamp
    ) -> JSONValue {
        var result = execution
        result["updateTime"] = .string(time.text)
        if old != new {
            add(-1, to: count(of: old), in: &result)
            add(1, to: count(of: new), in: &result)
        }
        if isFirstRetry { add(1, to: "retriedCount", in: &result) }
        return result
    }

    private static func count(of phase: TaskDocument.Phase) -> String? {
        switch phase {
        case .pending: nil
        case .running: "runningCount"
        case .succeeded: "succeededCount"
        case .failed: "failedCount"
        case .cancelled: "cancelledCount"
        }
    }

    private static func add(_ change: Int64, to name: String?, in execution: inout JSONValue) {
        guard let name else { return }
        let value = (execution[name]?.integer ?? 0) + change
        // proto3 leaves a zero out.
        execution[name] = value > 0 ? .integer(value) : nil
    }

    /// The execution after its last task; `failure` is the first task's that failed.
    static func completed(_ execution: JSONValue, failure: JSONValue?, at time: Timestamp) -> JSONValue {
        let condition: JSONValue
        if execution["succeededCount"]?.integer == execution["taskCount"]?.integer {
            condition = Condition.make("Completed", .succeeded, at: time, message: "Execution completed successfully.")
        } else if let failure, !isCancelling(execution) {
            let task = shortName(failure["name"]?.string ?? "")
            let own = TaskDocument.completed(failure)
            condition = Condition.failed(
                "Task \(task) failed with message: \(own?["message"]?.string ?? "The container exited with an error.")",
                isExit: own?["executionReason"] == "NON_ZERO_EXIT_CODE", at: time)
        } else {
            condition = Condition.cancelled(at: time)
        }
        var result = replacing(condition, in: execution, at: time)
        result["completionTime"] = .string(time.text)
        result["observedGeneration"] = "1"
        result["reconciling"] = nil
        return result
    }

    private static func replacing(_ condition: JSONValue, in execution: JSONValue, at time: Timestamp) -> JSONValue {
        var result = execution
        let others = execution["conditions"]?.array?.filter { $0["type"] != condition["type"] } ?? []
        result["conditions"] = .array([condition] + others)
        result["updateTime"] = .string(time.text)
        return result
    }

    /// As a job's `latestCreatedExecution` shows it.
    static func reference(to execution: JSONValue) -> JSONValue {
        var members: [String: JSONValue] = ["name": .string(shortName(execution["name"]?.string ?? ""))]
        members["createTime"] = execution["createTime"]
        members["completionTime"] = execution["completionTime"]
        let condition = TaskDocument.completed(execution)
        members["completionStatus"] =
            switch condition?["state"]?.string {
            case Condition.State.succeeded.rawValue: "EXECUTION_SUCCEEDED"
            case Condition.State.failed.rawValue:
                condition?["executionReason"] == "CANCELLED" ? "EXECUTION_CANCELLED" : "EXECUTION_FAILED"
            case Condition.State.pending.rawValue: "EXECUTION_PENDING"
            default: "EXECUTION_RUNNING"
            }
        return .object(members)
    }

    static func logsURL(job: JobName, execution: String) -> String {
        "https://console.cloud.google.com/logs/viewer?project=\(job.parent.project)"
            + "&advancedFilter=resource.type%3D%22cloud_run_job%22%0Aresource.labels.job_name%3D%22\(job.id)%22"
            + "%0Aresource.labels.location%3D%22\(job.parent.location)%22"
            + "%0Alabels.%22run.googleapis.com%2Fexecution_name%22%3D%22\(execution)%22"
    }
}
