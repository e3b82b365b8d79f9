import JSON

/// Fills in what Cloud Run fills in for a job and echoes.
enum JobDefaults {
    static func apply(to job: JSONValue) -> JSONValue {
        var result = job
        if result["launchStage"] == nil { result["launchStage"] = "GA" }
        guard var template = result["template"] else { return result }
        if (template["taskCount"]?.integer ?? 0) == 0 { template["taskCount"] = 1 }
        if let task = template["template"] { template["template"] = self.task(task) }
        result["template"] = template
        return result
    }

    private static func task(_ task: JSONValue) -> JSONValue {
        var result = task
        // Zero is a choice here: no retry.
        if result["maxRetries"] == nil { result["maxRetries"] = 3 }
        if result["timeout"] == nil { result["timeout"] = "600s" }
        if result["executionEnvironment"] == nil { result["executionEnvironment"] = "EXECUTION_ENVIRONMENT_GEN2" }
        if let containers = result["containers"]?.array {
            result["containers"] = .array(containers.map(container))
        }
        return result
    }

    private static func container(_ container: JSONValue) -> JSONValue {
        var result = container
        var limits = result["resources"]?["limits"] ?? [:]
        if limits["cpu"] == nil { limits["cpu"] = "1000m" }
        if limits["memory"] == nil { limits["memory"] = "512Mi" }
        if result["resources"] == nil { result["resources"] = [:] }
        result["resources"]?["limits"] = limits
        // No port is the container's own; a probe that names none asks Cloud Run's usual one.
        return ServiceDefaults.withProbes(result, port: 8080)
    }
}
