import JSON

extension ControlPlane {
    func runJob(_ name: JobName, _ request: APIRequest) throws -> JSONValue {
        let body = try FieldTable.runV2.decode(self.body(of: request), as: "RunJobRequest", at: "")
        let record = try job(name)
        try checkEtag(body["etag"]?.string, current: record.etag, id: name.id)
        guard record.document["deleteTime"] == nil else {
            throw APIError(.failedPrecondition, "Resource '\(name.id)' is being deleted.")
        }
        var overridden = record.document
        overridden["template"] = try JobOverrides.apply(body["overrides"], to: record.template)
        try JobRules.check(overridden, id: name.id, request: "RunJobRequest")
        var id = ""
        repeat { id = ExecutionName.make(job: name.id) } while executions[name.execution(id)] != nil
        return try startExecution(
            id, of: record, template: overridden["template"] ?? [:], isDry: body["validateOnly"]?.bool == true
        ).resource
    }

    /// Makes the execution with all its tasks, and the operation that runs them.
    func startExecution(
        _ id: String, of record: JobRecord, template: JSONValue, isDry: Bool = false
    ) throws -> OperationRecord {
        let time = now()
        let document = ExecutionDocument.make(
            id: id, job: record.name, template: template, uid: Identifier.uuid(), etag: etag(at: time), at: time)
        let name = record.name.execution(id)
        let operation = OperationRecord(
            name: "\(record.name.parent.path)/operations/\(Identifier.uuid())", created: time, work: .execute(name),
            type: "Execution", metadata: document)
        if isDry { return operation.preview }
        var record = record
        record.document["latestCreatedExecution"] = ExecutionDocument.reference(to: document)
        record.document["executionCount"] = .integer((record.document["executionCount"]?.integer ?? 0) + 1)
        let tasks = (0..<ExecutionDocument.taskCount(document)).map { index in
            TaskDocument.make(index: index, of: document, uid: Identifier.uuid(), etag: etag(at: time), at: time)
        }
        try commit(operations: [operation], jobs: [record], executions: [document], tasks: tasks)
        carryOut(operation)
        return operation
    }

    func execution(_ id: String, of job: JobName) throws(APIError) -> JSONValue {
        guard let document = executions[job.execution(id)] else {
            throw .missing("EXECUTION", id, in: job.parent)
        }
        return document
    }

    func listExecutions(of parent: JobName, _ request: APIRequest) throws(APIError) -> JSONValue {
        if parent.id != "-" { _ = try job(parent) }
        let prefix = parent.id == "-" ? parent.parent.path + "/jobs/" : parent.path + "/"
        let page = try newestFirst(executions.filter { $0.key.hasPrefix(prefix) }, request)
        return list("executions", page.elements.map(\.document), page.nextToken)
    }

    /// Sorted by creation time, descending: the key counts down with the time.
    private func newestFirst(
        _ documents: [String: JSONValue], _ request: APIRequest
    ) throws(APIError) -> Page<(key: String, document: JSONValue)> {
        let found = documents.map { name, document -> (key: String, document: JSONValue) in
            let created = document["createTime"]?.string.flatMap(Timestamp.init(rfc3339:))?.microseconds ?? 0
            return (String(Int64.max - max(0, created)) + "/" + shortName(name), document)
        }.sorted { $0.key < $1.key }
        return try Page(
            found, key: \.key, size: request.query["pageSize"], token: request.query["pageToken"], maximum: 1000)
    }

    func cancelExecution(_ id: String, of job: JobName, _ request: APIRequest) throws -> JSONValue {
        let body = try FieldTable.runV2.decode(self.body(of: request), as: "CancelExecutionRequest", at: "")
        let document = try execution(id, of: job)
        try checkEtag(body["etag"]?.string, current: document["etag"]?.string ?? "", id: id)
        guard !ExecutionDocument.isComplete(document) else {
            throw APIError(.failedPrecondition, "Execution '\(id)' is already complete and cannot be cancelled.")
        }
        let time = now()
        let cancelling = ExecutionDocument.cancelling(document, at: time)
        let operation = OperationRecord(
            name: "\(job.parent.path)/operations/\(Identifier.uuid())", created: time,
            work: .cancel(job.execution(id)), type: "Execution", metadata: cancelling)
        if body["validateOnly"]?.bool == true { return operation.preview.resource }
        try commit(operations: [operation], executions: [cancelling])
        cancellations.add(job.execution(id))
        carryOut(operation)
        return operation.resource
    }

    func deleteExecution(_ id: String, of job: JobName, _ request: APIRequest) throws -> JSONValue {
        var document = try execution(id, of: job)
        try checkEtag(request.query["etag"], current: document["etag"]?.string ?? "", id: id)
        let time = now()
        document["deleteTime"] = .string(time.text)
        let operation = OperationRecord(
            name: "\(job.parent.path)/operations/\(Identifier.uuid())", created: time,
            work: .deleteExecution(job.execution(id)), type: "Execution", metadata: document)
        if request.flag("validateOnly") { return operation.preview.resource }
        try commit(operations: [operation])
        carryOut(operation)
        return operation.resource
    }

    // MARK: Tasks

    func task(_ id: String, of execution: String, _ job: JobName) throws(APIError) -> JSONValue {
        guard let document = tasks["\(job.execution(execution))/tasks/\(id)"] else {
            throw .missing("TASK", id, in: job.parent)
        }
        return document
    }

    func listTasks(of execution: String, _ job: JobName, _ request: APIRequest) throws(APIError) -> JSONValue {
        if job.id != "-", execution != "-" { _ = try self.execution(execution, of: job) }
        let prefix = job.parent.path + "/jobs/"
        let found = tasks.compactMap { name, document -> (key: String, document: JSONValue)? in
            guard name.hasPrefix(prefix) else { return nil }
            // JOB, executions, EXECUTION, tasks, TASK
            let parts = name.dropFirst(prefix.count).split(separator: "/")
            guard parts.count == 5, job.id == "-" || parts[0] == job.id, execution == "-" || parts[2] == execution
            else { return nil }
            let index = String(1_000_000 + (document["index"]?.integer ?? 0))
            return ("\(parts[0])/\(parts[2])/\(index)", document)
        }.sorted { $0.key < $1.key }
        let page = try Page(
            found, key: \.key, size: request.query["pageSize"], token: request.query["pageToken"], maximum: 1000)
        return list("tasks", page.elements.map(\.document), page.nextToken)
    }
}
