import JSON

/// What Cloud Run refuses of a job at once. Looks at a job with its defaults filled in. The limits are those of the
/// configuration pages: 10,000 tasks, 10 retries, 168 hours.
enum JobRules {
    static let reservedVariables: Set<String> = [
        "CLOUD_RUN_JOB", "CLOUD_RUN_EXECUTION", "CLOUD_RUN_TASK_INDEX", "CLOUD_RUN_TASK_COUNT",
        "CLOUD_RUN_TASK_ATTEMPT",
    ]
    private static let longestTask = 168.0 * 3600

    static func checkID(_ id: String) throws(APIError) {
        guard ServiceRules.isLabel(id, maximum: 49) else {
            throw APIError(
                .invalidArgument,
                "Violation in CreateJobRequest.job_id: must start with a letter, use lower-case letters, digits and hyphens, not end with a hyphen, and have fewer than 50 characters."
            )
        }
    }

    /// `request` is `CreateJobRequest`, `UpdateJobRequest` or `RunJobRequest`.
    static func check(_ job: JSONValue, id: String, request: String) throws(APIError) {
        let place = "Violation in \(request).job"
        try KeyRules.check(job, place: place)
        guard let template = job["template"], let task = template["template"], task.object?.isEmpty == false else {
            throw APIError(.invalidArgument, "\(place).template: should be set.")
        }
        try KeyRules.check(template, place: "\(place).template")
        try checkCounts(template, place: "\(place).template")
        try checkTimeout(task["timeout"], place: "\(place).template.template.timeout")
        guard (0...10).contains(task["maxRetries"]?.integer ?? 3) else {
            throw APIError(
                .invalidArgument, "\(place).template.template.max_retries: must be a number between 0 and 10.")
        }
        let containers = task["containers"]?.array ?? []
        guard !containers.isEmpty else {
            throw APIError(
                .invalidArgument, "\(place).template.template.containers: must contain at least one container.")
        }
        try ContainerRules.checkNames(containers, place: "\(place).template.template.containers")
        let volumes = try VolumeRules.names(of: task, place: "\(place).template.template")
        for (index, container) in containers.enumerated() {
            let place = "\(place).template.template.containers[\(index)]"
            try checkContainer(container, place: place)
            try VolumeRules.checkMounts(of: container, volumes: volumes, place: place)
        }
        for token in ["runExecutionToken", "startExecutionToken"] {
            guard let text = job[token]?.string, !text.isEmpty else { continue }
            guard ServiceRules.isLabel("a" + text, maximum: 63), id.utf8.count + text.utf8.count < 63 else {
                throw APIError(
                    .invalidArgument,
                    "\(place).\(token): job name and token together must be a DNS label of fewer than 63 characters.")
            }
        }
        guard (job["runExecutionToken"]?.string ?? "").isEmpty || (job["startExecutionToken"]?.string ?? "").isEmpty
        else {
            throw APIError(
                .invalidArgument, "\(place): only one of start_execution_token and run_execution_token may be set.")
        }
    }

    private static func checkCounts(_ template: JSONValue, place: String) throws(APIError) {
        let count = template["taskCount"]?.integer ?? 1
        guard (1...10_000).contains(count) else {
            throw APIError(.invalidArgument, "\(place).task_count: must be a number between 0 and 10000.")
        }
        guard (template["parallelism"]?.integer ?? 0) >= 0 else {
            throw APIError(.invalidArgument, "\(place).parallelism: must not be negative.")
        }
        guard (0...count).contains(template["parallelism"]?.integer ?? 0) else {
            throw APIError(.invalidArgument, "\(place).parallelism: must be between 0 and task_count.")
        }
    }

    private static func checkTimeout(_ timeout: JSONValue?, place: String) throws(APIError) {
        let seconds = timeout?.string.flatMap(Seconds.init(parsing:))?.value ?? 600
        guard seconds >= 1, seconds <= longestTask else {
            throw APIError(.invalidArgument, "\(place): must be between one second and 168 hours.")
        }
    }

    private static func checkContainer(_ container: JSONValue, place: String) throws(APIError) {
        try ContainerRules.checkContainer(container, place: place, reserved: reservedVariables)
        guard (container["ports"]?.array ?? []).isEmpty else {
            throw APIError(.invalidArgument, "\(place).ports: a job's container takes no requests.")
        }
        for (field, name) in [("livenessProbe", "liveness_probe"), ("readinessProbe", "readiness_probe")]
        where container[field] != nil {
            throw APIError(
                .invalidArgument, "\(place).\(name): a job does not support \(name.prefix { $0 != "_" }) probe.")
        }
        try ProbeRules.check(container, place: place)
    }
}
