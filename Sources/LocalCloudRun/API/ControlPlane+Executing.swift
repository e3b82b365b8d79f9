import JSON

/// How an execution runs its tasks. May be carried out again from the start after a restart: tasks that are over stay
/// so, one that was running when the server died runs its attempt again.
extension ControlPlane {
    /// Tasks at a time on one machine, whatever the job allows itself.
    private static let taskLimit = 32
    /// Of one job; the oldest go first, as on Cloud Run.
    private static let executionLimit = 1000

    func execute(_ name: String, _ operation: OperationRecord) async throws {
        guard let document = executions[name], let job = JobName(path: name) else {
            return try finish(
                operation, failure: .init(code: 5, message: "Execution '\(shortName(name))' was deleted."))
        }
        let id = shortName(name)
        let waiting = (0..<ExecutionDocument.taskCount(document))
            .map { "\(name)/tasks/\(TaskDocument.id(execution: id, index: $0))" }
            .filter { task in tasks[task].map { $0["completionTime"] == nil } ?? false }
        try update(name) { ExecutionDocument.started($0, at: $1) }
        let parallel = min(Self.taskLimit, max(1, Int(document["parallelism"]?.integer ?? 1)))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (position, task) in waiting.enumerated() {
                if position >= parallel { try await group.next() }
                group.addTask { [self] in try await runTask(task, of: name, job: job) }
            }
            try await group.waitForAll()
        }
        if Task.isCancelled { return }
        let failure = cancellations.contains(name) ? nil : firstFailed(of: document)
        try update(name) { ExecutionDocument.completed($0, failure: failure, at: $1) }
        cancellations.remove(name)
        try trimExecutions(of: job)
        let ended = executions[name]
        let message = failure.map { _ in TaskDocument.completed(ended ?? [:])?["message"]?.string ?? "" }
        // A cancelled execution ends its operation without an error (apache/airflow pull request 67767).
        try finish(operation, failure: message.map { .init(code: 13, message: $0) }, showing: ended)
    }

    private func firstFailed(of execution: JSONValue) -> JSONValue? {
        guard let name = execution["name"]?.string else { return nil }
        return (0..<ExecutionDocument.taskCount(execution)).lazy.compactMap { [tasks] index in
            tasks["\(name)/tasks/\(TaskDocument.id(execution: shortName(name), index: index))"]
        }.first { TaskDocument.phase($0) == .failed }
    }

    /// One task with all its attempts.
    private func runTask(_ name: String, of execution: String, job: JobName) async throws {
        while let document = tasks[name], document["completionTime"] == nil {
            if cancellations.contains(execution) {
                return try move(name, of: execution) { TaskDocument.ended($0, .cancelled, at: $1) }
            }
            guard let parent = executions[execution] else { return }
            try move(name, of: execution) { TaskDocument.started($0, at: $1) }
            let outcome = await attempt(TaskBlueprint(task: document, of: parent, job: job), execution: execution)
            if outcome == .interrupted { return }
            try move(name, of: execution) { TaskDocument.ended($0, outcome, at: $1) }
        }
    }

    private func attempt(_ blueprint: TaskBlueprint, execution: String) async -> TaskAttempt.Outcome {
        let volumes = blueprint.volumes(pool: pool)
        let outcome: TaskAttempt.Outcome
        do throws(StartupFailure) {
            outcome = try await run(blueprint, of: execution, with: try await volumes.make())
        } catch {
            outcome = .notStarted(error)
        }
        await uncancelled { await volumes.remove() }
        if let text = blueprint.note(outcome) {
            logs.append(.task(text, severity: "ERROR", of: blueprint, at: clock()))
        }
        return outcome
    }

    private func run(
        _ blueprint: TaskBlueprint, of execution: String, with volumes: InstanceVolumes.Made
    ) async throws(StartupFailure) -> TaskAttempt.Outcome {
        let (logs, now) = (self.logs, self.clock)
        let hostNames = services.values.map(\.host).sorted()
        var containers: [TaskAttempt.Container] = []
        for container in blueprint.containers {
            let environment = try blueprint.environment(of: container, secret: pool.secret)
            let specification = blueprint.specification(
                of: container, owner: pool.settings.owner, environment: environment, volumes: volumes,
                hostNames: hostNames,
                output: { line, isError in logs.append(.task(line, isError: isError, of: blueprint, at: now())) })
            containers.append(TaskAttempt.Container(container: container, specification: specification))
        }
        let attempt = TaskAttempt(
            runtime: pool.runtime, containers: containers, timeout: blueprint.timeout, grace: pool.settings.stopGrace,
            isCancelled: { [cancellations] in cancellations.contains(execution) },
            log: { text, severity in logs.append(.task(text, severity: severity, of: blueprint, at: now())) })
        return await attempt()
    }

    /// Changes a task, and its execution's counts with it.
    private func move(
        _ name: String, of execution: String, _ change: (JSONValue, Timestamp) -> JSONValue
    ) throws {
        guard let old = tasks[name], let parent = executions[execution] else { return }
        let time = now()
        let new = change(old, time)
        let counted = ExecutionDocument.moved(
            parent, from: TaskDocument.phase(old), to: TaskDocument.phase(new),
            isFirstRetry: TaskDocument.attempt(old) == 0 && TaskDocument.attempt(new) == 1, at: time)
        try commit(executions: [counted], tasks: [new])
    }

    /// Changes an execution, and what its job says of it.
    private func update(_ name: String, _ change: (JSONValue, Timestamp) -> JSONValue) throws {
        guard let old = executions[name] else { return }
        let new = change(old, now())
        let job = JobName(path: name).flatMap { jobs[$0.path] }?.following(new)
        try commit(jobs: job.map { [$0] } ?? [], executions: [new])
    }

    func finish(
        _ operation: OperationRecord, failure: OperationRecord.Failure? = nil, showing document: JSONValue? = nil
    ) throws {
        var operation = operation
        operation.isDone = true
        if let document { operation.metadata = document }
        operation.failure = failure
        if failure == nil { operation.response = operation.metadata }
        try commit(operations: [operation])
    }

    /// Asks an execution to stop and waits until it has.
    func endExecution(_ name: String) async throws {
        guard let document = executions[name], !ExecutionDocument.isComplete(document) else { return }
        cancellations.add(name)
        try update(name) { ExecutionDocument.cancelling($0, at: $1) }
        _ = await poll(until: .now + .seconds(120)) { () -> Bool? in
            executions[name].map(ExecutionDocument.isComplete) ?? true ? true : nil
        }
    }

    func finishCancelling(_ name: String, _ operation: OperationRecord) async throws {
        try await endExecution(name)
        if Task.isCancelled { return }
        try finish(operation, showing: executions[name])
    }

    func removeExecution(_ name: String, _ operation: OperationRecord) async throws {
        try await endExecution(name)
        if Task.isCancelled { return }
        try forget(name)
        try finish(operation)
    }

    func forget(_ name: String) throws {
        let mine = tasks.keys.filter { $0.hasPrefix(name + "/") }
        try commit(deleting: [.delete(.execution, name: name)] + mine.map { .delete(.task, name: $0) })
        if let job = JobName(path: name) { logs.remove(service: job.path, revision: shortName(name)) }
    }

    private func trimExecutions(of job: JobName) throws {
        let all = executions.filter { $0.key.hasPrefix(job.path + "/") && ExecutionDocument.isComplete($0.value) }
        guard all.count > Self.executionLimit else { return }
        let oldest = all.sorted { ($0.value["createTime"]?.string ?? "") < ($1.value["createTime"]?.string ?? "") }
        for (name, _) in oldest.prefix(all.count - Self.executionLimit) { try forget(name) }
    }

    /// The execution that a job's token asks for, made once; why it did not start or succeed, if so.
    func runByToken(_ name: JobName) async throws -> (code: Int, condition: JSONValue)? {
        guard let record = jobs[name.path] else { return nil }
        let run = record.document["runExecutionToken"]?.string ?? ""
        let token = run.isEmpty ? record.document["startExecutionToken"]?.string ?? "" : run
        guard !token.isEmpty else { return nil }
        let execution = name.execution("\(name.id)-\(token)")
        if executions[execution] == nil {
            _ = try startExecution(shortName(execution), of: record, template: record.template)
        }
        _ = await poll(until: .now + .seconds(604_800)) { () -> Bool? in
            guard let document = executions[execution] else { return true }
            return document[run.isEmpty ? "startTime" : "completionTime"] == nil ? nil : true
        }
        guard !run.isEmpty, let condition = executions[execution].flatMap(TaskDocument.completed),
            condition["state"]?.string == Condition.State.failed.rawValue
        else { return nil }
        return (
            13, Condition.make("Ready", .failed, at: now(), message: condition["message"]?.string, reason: "UNKNOWN")
        )
    }
}
