import JSON

/// Lines of a job's tasks. Cloud Logging names the execution and the task in labels of the entry.
extension LogEntry {
    static func task(_ line: String, isError: Bool, of task: TaskBlueprint, at time: Timestamp) -> Self {
        labelled(
            .output(
                line, isError: isError, service: task.job.path, revision: task.execution, instance: task.instance,
                at: time), task)
    }

    /// What Cloud Run itself says of a task.
    static func task(_ text: String, severity: String, of task: TaskBlueprint, at time: Timestamp) -> Self {
        labelled(
            .system(
                text, severity: severity, service: task.job.path, revision: task.execution, instance: task.instance,
                at: time), task)
    }

    private static func labelled(_ entry: Self, _ task: TaskBlueprint) -> Self {
        var result = entry
        result.payload["labels"] = [
            "run.googleapis.com/execution_name": .string(task.execution),
            "run.googleapis.com/task_index": .string(String(task.index)),
            "run.googleapis.com/task_attempt": .string(String(task.attempt)),
        ]
        return result
    }

    /// The `resource` of an entry, by the name that it was written under; nil for no such name.
    var monitoredResource: JSONValue? {
        if let job = JobName(path: service) {
            return [
                "type": "cloud_run_job",
                "labels": [
                    "project_id": .string(job.parent.project), "location": .string(job.parent.location),
                    "job_name": .string(job.id),
                ],
            ]
        }
        guard let name = ServiceName(path: service) else { return nil }
        return [
            "type": "cloud_run_revision",
            "labels": [
                "project_id": .string(name.parent.project), "location": .string(name.parent.location),
                "service_name": .string(name.id), "configuration_name": .string(name.id),
                "revision_name": .string(revision ?? ""),
            ],
        ]
    }
}

extension TaskBlueprint {
    /// What the log says of an attempt that did not end well.
    func note(_ outcome: TaskAttempt.Outcome) -> String? {
        switch outcome {
        case .exited(0), .interrupted: nil
        case .exited(let code): "Container called exit(\(code))."
        case .timedOut:
            "Terminating task because it has reached the maximum timeout of \(timeout / .seconds(1)) seconds."
        case .cancelled: "Terminating task because the execution was cancelled."
        case .notStarted(let failure): failure.taskMessage
        }
    }
}
