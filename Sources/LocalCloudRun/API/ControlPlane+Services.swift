import JSON

extension ControlPlane {
    func createService(in parent: Location, _ request: APIRequest) throws -> JSONValue {
        let id = request.query["serviceId"] ?? ""
        try ServiceRules.checkID(id)
        let body = try FieldTable.runV2.decode(self.body(of: request), as: "Service", at: "service")
        return try create(parent.service(id), body: body, isDry: request.flag("validateOnly"))
    }

    func create(_ name: ServiceName, body: JSONValue, isDry: Bool) throws -> JSONValue {
        var document = body
        for field in ["name", "etag"] { document[field] = nil }
        document = ServiceDefaults.apply(to: document)
        try ServiceRules.check(document, id: name.id, request: "CreateServiceRequest")
        guard services[name.path] == nil else {
            throw APIError(.alreadyExists, "Resource '\(name.id)' already exists.")
        }
        let time = now()
        document["name"] = .string(name.path)
        document["uid"] = .string(Identifier.uuid())
        document["creator"] = "local"
        document["createTime"] = .string(time.text)
        let record = ServiceRecord(
            name: name, hostLabel: hostLabel(for: name), document: document, policy: nil, ports: [:], revisionCount: 0)
        return try accept(record, previous: nil, forceNewRevision: true, isDry: isDry, at: time)
    }

    func patchService(_ name: ServiceName, _ request: APIRequest) throws -> JSONValue {
        let body = try FieldTable.runV2.decode(self.body(of: request), as: "Service", at: "service")
        if services[name.path] == nil, request.flag("allowMissing") {
            try ServiceRules.checkID(name.id)
            return try create(name, body: body, isDry: request.flag("validateOnly"))
        }
        let stored = try service(name)
        try checkEtag(body["etag"]?.string, of: stored)
        guard stored.document["deleteTime"] == nil else {
            throw APIError(.failedPrecondition, "Resource '\(name.id)' is being deleted.")
        }
        var record = stored
        record.document = ServiceDefaults.apply(
            to: try UpdateMask.apply(
                request.query["updateMask"], from: body, to: stored.document,
                table: .runV2))
        for field in ["name", "etag"] { record.document[field] = stored.document[field] }
        try ServiceRules.check(record.document, id: name.id, request: "UpdateServiceRequest")
        return try accept(
            record, previous: stored, forceNewRevision: request.flag("forceNewRevision"),
            isDry: request.flag("validateOnly"), at: now())
    }

    /// Takes a checked service as the new desired state: makes the revision that it asks for, and an operation.
    func accept(
        _ wanted: ServiceRecord, previous: ServiceRecord?, forceNewRevision: Bool, isDry: Bool, at time: Timestamp
    ) throws -> JSONValue {
        var record = wanted
        let template = record.document["template"] ?? [:]
        let isNew = forceNewRevision || template != previous?.document["template"]
        var revision: JSONValue?
        if isNew { revision = try newRevision(template, of: &record, isForced: forceNewRevision, at: time) }
        try checkTargets(of: record, created: revision)
        let changed = revision != nil || record.document != previous?.document
        if changed {
            record.document["generation"] = .string(String((previous?.generation ?? 0) + 1))
            record.document["etag"] = .string(etag(at: time))
            record.document["updateTime"] = .string(time.text)
            record.document["lastModifier"] = "local"
        }
        if record.document["observedGeneration"] == nil { record.document["observedGeneration"] = "0" }
        if let revision { record.document["latestCreatedRevision"] = revision["name"] }
        record.document["reconciling"] = true
        record.document["terminalCondition"] = Condition.kept(
            Condition.make("Ready", .reconciling, at: time), old: record.document["terminalCondition"])
        if record.ports.isEmpty { record.ports[""] = freePort() }
        let operation = OperationRecord(
            name: "\(record.name.parent.path)/operations/\(Identifier.uuid())", created: time,
            work: .reconcile(record.name, generation: record.generation, revision: revision?["name"]?.string),
            type: "Service", metadata: record.resource(ingressPort: settings.ingressPort))
        if isDry { return operation.preview.resource }
        try commit(services: [record], revisions: revision.map { [$0] } ?? [], operations: [operation])
        if revision != nil { try trimRevisions(of: record) }
        if let note = record.ingressNote, note != previous?.ingressNote {
            let latest = shortName(record.document["latestCreatedRevision"]?.string ?? "")
            logs.append(
                .system(
                    note, severity: "WARNING", service: record.name.path, revision: latest, instance: nil, at: time))
        }
        if let revision, let name = revision["name"]?.string {
            pool.add(name, blueprint: InstanceBlueprint(revision: revision, service: record.name))
        }
        updateAccess()
        carryOut(operation)
        return operation.resource
    }

    /// nil when a named revision exists already and is the same.
    private func newRevision(
        _ template: JSONValue, of record: inout ServiceRecord, isForced: Bool, at time: Timestamp
    ) throws(APIError) -> JSONValue? {
        var generator = SystemRandomNumberGenerator()
        let id: String
        if let named = template["revision"]?.string {
            if let existing = revisions[record.name.revision(named)] {
                let candidate = document(named, template, of: record, at: time)
                let isSame = RevisionDocument.copied.allSatisfy { candidate[$0] == existing[$0] }
                if isSame, !isForced { return nil }
                throw APIError(
                    .alreadyExists, "Revision named '\(named)' with different configuration already exists.")
            }
            id = named
        } else {
            var candidate = ""
            repeat {
                candidate = RevisionName.make(
                    service: record.name.id, number: record.revisionCount + 1, using: &generator)
            } while revisions[record.name.revision(candidate)] != nil
            id = candidate
        }
        record.revisionCount += 1
        return document(id, template, of: record, at: time)
    }

    private func document(_ id: String, _ template: JSONValue, of record: ServiceRecord, at time: Timestamp)
        -> JSONValue
    {
        RevisionDocument.make(
            id: id, service: record.name, template: template, uid: Identifier.uuid(), etag: etag(at: time),
            creator: "local", at: time)
    }

    private func checkTargets(of record: ServiceRecord, created: JSONValue?) throws(APIError) {
        for target in record.document["traffic"]?.array ?? [] {
            guard let id = target["revision"]?.string else { continue }
            let name = record.name.revision(id)
            guard revisions[name] != nil || created?["name"]?.string == name else {
                throw APIError(
                    .invalidArgument,
                    "Revision '\(id)' does not exist or is deleted. Update all traffic to route to currently available revisions."
                )
            }
        }
    }

    func checkEtag(_ given: String?, of record: ServiceRecord) throws(APIError) {
        try checkEtag(given, current: record.etag, id: record.name.id)
    }

    func checkEtag(_ given: String?, current: String, id: String) throws(APIError) {
        guard settings.enforcesEtags, let given, !given.isEmpty, given != current else { return }
        throw APIError(
            .aborted,
            "Conflict for resource '\(id)': version '\(bare(given))' was specified but current version is '\(bare(current))'."
        )
    }

    private func bare(_ etag: String) -> String { String(etag.filter { $0 != "\"" }) }

    func listServices(in parent: Location, _ request: APIRequest) throws(APIError) -> JSONValue {
        try checkLocation(parent, of: "services")
        let found = services.values.filter { $0.name.parent == parent }.sorted { $0.name.id < $1.name.id }
        let page = try Page(
            found, key: \.name.id, size: request.query["pageSize"], token: request.query["pageToken"], maximum: 100)
        return list("services", page.elements.map { $0.resource(ingressPort: settings.ingressPort) }, page.nextToken)
    }

    func checkLocation(_ parent: Location, of kind: String) throws(APIError) {
        guard parent.location != "-" else {
            throw APIError(.invalidArgument, "The location of a list of \(kind) cannot be '-'.")
        }
    }

    func list(_ name: String, _ elements: [JSONValue], _ token: String?) -> JSONValue {
        var members: [String: JSONValue] = [:]
        if !elements.isEmpty { members[name] = .array(elements) }
        if let token { members["nextPageToken"] = .string(token) }
        return .object(members)
    }

    func deleteService(_ name: ServiceName, _ request: APIRequest) throws -> JSONValue {
        var record = try service(name)
        try checkEtag(request.query["etag"], of: record)
        // A second call joins the first: two removals at once could take what was created between them.
        if let joined = operations.values.first(where: { !$0.isDone && $0.work == .delete(name) }) {
            return joined.resource
        }
        let time = now()
        record.document["deleteTime"] = .string(time.text)
        record.document["reconciling"] = true
        let operation = OperationRecord(
            name: "\(name.parent.path)/operations/\(Identifier.uuid())", created: time, work: .delete(name),
            type: "Service", metadata: record.resource(ingressPort: settings.ingressPort))
        if request.flag("validateOnly") { return operation.preview.resource }
        try commit(services: [record], operations: [operation])
        carryOut(operation)
        return operation.resource
    }
}

extension APIRequest {
    func flag(_ name: String) -> Bool { query[name] == "true" }

    /// Google's own clients ask for enums as numbers.
    var wantsEnumNumbers: Bool {
        (query["$alt"] ?? query["alt"])?.contains("enum-encoding=int") ?? false
    }
}

/// Random identifiers.
enum Identifier {
    /// Version 4 of RFC 9562.
    static func uuid() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        var text = ""
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return text
    }
}
