import JSON

extension ControlPlane {
    func revision(_ id: String, of service: ServiceName) throws(APIError) -> JSONValue {
        guard let document = revisions[service.revision(id)] else {
            throw .missing("REVISION", id, in: service.parent)
        }
        return shown(document)
    }

    /// With the condition that says whether it has an instance now.
    private func shown(_ document: JSONValue) -> JSONValue {
        var result = document
        guard RevisionDocument.state(document) == .succeeded, let name = document["name"]?.string else { return result }
        let time = document["updateTime"]?.string.flatMap(Timestamp.init(rfc3339:)) ?? clock()
        let isActive = pool.readyCount(name) > 0
        let active =
            isActive
            ? Condition.make("Active", .succeeded, at: time)
            : Condition.make("Active", .pending, at: time, revisionReason: "RESERVE")
        result["conditions"] = .array((result["conditions"]?.array ?? []) + [active])
        return result
    }

    func listRevisions(of parent: ServiceName, _ request: APIRequest) throws(APIError) -> JSONValue {
        if parent.id != "-" { _ = try service(parent) }
        let prefix = parent.id == "-" ? parent.parent.path + "/services/" : parent.path + "/"
        // Newest first: the key counts down with the time.
        let found = revisions.filter { $0.key.hasPrefix(prefix) }.map { name, document -> (key: String, JSONValue) in
            let created = document["createTime"]?.string.flatMap(Timestamp.init(rfc3339:))?.microseconds ?? 0
            return (String(Int64.max - max(0, created)) + "/" + shortName(name), document)
        }.sorted { $0.key < $1.key }
        let page = try Page(
            found, key: \.key, size: request.query["pageSize"], token: request.query["pageToken"], maximum: 1000)
        return list("revisions", page.elements.map { shown($0.1) }, page.nextToken)
    }

    func deleteRevision(_ id: String, of name: ServiceName, _ request: APIRequest) throws -> JSONValue {
        let record = try service(name)
        let document = try revision(id, of: name)
        try checkEtag(request.query["etag"], current: document["etag"]?.string ?? "", id: id)
        let full = name.revision(id)
        let wanted = (record.document["traffic"]?.array ?? []).compactMap { $0["revision"]?.string }
        guard !wanted.contains(id), !record.split.shares.contains(where: { $0.revision == id }) else {
            throw APIError(
                .failedPrecondition, "Revision '\(id)' cannot be deleted: it has traffic or a tag.")
        }
        guard record.document["latestCreatedRevision"]?.string != full else {
            throw APIError(
                .failedPrecondition, "Revision '\(id)' cannot be deleted: it is the latest of service '\(name.id)'.")
        }
        let time = now()
        var deleted = document
        deleted["deleteTime"] = .string(time.text)
        let operation = OperationRecord(
            name: "\(name.parent.path)/operations/\(Identifier.uuid())", created: time, work: .nothing,
            type: "Revision", metadata: deleted, isDone: true, response: deleted)
        guard !request.flag("validateOnly") else { return operation.resource }
        var changed: [ServiceRecord] = []
        if record.document["latestReadyRevision"]?.string == full {
            var record = record
            record.document["latestReadyRevision"] = .string(newestReady(of: name, except: full) ?? "")
            changed = [record]
        }
        try commit(services: changed, operations: [operation], deleting: [.delete(.revision, name: full)])
        work.add { [pool, logs] in
            await pool.remove(full)
            logs.remove(service: name.path, revision: id)
        }
        return operation.resource
    }

    /// Cloud Run keeps 1,000 revisions of a service and then deletes the oldest (managing/revisions); never one that
    /// serves, is wanted, or is the latest.
    func trimRevisions(of record: ServiceRecord) throws {
        let mine = revisions.filter { $0.key.hasPrefix(record.name.path + "/") }
        guard mine.count > Self.revisionLimit else { return }
        var kept = record.split.shares.map(\.revision)
        kept += (record.document["traffic"]?.array ?? []).compactMap { $0["revision"]?.string }
        let latest = ["latestCreatedRevision", "latestReadyRevision"].compactMap { record.document[$0]?.string }
        let full = Set(kept.map(record.name.revision)).union(latest)
        let oldest = mine.filter { !full.contains($0.key) && RevisionDocument.state($0.value) != .pending }
            .sorted { ($0.value["createTime"]?.string ?? "") < ($1.value["createTime"]?.string ?? "") }
            .prefix(mine.count - Self.revisionLimit).map(\.key)
        try commit(deleting: oldest.map { .delete(.revision, name: $0) })
        for name in oldest {
            logs.remove(service: record.name.path, revision: shortName(name))
            work.add { [pool] in await pool.remove(name) }
        }
    }

    static let revisionLimit = 1000

    /// Full name of the last created revision that is ready.
    func newestReady(of service: ServiceName, except excluded: String? = nil) -> String? {
        revisions.filter {
            $0.key.hasPrefix(service.path + "/") && $0.key != excluded && RevisionDocument.state($0.value) == .succeeded
        }.max { ($0.value["createTime"]?.string ?? "") < ($1.value["createTime"]?.string ?? "") }?.key
    }
}
