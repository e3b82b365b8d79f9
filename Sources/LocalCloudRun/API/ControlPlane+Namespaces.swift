import JSON

/// v1's services, on the same records as v2's. Here a stale version is a conflict in every mode: this is where Cloud
/// Run was seen to enforce it.
extension ControlPlane {
    func answer(_ endpoint: NamespaceEndpoint, _ request: APIRequest) throws -> JSONValue {
        switch endpoint {
        case .create(let parent): try createKnative(in: parent, request)
        case .list(let parent): try listKnative(in: parent, request)
        case .get(let parent, let id): shown(try record(id, in: parent))
        case .replace(let parent, let id): try replaceKnative(id, in: parent, request)
        case .delete(let parent, let id): try deleteKnative(id, in: parent, request)
        }
    }

    private func shown(_ record: ServiceRecord) -> JSONValue {
        KnativeService.encode(record.resource(ingressPort: settings.ingressPort), name: record.name)
    }

    private func record(_ id: String, in parent: NamespaceEndpoint.Parent) throws(APIError) -> ServiceRecord {
        if let location = parent.location {
            return try service(Location(project: parent.project, location: location).service(id))
        }
        let found = services.values.filter { $0.name.parent.project == parent.project && $0.name.id == id }
        guard let first = found.first else {
            throw APIError(
                .notFound, "Resource '\(id)' of kind 'SERVICE' in project '\(parent.project)' does not exist.")
        }
        guard found.count == 1 else {
            throw APIError(
                .invalidArgument,
                "Service '\(id)' exists in several locations; this server has one host for all of them, so name one: /v1/projects/\(parent.project)/locations/LOCATION/services/\(id)."
            )
        }
        return first
    }

    private func knativeBody(_ request: APIRequest) throws(APIError) -> JSONValue {
        try FieldTable.runV1.decode(self.body(of: request), as: "Service", at: "service")
    }

    private func isDry(_ request: APIRequest) throws(APIError) -> Bool {
        guard let value = request.query["dryRun"], !value.isEmpty else { return false }
        guard value == "all" else { throw APIError(.invalidArgument, "Invalid value at 'dry_run': must be 'all'.") }
        return true
    }

    private func checkNames(_ body: JSONValue, id: String, project: String) throws(APIError) {
        let metadata = body["metadata"]
        guard metadata?["name"]?.string == id else {
            throw APIError(.invalidArgument, "metadata.name: must be '\(id)', as in the URL.")
        }
        guard metadata?["namespace"]?.string ?? project == project else {
            throw APIError(.invalidArgument, "metadata.namespace: must be '\(project)', as in the URL.")
        }
    }

    private func createKnative(in parent: NamespaceEndpoint.Parent, _ request: APIRequest) throws -> JSONValue {
        let body = try knativeBody(request)
        let id = body["metadata"]?["name"]?.string ?? ""
        try ServiceRules.checkID(id)
        try checkNames(body, id: id, project: parent.project)
        let label = body["metadata"]?["labels"]?[KnativeAnnotations.location]?.string
        let location = parent.location ?? label ?? "us-central1"
        let name = Location(project: parent.project, location: location).service(id)
        let document = try KnativeService.decode(body, over: nil)
        let operation = try create(name, body: document, isDry: isDry(request))
        return preview(operation, of: name)
    }

    private func replaceKnative(
        _ id: String, in parent: NamespaceEndpoint.Parent, _ request: APIRequest
    ) throws -> JSONValue {
        let body = try knativeBody(request)
        let stored = try record(id, in: parent)
        try checkNames(body, id: id, project: parent.project)
        let current = KnativeService.resourceVersion(stored.document)
        if let given = body["metadata"]?["resourceVersion"]?.string, !given.isEmpty, given != current {
            throw APIError(
                .aborted,
                "Conflict for resource '\(id)': version '\(given)' was specified but current version is '\(current)'.")
        }
        guard stored.document["deleteTime"] == nil else {
            throw APIError(.failedPrecondition, "Resource '\(id)' is being deleted.")
        }
        var wanted = stored
        wanted.document = ServiceDefaults.apply(to: try KnativeService.decode(body, over: stored.document))
        try ServiceRules.check(wanted.document, id: id, request: "ReplaceServiceRequest")
        let operation = try accept(
            wanted, previous: stored, forceNewRevision: false, isDry: isDry(request), at: now())
        return preview(operation, of: stored.name)
    }

    /// The service as the write left it; the operation goes on behind it, as v1 has none.
    private func preview(_ operation: JSONValue, of name: ServiceName) -> JSONValue {
        var resource = operation["metadata"] ?? [:]
        resource["@type"] = nil
        return KnativeService.encode(resource, name: name)
    }

    private func listKnative(in parent: NamespaceEndpoint.Parent, _ request: APIRequest) throws(APIError) -> JSONValue {
        // Google's description says it of Cloud Run itself; read over, it would list what was not asked for.
        guard (request.query["fieldSelector"] ?? "").isEmpty else {
            throw APIError(.invalidArgument, "field_selector is not supported by Cloud Run.")
        }
        let selector = try LabelSelector(parsing: request.query["labelSelector"] ?? "")
        let found = services.values.filter { record in
            record.name.parent.project == parent.project
                && (parent.location == nil || record.name.parent.location == parent.location)
                && selector.matches((record.document["labels"]?.object ?? [:]).compactMapValues(\.string))
        }.map { (key: $0.name.id + "/" + $0.name.parent.location, record: $0) }.sorted { $0.key < $1.key }
        let page = try Page(
            found, key: \.key, size: request.query["limit"], token: request.query["continue"], maximum: 100)
        var metadata: JSONValue = [:]
        metadata["continue"] = page.nextToken.map { .string($0) }
        return [
            "apiVersion": .string(KnativeService.version), "kind": "ServiceList", "metadata": metadata,
            "items": .array(page.elements.map { shown($0.record) }),
        ]
    }

    private func deleteKnative(
        _ id: String, in parent: NamespaceEndpoint.Parent, _ request: APIRequest
    ) throws -> JSONValue {
        let stored = try record(id, in: parent)
        var plain = APIRequest(method: request.method, path: request.path)
        if try isDry(request) { plain.query["validateOnly"] = "true" }
        _ = try deleteService(stored.name, plain)
        var details: JSONValue = ["name": .string(id), "group": "serving.knative.dev", "kind": "Service"]
        details["uid"] = stored.document["uid"]
        return ["status": "Success", "details": details]
    }
}
