import JSON

/// All that is needed to run the attempts of one task.
struct TaskBlueprint: Hashable, Sendable {
    var job: JobName
    var execution: String
    var index: Int
    var count: Int
    var attempt: Int
    /// In the order in which they start.
    var containers: [TaskContainer]
    var volumes: [VolumeBlueprint]
    var timeout: Duration

    init(task: JSONValue, of execution: JSONValue, job: JobName) {
        self.job = job
        self.execution = shortName(execution["name"]?.string ?? "")
        index = Int(task["index"]?.integer ?? 0)
        count = ExecutionDocument.taskCount(execution)
        attempt = TaskDocument.attempt(task)
        containers = TaskContainer.all(task["containers"]?.array ?? [])
        volumes = (task["volumes"]?.array ?? []).enumerated().map { VolumeBlueprint($1, index: $0) }
        let seconds = task["timeout"]?.string.flatMap(Seconds.init(parsing:))?.value ?? 600
        timeout = .milliseconds(Int64(min(seconds, 1e6) * 1000))
    }

    /// Unique within the server.
    var instance: String { "\(TaskDocument.id(execution: execution, index: index))-\(attempt)" }

    /// The variables with their values; secrets are read at every attempt.
    func environment(
        of container: TaskContainer, secret: (_ name: String, _ version: String) -> [UInt8]?
    ) throws(StartupFailure) -> [String: String] {
        var result: [String: String] = [:]
        for (position, entry) in (container.document["env"]?.array ?? []).enumerated() {
            guard let name = entry["name"]?.string else { continue }
            guard let reference = entry["valueSource"]?["secretKeyRef"], let secretName = reference["secret"]?.string
            else {
                result[name] = entry["value"]?.string ?? ""
                continue
            }
            let version = reference["version"]?.string ?? "latest"
            guard let value = secret(shortName(secretName), version) else {
                throw .secretMissing(
                    place:
                        "template.template.containers[\(container.index)].env[\(position)].value_source.secret_key_ref",
                    secret: SecretStore.fullName(secretName, project: job.parent.project), version: version)
            }
            result[name] = String(decoding: value, as: UTF8.self)
        }
        result["CLOUD_RUN_JOB"] = job.id
        result["CLOUD_RUN_EXECUTION"] = execution
        result["CLOUD_RUN_TASK_INDEX"] = String(index)
        result["CLOUD_RUN_TASK_COUNT"] = String(count)
        result["CLOUD_RUN_TASK_ATTEMPT"] = String(attempt)
        return result
    }

    func specification(
        of container: TaskContainer, owner: String, environment: [String: String], volumes: InstanceVolumes.Made,
        hostNames: [String],
        output: @escaping @Sendable (String, Bool) -> Void
    ) -> InstanceSpecification {
        let document = container.document
        var specification = InstanceSpecification(
            owner: owner, service: job.id, revision: execution,
            instance: containers.count == 1 ? instance : "\(instance)-\(container.name)", image: container.image,
            command: (document["command"]?.array ?? []).compactMap(\.string),
            arguments: (document["args"]?.array ?? []).compactMap(\.string), environment: environment,
            port: InstanceSpecification.noPort, cpu: document["resources"]?["limits"]?["cpu"]?.string,
            memory: document["resources"]?["limits"]?["memory"]?.string, hostNames: hostNames, output: output)
        specification.mounts = container.mounts.compactMap { volumes.mount($0) }
        specification.workingDirectory = document["workingDir"]?.string
        specification.probedPorts = Set(containers.compactMap(\.startup?.port)).sorted()
        return specification
    }

    func volumes(pool: InstancePool) -> InstanceVolumes {
        InstanceVolumes(
            volumes: volumes, mounts: containers.flatMap(\.mounts), instance: instance, project: job.parent.project,
            pool: pool)
    }
}
