import JSON

extension ControlPlane {
    func answer(_ endpoint: JobEndpoint, _ request: APIRequest) async throws -> (JSONValue, message: String?) {
        switch endpoint {
        case .create(let parent): (try createJob(in: parent, request), "Operation")
        case .list(let parent): (try listJobs(in: parent, request), "ListJobsResponse")
        case .get(let name): (try job(name).document, "Job")
        case .patch(let name): (try patchJob(name, request), "Operation")
        case .delete(let name): (try deleteJob(name, request), "Operation")
        case .run(let name): (try runJob(name, request), "Operation")
        case .listExecutions(let parent): (try listExecutions(of: parent, request), "ListExecutionsResponse")
        case .getExecution(let job, let id): (try execution(id, of: job), "Execution")
        case .deleteExecution(let job, let id): (try deleteExecution(id, of: job, request), "Operation")
        case .cancelExecution(let job, let id): (try cancelExecution(id, of: job, request), "Operation")
        case .listTasks(let job, let execution): (try listTasks(of: execution, job, request), "ListTasksResponse")
        case .getTask(let job, let execution, let id): (try task(id, of: execution, job), "Task")
        }
    }

    func job(_ name: JobName) throws(APIError) -> JobRecord {
        guard let record = jobs[name.path] else { throw .missing("JOB", name.id, in: name.parent) }
        return record
    }

    private func createJob(in parent: Location, _ request: APIRequest) throws -> JSONValue {
        let id = request.query["jobId"] ?? request.query["job_id"] ?? ""
        try JobRules.checkID(id)
        let body = try FieldTable.runV2.decode(self.body(of: request), as: "Job", at: "job")
        guard jobs[parent.job(id).path] == nil else {
            throw APIError(.alreadyExists, "Resource '\(id)' already exists.")
        }
        return try create(parent.job(id), body: body, isDry: request.flag("validateOnly"))
    }

    private func create(_ name: JobName, body: JSONValue, isDry: Bool) throws -> JSONValue {
        let time = now()
        var document = JobDefaults.apply(to: body)
        document["name"] = .string(name.path)
        document["uid"] = .string(Identifier.uuid())
        document["creator"] = "local"
        document["createTime"] = .string(time.text)
        try JobRules.check(document, id: name.id, request: "CreateJobRequest")
        return try accept(
            JobRecord(name: name, document: document, policy: nil), previous: nil, isDry: isDry, at: time)
    }

    private func patchJob(_ name: JobName, _ request: APIRequest) throws -> JSONValue {
        let body = try FieldTable.runV2.decode(self.body(of: request), as: "Job", at: "job")
        if jobs[name.path] == nil, request.flag("allowMissing") {
            try JobRules.checkID(name.id)
            return try create(name, body: body, isDry: request.flag("validateOnly"))
        }
        let stored = try job(name)
        try checkEtag(body["etag"]?.string, current: stored.etag, id: name.id)
        guard stored.document["deleteTime"] == nil else {
            throw APIError(.failedPrecondition, "Resource '\(name.id)' is being deleted.")
        }
        var record = stored
        // The method has no mask in the discovery document: what the body leaves out is cleared.
        record.document = JobDefaults.apply(
            to: try UpdateMask.apply("*", from: body, to: stored.document, table: .runV2, message: "Job"))
        for field in ["name", "etag"] { record.document[field] = stored.document[field] }
        try JobRules.check(record.document, id: name.id, request: "UpdateJobRequest")
        return try accept(record, previous: stored, isDry: request.flag("validateOnly"), at: now())
    }

    private func accept(_ wanted: JobRecord, previous: JobRecord?, isDry: Bool, at time: Timestamp) throws -> JSONValue
    {
        var record = wanted
        if record.document != previous?.document {
            record.document["generation"] = .string(String((previous?.generation ?? 0) + 1))
            record.document["etag"] = .string(etag(at: time))
            record.document["updateTime"] = .string(time.text)
            record.document["lastModifier"] = "local"
        }
        if record.document["observedGeneration"] == nil { record.document["observedGeneration"] = "0" }
        record.document["reconciling"] = true
        record.document["terminalCondition"] = Condition.kept(
            Condition.make("Ready", .reconciling, at: time), old: record.document["terminalCondition"])
        let operation = OperationRecord(
            name: "\(record.name.parent.path)/operations/\(Identifier.uuid())", created: time,
            work: .prepare(record.name, generation: record.generation), type: "Job", metadata: record.document)
        if isDry { return operation.preview.resource }
        try commit(operations: [operation], jobs: [record])
        carryOut(operation)
        return operation.resource
    }

    /// A job is ready when its image is there, and its tokens' execution has started or ended.
    func prepare(_ name: JobName, generation: Int64, _ operation: OperationRecord) async throws {
        var failure: (code: Int, condition: JSONValue)?
        if let problem = await refusal(of: jobs[name.path]?.template["template"] ?? [:]) {
            failure = (
                problem.code,
                Condition.make("Ready", .failed, at: now(), message: problem.taskMessage, reason: problem.reason)
            )
        }
        if Task.isCancelled { return }
        if failure == nil, let problem = try await runByToken(name) { failure = problem }
        if Task.isCancelled { return }
        var operation = operation
        operation.isDone = true
        guard var record = jobs[name.path], record.document["deleteTime"] == nil else {
            operation.failure = .init(code: 5, message: "Resource '\(name.id)' was deleted.")
            return try commit(operations: [operation])
        }
        if record.generation == generation {
            record.document["reconciling"] = nil
            let ready = failure?.condition ?? Condition.make("Ready", .succeeded, at: now())
            record.document["terminalCondition"] = Condition.kept(ready, old: record.document["terminalCondition"])
            var resources = ready
            resources["type"] = "ResourcesAvailable"
            record.document["conditions"] = Condition.merged([resources], into: record.document["conditions"])
            if failure == nil { record.document["observedGeneration"] = record.document["generation"] }
        }
        operation.metadata = record.document
        if let failure {
            operation.failure = .init(code: failure.code, message: failure.condition["message"]?.string ?? "")
        } else {
            operation.response = record.document
        }
        try commit(operations: [operation], jobs: [record])
    }

    /// Why no task of this template could be started; nil when nothing is known to be in the way.
    private func refusal(of template: JSONValue) async -> StartupFailure? {
        for container in template["containers"]?.array ?? [] {
            if let refusal = VolumeBlueprint.refusal(of: template["volumes"], mountedBy: container) { return refusal }
            guard let image = container["image"]?.string else { continue }
            do throws(RuntimeError) {
                _ = try await pool.runtime.inspect(image: image)
            } catch {
                return StartupFailure(error)
            }
        }
        return nil
    }

    private func listJobs(in parent: Location, _ request: APIRequest) throws(APIError) -> JSONValue {
        try checkLocation(parent, of: "jobs")
        let found = jobs.values.filter { $0.name.parent == parent }.sorted { $0.name.id < $1.name.id }
        let page = try Page(
            found, key: \.name.id, size: request.query["pageSize"], token: request.query["pageToken"], maximum: 100)
        return list("jobs", page.elements.map(\.document), page.nextToken)
    }

    private func deleteJob(_ name: JobName, _ request: APIRequest) throws -> JSONValue {
        var record = try job(name)
        try checkEtag(request.query["etag"], current: record.etag, id: name.id)
        if let joined = operations.values.first(where: { !$0.isDone && $0.work == .deleteJob(name) }) {
            return joined.resource
        }
        let time = now()
        record.document["deleteTime"] = .string(time.text)
        record.document["reconciling"] = true
        let operation = OperationRecord(
            name: "\(name.parent.path)/operations/\(Identifier.uuid())", created: time, work: .deleteJob(name),
            type: "Job", metadata: record.document)
        if request.flag("validateOnly") { return operation.preview.resource }
        try commit(operations: [operation], jobs: [record])
        carryOut(operation)
        return operation.resource
    }

    /// Its executions end first.
    func remove(_ name: JobName, _ operation: OperationRecord) async throws {
        for execution in executions.keys.filter({ $0.hasPrefix(name.path + "/") }) {
            try await endExecution(execution)
            if Task.isCancelled { return }
            try forget(execution)
        }
        var operation = operation
        operation.isDone = true
        operation.response = operation.metadata
        try commit(operations: [operation], deleting: [.delete(.job, name: name.path)])
    }
}
