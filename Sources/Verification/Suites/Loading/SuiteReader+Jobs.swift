import Configuration

extension SuiteReader {
    mutating func job(_ node: ConfigurationNode, _ path: String) -> JobCheck? {
        guard let settings = node["job"] else { return nil }
        let place = join(path, "job")
        let keys = ["name", "region", "container", "args", "env", "tasks"]
        guard mapping(settings, place, keys: keys, required: ["name"]),
            let name = template(settings["name"], join(place, "name"))
        else { return nil }
        var check = JobCheck(job: name, region: template(settings["region"], join(place, "region")))
        check.container = text(settings["container"], join(place, "container"))
        if let arguments = settings["args"] {
            check.arguments = list(arguments).enumerated().compactMap { index, element in
                let argument = template(element, join(place, "args.\(index)"))
                refuseSecrets(in: argument, element, join(place, "args.\(index)"))
                return argument
            }
        }
        check.environment = variables(settings["env"], join(place, "env"))
        check.taskCount = integer(settings["tasks"], join(place, "tasks"), in: 1...10_000)
        check.timeoutMilliseconds = duration(node["timeout"], join(path, "timeout")) ?? check.timeoutMilliseconds
        let expectPath = join(path, "expect")
        guard let expect = node["expect"], mapping(expect, expectPath, keys: ["retried", "time"]) else { return check }
        check.retried = numberConditions(expect["retried"], join(expectPath, "retried")) { $0.wholeNumber($1, $2) }
        check.belowMilliseconds = below(expect["time"], join(expectPath, "time"))
        return check
    }

    /// What an execution is told stands in it for everybody to read who may see the job.
    private mutating func variables(_ node: ConfigurationNode?, _ path: String) -> [CommandCheck.Variable] {
        guard let node, node.isMapping || mapping(node, path, keys: []) else { return [] }
        return node.entries.compactMap { entry in
            let value = template(entry.value, join(path, entry.key))
            refuseSecrets(in: value, entry.value, join(path, entry.key))
            return value.map { .init(name: entry.key, value: $0) }
        }
    }

    private mutating func refuseSecrets(in template: Template?, _ node: ConfigurationNode, _ path: String) {
        guard let secret = template?.references.first(where: { $0.hasPrefix("secrets.") }) else { return }
        report(
            node, path, "`\(secret)` can be read by everybody who may see the job's executions",
            hint: "give the job itself the secret, from Secret Manager")
    }
}
