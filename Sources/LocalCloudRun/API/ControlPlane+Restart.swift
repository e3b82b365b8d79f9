import JSON

extension ControlPlane {
    /// Takes up what an earlier server left: its documents, the instances of what has traffic or a tag, and the
    /// operations that were under way.
    func restore() async throws {
        for (name, body) in try store.all(.revision) { revisions[name] = body }
        for (name, body) in try store.all(.service) {
            services[name] = body.decoded(as: ServiceRecord.self)
        }
        // A port that somebody else has taken meanwhile is given up. Only now: a new one must not be another service's.
        for (name, var record) in services {
            for (key, port) in record.ports where port <= settings.ingressPort || !isPortFree(port) {
                record.ports[key] = freePort(besides: record)
            }
            services[name] = record
        }
        for (name, body) in try store.all(.job) { jobs[name] = body.decoded(as: JobRecord.self) }
        for (name, body) in try store.all(.execution) {
            executions[name] = body
            if ExecutionDocument.isCancelling(body) { cancellations.add(name) }
        }
        for (name, body) in try store.all(.task) { tasks[name] = body }
        for (name, body) in try store.all(.operation) {
            guard let record = body.decoded(as: OperationRecord.self) else { continue }
            operations[name] = record
        }
        try commit(services: Array(services.values))
        for (name, document) in revisions {
            guard let service = services.values.first(where: { name.hasPrefix($0.name.path + "/") }) else { continue }
            pool.add(name, blueprint: InstanceBlueprint(revision: document, service: service.name))
        }
        pool.pin(pinnedRevisions())
        await publishRoutes()
        for operation in operations.values.sorted(by: { $0.created < $1.created }) where !operation.isDone {
            carryOut(operation)
        }
    }
}
