import JSON
import Releases

/// Jobs in the words of the v2 API.
enum JobEncoding {
    /// What a container has for serving and a task has not.
    private static let servingFields = ["ports", "startupProbe", "livenessProbe", "readinessProbe", "dependsOn"]

    /// The whole job: the method has no mask, and what is left out is cleared.
    static func job(_ template: JobTemplate, over before: JobObservation?, key: String) -> JSONValue {
        var fields: [String: JSONValue] = [
            "template": execution(template),
            "labels": strings((before?.labels ?? [:]).merging(template.task.labels) { $1 }),
            "annotations": strings((before?.annotations ?? [:]).merging([JobRun.keyAnnotation: key]) { $1 }),
        ]
        fields["etag"] = before?.etag.map(JSONValue.string)
        return .object(fields)
    }

    private static func execution(_ template: JobTemplate) -> JSONValue {
        let served = ServiceEncoding.template(template.task)
        var task: [String: JSONValue] = [
            "maxRetries": .integer(Int64(template.maxRetries)), "timeout": .string("\(template.timeoutSeconds)s"),
        ]
        for name in ["serviceAccount", "volumes", "vpcAccess"] { task[name] = served[name] }
        if let container = served["containers"]?[0] { task["containers"] = [self.container(container)] }
        var fields: [String: JSONValue] = [
            "taskCount": .integer(Int64(template.taskCount)), "template": .object(task),
        ]
        fields["parallelism"] = template.parallelism.map { .integer(Int64($0)) }
        if !template.task.labels.isEmpty { fields["labels"] = strings(template.task.labels) }
        return .object(fields)
    }

    private static func container(_ served: JSONValue) -> JSONValue {
        var container = served
        for name in servingFields { container[name] = nil }
        // A task has its CPU for as long as it runs.
        for name in ["cpuIdle", "startupCpuBoost"] where container["resources"] != nil {
            container["resources"]?[name] = nil
        }
        return container
    }

    static func run(_ overrides: JobOverrides, key: String) -> JSONValue {
        var container: [String: JSONValue] = [
            "env": .array(
                overrides.environment.map(variable) + [["name": .string(JobRun.keyVariable), "value": .string(key)]])
        ]
        container["name"] = overrides.container.map(JSONValue.string)
        if let arguments = overrides.arguments {
            if arguments.isEmpty {
                container["clearArgs"] = true
            } else {
                container["args"] = .array(arguments.map(JSONValue.string))
            }
        }
        var fields: [String: JSONValue] = ["containerOverrides": [.object(container)]]
        fields["taskCount"] = overrides.taskCount.map { .integer(Int64($0)) }
        fields["timeout"] = overrides.timeoutSeconds.map { .string("\($0)s") }
        return ["overrides": .object(fields)]
    }

    private static func variable(_ variable: EnvironmentVariable) -> JSONValue {
        let name = JSONValue.string(variable.name)
        switch variable.value {
        case .literal(let value): return ["name": name, "value": .string(value)]
        case .secret(let secret, let version):
            return [
                "name": name,
                "valueSource": ["secretKeyRef": ["secret": .string(secret), "version": .string(version)]],
            ]
        }
    }

    private static func strings(_ values: [String: String]) -> JSONValue { .object(values.mapValues(JSONValue.string)) }
}
