import JSON

/// The overrides of one run: what is named replaces the job's own, variables are merged by name.
enum JobOverrides {
    static func apply(_ overrides: JSONValue?, to template: JSONValue) throws(APIError) -> JSONValue {
        guard let overrides else { return template }
        var result = template
        if let count = overrides["taskCount"]?.integer, count != 0 {
            result["taskCount"] = .integer(count)
            // Fewer tasks than the job would run at a time.
            if let parallelism = result["parallelism"]?.integer, parallelism > count {
                result["parallelism"] = .integer(max(0, count))
            }
        }
        if let timeout = overrides["timeout"] { result["template"]?["timeout"] = timeout }
        var containers = template["template"]?["containers"]?.array ?? []
        for (position, override) in (overrides["containerOverrides"]?.array ?? []).enumerated() {
            let name = override["name"]?.string ?? ""
            guard !name.isEmpty || containers.count == 1 else {
                throw APIError(
                    .invalidArgument,
                    "Violation in RunJobRequest.overrides.container_overrides[\(position)].name: should be set, as the job has several containers."
                )
            }
            // Of only one container an override without a name means that one.
            guard let index = containers.firstIndex(where: { name.isEmpty || $0["name"]?.string == name }) else {
                throw APIError(
                    .invalidArgument,
                    "Violation in RunJobRequest.overrides.container_overrides[\(position)].name: there is no container '\(name)'."
                )
            }
            containers[index] = apply(override, toContainer: containers[index])
        }
        result["template"]?["containers"] = .array(containers)
        return result
    }

    private static func apply(_ override: JSONValue, toContainer container: JSONValue) -> JSONValue {
        var result = container
        if override["clearArgs"]?.bool == true {
            result["args"] = nil
        } else if let arguments = override["args"]?.array, !arguments.isEmpty {
            result["args"] = .array(arguments)
        }
        var variables = container["env"]?.array ?? []
        for variable in override["env"]?.array ?? [] {
            if let index = variables.firstIndex(where: { $0["name"] == variable["name"] }) {
                variables[index] = variable
            } else {
                variables.append(variable)
            }
        }
        if !variables.isEmpty { result["env"] = .array(variables) }
        return result
    }
}
