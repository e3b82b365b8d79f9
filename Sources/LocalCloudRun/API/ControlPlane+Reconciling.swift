import JSON

/// How an operation becomes true. Nothing here is done by the request itself: it is queued, survives a restart, and
/// may be carried out again from the start, as every step looks at what is there first.
extension ControlPlane {
    func carryOut(_ operation: OperationRecord) {
        work.add { [self] in await reconcile(operation.name) }
    }

    private func reconcile(_ name: String) async {
        guard let operation = operations[name], !operation.isDone else { return }
        do {
            switch operation.work {
            case .nothing: break
            case .delete(let service): try await remove(service, operation)
            case .prepare(let job, let generation): try await prepare(job, generation: generation, operation)
            case .deleteJob(let job): try await remove(job, operation)
            case .execute(let execution): try await execute(execution, operation)
            case .cancel(let execution): try await finishCancelling(execution, operation)
            case .deleteExecution(let execution): try await removeExecution(execution, operation)
            case .reconcile(let service, let generation, let revision):
                try await bring(service, to: generation, revision: revision, operation)
            }
            try pruneOperations()
        } catch {
            // The state could not be written (a full disk): the operation stays, and is carried on after a restart.
            operations[name]?.failure = .init(code: 13, message: "The local state could not be written: \(error)")
            operations[name]?.isDone = true
        }
    }

    private func bring(
        _ name: ServiceName, to generation: Int64, revision: String?, _ operation: OperationRecord
    ) async throws {
        var freshCode: Int?
        if let revision, revisions[revision].map(RevisionDocument.state) == .pending {
            let failure = await pool.ensure(revision)
            // Not settled by a server that is stopping: the next one tries again.
            if Task.isCancelled { return }
            guard let document = revisions[revision] else {
                return try end(operation, code: 10, "Revision '\(shortName(revision))' was deleted.")
            }
            try commit(revisions: [
                RevisionDocument.settled(document, failure: failure, service: name, at: now())
            ])
            try noteReady(revision, of: name)
            freshCode = failure?.code
        }
        if let revision, let document = revisions[revision], RevisionDocument.state(document) == .failed {
            let condition = RevisionDocument.ready(document)
            try settle(name, generation: generation, failedRevision: condition, failedRoutes: nil)
            try await followLatest(name)
            return try end(operation, code: freshCode ?? code(of: condition), condition?["message"]?.string ?? "")
        }
        // Traffic may name a revision whose own operation is still under way.
        _ = await poll(until: .now + .seconds(900)) { () -> Bool? in
            guard let record = services[name.path], record.generation == generation else { return true }
            return targets(of: record).contains { self.state(of: $0, in: name) == .pending } ? nil : true
        }
        if Task.isCancelled { return }
        guard let record = services[name.path], record.document["deleteTime"] == nil else {
            return try end(operation, code: 5, "Resource '\(name.id)' was deleted.")
        }
        guard record.generation == generation else {
            // A later change took over; what this one made is there.
            try await followLatest(name)
            return try end(operation, code: nil, "")
        }
        // Kept from being stopped as idle between their start and their traffic.
        held[operation.name] = Set(targets(of: record).map(name.revision))
        pool.pin(pinnedRevisions().union(pinnedByRoutes))
        defer { held[operation.name] = nil }
        if let problem = await unavailable(record) {
            if Task.isCancelled { return }
            held[operation.name] = nil
            pool.pin(pinnedRevisions())
            try settle(name, generation: generation, failedRevision: nil, failedRoutes: problem)
            return try end(operation, code: 9, problem)
        }
        try settle(name, generation: generation, failedRevision: nil, failedRoutes: nil)
        // New revisions get their instances before the routes, old ones keep theirs until after.
        pool.pin(pinnedRevisions().union(pinnedByRoutes))
        await publishRoutes()
        held[operation.name] = nil
        pool.pin(pinnedRevisions())
        try end(operation, code: nil, "")
    }

    private var pinnedByRoutes: Set<String> {
        Set(revisions.keys.filter { pool.isPinned($0) })
    }

    private func targets(of record: ServiceRecord) -> Set<String> {
        // "The latest" is not known before the newest revision is ready or has failed.
        let created = record.document["latestCreatedRevision"]?.string.map(shortName)
        return TrafficSplit(traffic: record.document["traffic"], latestReady: created)?.revisions ?? []
    }

    private func state(of id: String, in service: ServiceName) -> Condition.State {
        revisions[service.revision(id)].map(RevisionDocument.state) ?? .failed
    }

    /// What keeps the wanted traffic from being served; nil when every target has an instance.
    private func unavailable(_ record: ServiceRecord) async -> String? {
        let latest = record.document["latestReadyRevision"]?.string.map(shortName)
        guard let split = TrafficSplit(traffic: record.document["traffic"], latestReady: latest) else {
            return "Service '\(record.name.id)' has no ready revision."
        }
        for id in split.revisions.sorted() {
            let full = record.name.revision(id)
            guard let document = revisions[full] else {
                return
                    "Revision '\(id)' does not exist or is deleted. Update all traffic to route to currently available revisions."
            }
            if RevisionDocument.state(document) == .failed {
                return RevisionDocument.ready(document)?["message"]?.string ?? "Revision '\(id)' is not ready."
            }
            if let failure = await pool.ensure(full) {
                return failure.message(
                    revision: id, logsURL: RevisionDocument.logsURL(service: record.name, revision: id),
                    account: RevisionDocument.account(of: document))
            }
        }
        return nil
    }

    /// A revision that came up late still becomes the latest ready one, and gets the traffic that asks for that.
    private func noteReady(_ revision: String, of name: ServiceName) throws {
        guard var record = services[name.path], let newest = newestReady(of: name) else { return }
        guard record.document["latestReadyRevision"]?.string != newest else { return }
        record.document["latestReadyRevision"] = .string(newest)
        try commit(services: [record])
    }

    /// Traffic for the latest ready revision goes to the one that came up last, also where the change that made it was
    /// overtaken by one that has failed since.
    private func followLatest(_ name: ServiceName) async throws {
        guard var record = services[name.path], record.document["deleteTime"] == nil,
            record.document["reconciling"] == nil, let latest = record.document["latestReadyRevision"]?.string,
            let split = TrafficSplit(traffic: record.document["traffic"], latestReady: shortName(latest)),
            split.revisions.contains(shortName(latest)),
            split.revisions.allSatisfy({ state(of: $0, in: name) == .succeeded }), record.split != split
        else { return }
        record.document["trafficStatuses"] = split.statuses { _ in "" }
        assignPorts(&record)
        let conditions = ServiceConditions(
            latest: record.document["latestCreatedRevision"]?.string.flatMap { revisions[$0] },
            isServing: true, failedRoutes: nil, at: now())
        record.document["conditions"] = Condition.merged(conditions.all, into: record.document["conditions"])
        try commit(services: [record])
        pool.pin(pinnedRevisions().union(pinnedByRoutes))
        await publishRoutes()
        pool.pin(pinnedRevisions())
    }

    /// Writes what became of a generation into the service.
    private func settle(
        _ name: ServiceName, generation: Int64, failedRevision: JSONValue?, failedRoutes: String?
    ) throws {
        guard var record = services[name.path] else { return }
        let time = now()
        if record.generation == generation {
            record.document["reconciling"] = nil
            if failedRevision == nil, failedRoutes == nil {
                record.document["observedGeneration"] = record.document["generation"]
                let latest = record.document["latestReadyRevision"]?.string.map(shortName)
                if let split = TrafficSplit(traffic: record.document["traffic"], latestReady: latest) {
                    // Tag URLs are filled in when the service is shown.
                    record.document["trafficStatuses"] = split.statuses { _ in "" }
                }
                assignPorts(&record)
            }
        }
        let conditions = ServiceConditions(
            latest: record.document["latestCreatedRevision"]?.string.flatMap { revisions[$0] },
            isServing: !record.split.shares.isEmpty, failedRoutes: failedRoutes, at: time)
        record.document["conditions"] = Condition.merged(conditions.all, into: record.document["conditions"])
        record.document["terminalCondition"] = Condition.kept(
            conditions.ready, old: record.document["terminalCondition"])
        try commit(services: [record])
    }

    private func code(of condition: JSONValue?) -> Int {
        switch condition?["reason"]?.string {
        case "CONTAINER_MISSING": 5
        case "SECRETS_ACCESS_CHECK_FAILED": 7
        case "INTERNAL": 13
        default: 9
        }
    }

    /// Ends the operation, with success when `code` is nil.
    private func end(_ operation: OperationRecord, code: Int?, _ message: String) throws {
        var operation = operation
        operation.isDone = true
        if case .reconcile(let name, _, _) = operation.work, let record = services[name.path] {
            operation.metadata = record.resource(ingressPort: settings.ingressPort)
        }
        if let code {
            operation.failure = .init(code: code, message: message)
        } else {
            operation.response = operation.metadata
        }
        try commit(operations: [operation])
    }

    private func remove(_ name: ServiceName, _ operation: OperationRecord) async throws {
        var operation = operation
        // After a restart it may be another service of this name that is there.
        let uid = operation.metadata["uid"]
        if let record = services[name.path], record.document["uid"] == uid {
            let mine = revisions.keys.filter { $0.hasPrefix(name.path + "/") }
            await publishRoutes()
            pool.pin(pinnedRevisions())
            for revision in mine { await pool.remove(revision) }
            operation.response = services[name.path]?.resource(ingressPort: settings.ingressPort)
            try commit(deleting: [.delete(.service, name: name.path)] + mine.map { .delete(.revision, name: $0) })
            for revision in mine { logs.remove(service: name.path, revision: shortName(revision)) }
            updateAccess()
        }
        operation.isDone = true
        operation.response = operation.response ?? operation.metadata
        try commit(operations: [operation])
    }
}
