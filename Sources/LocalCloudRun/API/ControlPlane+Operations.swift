import JSON

extension ControlPlane {
    func operation(_ name: String) throws(APIError) -> OperationRecord {
        guard let record = operations[name] else {
            throw APIError(.notFound, "Operation '\(name)' does not exist.")
        }
        return record
    }

    /// Answers when the operation is done, or with what is known when the timeout has passed.
    func waitForOperation(_ name: String, _ request: APIRequest) async throws(APIError) -> JSONValue {
        let body = try FieldTable.runV2.decode(self.body(of: request), as: "WaitOperationRequest", at: "")
        let seconds = body["timeout"]?.string.flatMap(Seconds.init(parsing:))?.value ?? 60
        _ = try operation(name)
        let deadline = ContinuousClock.now + .milliseconds(Int64(max(0, min(seconds, 3600)) * 1000))
        // Polls its own memory: an operation may also vanish while somebody waits.
        _ = await poll(until: deadline) { () -> Bool? in
            guard let record = operations[name] else { return true }
            return record.isDone ? true : nil
        }
        return try operation(name).resource
    }

    func listOperations(in parent: Location, _ request: APIRequest) throws(APIError) -> JSONValue {
        let filter = try OperationFilter(request.query["filter"])
        let prefix = parent.path + "/operations/"
        let found = operations.values.filter { $0.name.hasPrefix(prefix) && filter.isMet(by: $0.isDone) }
            .map { (key: String(Int64.max - $0.created.microseconds) + "/" + shortName($0.name), record: $0) }
            .sorted { $0.key < $1.key }
        let page = try Page(
            found, key: \.key, size: request.query["pageSize"], token: request.query["pageToken"], maximum: 100)
        return list("operations", page.elements.map(\.record.resource), page.nextToken)
    }

    func deleteOperation(_ name: String) throws -> JSONValue {
        let record = try operation(name)
        // Deleting does not cancel: one that still works is only forgotten when it is done.
        guard record.isDone else {
            throw APIError(.failedPrecondition, "Operation '\(name)' is not done.")
        }
        try commit(deleting: [.delete(.operation, name: name)])
        return [:]
    }

    /// Keeps the newest finished operations; without a bound the state would grow for ever.
    func pruneOperations() throws {
        let done = operations.values.filter(\.isDone).sorted { $0.created > $1.created }
        guard done.count > 600 else { return }
        try commit(deleting: done.dropFirst(500).map { .delete(.operation, name: $0.name) })
    }
}
