import JSON

/// The Cloud Run Admin API v2 of this machine, with the little of Logging and IAM Credentials that goes with it:
/// requests in, documents out. What it starts runs in `work`; everything that it knows is on disk before it answers.
actor ControlPlane {
    let settings: ControlPlaneSettings
    let store: StateStore
    let logs: LogStore
    let issuer: LocalIssuer
    let pool: InstancePool
    let work: BackgroundWork
    let routes: any RouteSink
    let clock: @Sendable () -> Timestamp
    let isPortFree: @Sendable (Int) -> Bool

    var services: [String: ServiceRecord] = [:]
    /// By full name.
    var revisions: [String: JSONValue] = [:]
    var operations: [String: OperationRecord] = [:]
    var jobs: [String: JobRecord] = [:]
    /// By full name.
    var executions: [String: JSONValue] = [:]
    /// By full name.
    var tasks: [String: JSONValue] = [:]
    /// Executions that shall stop, as their running tasks see it.
    let cancellations = Cancellations()
    /// By operation under way: the revisions that it is about to give traffic.
    var held: [String: Set<String>] = [:]
    private var lastTime: Int64 = 0
    /// Ports that could not be opened although they looked free.
    var refusedPorts: Set<Int> = []

    init(
        settings: ControlPlaneSettings, store: StateStore, logs: LogStore, issuer: LocalIssuer, pool: InstancePool,
        work: BackgroundWork, routes: any RouteSink, clock: @escaping @Sendable () -> Timestamp,
        isPortFree: @escaping @Sendable (Int) -> Bool
    ) {
        self.settings = settings
        self.store = store
        self.logs = logs
        self.issuer = issuer
        self.pool = pool
        self.work = work
        self.routes = routes
        self.clock = clock
        self.isPortFree = isPortFree
    }

    /// Answers one request; a refusal is an answer too.
    func handle(_ request: APIRequest) async -> APIResponse {
        do {
            guard let endpoint = Endpoint(method: request.method, path: request.path) else {
                throw APIError(.notFound, "Method not found: \(request.method) \(request.path)")
            }
            var request = request
            request.query = try QueryRules.checked(request.query, of: endpoint)
            let (body, message) = try await answer(endpoint, request)
            guard request.wantsEnumNumbers, let message else { return APIResponse(body: body) }
            return APIResponse(body: FieldTable.runV2.withEnumNumbers(body, message: message))
        } catch let error as APIError {
            return error.response
        } catch {
            // The store alone throws anything else: a full disk, a damaged file.
            return APIError(.internalError, "The local state could not be written: \(error)").response
        }
    }

    private func answer(_ endpoint: Endpoint, _ request: APIRequest) async throws -> (JSONValue, message: String?) {
        switch endpoint {
        case .createService(let parent): (try createService(in: parent, request), "Operation")
        case .listServices(let parent): (try listServices(in: parent, request), "ListServicesResponse")
        case .getService(let name): (try service(name).resource(ingressPort: settings.ingressPort), "Service")
        case .patchService(let name): (try patchService(name, request), "Operation")
        case .deleteService(let name): (try deleteService(name, request), "Operation")
        case .listRevisions(let parent): (try listRevisions(of: parent, request), "ListRevisionsResponse")
        case .getRevision(let service, let id): (try revision(id, of: service), "Revision")
        case .deleteRevision(let service, let id): (try deleteRevision(id, of: service, request), "Operation")
        case .listOperations(let parent): (try listOperations(in: parent, request), "ListOperationsResponse")
        case .getOperation(let name): (try operation(name).resource, "Operation")
        case .waitOperation(let name): (try await waitForOperation(name, request), "Operation")
        case .deleteOperation(let name): (try deleteOperation(name), nil)
        case .namespace(let endpoint): (try answer(endpoint, request), nil)
        case .job(let endpoint): try await answer(endpoint, request)
        case .getPolicy(let name): (try policy(of: name, request), nil)
        case .setPolicy(let name): (try await setPolicy(of: name, request), nil)
        case .testPermissions(let name): (try testPermissions(on: name, request), nil)
        case .listLogEntries: (try listLogEntries(request), nil)
        case .generateIdentityToken(let account): (try generateToken(account: account, request), nil)
        case .status: (status(), nil)
        }
    }

    private func status() -> JSONValue {
        [
            "version": .string(settings.version), "pid": .integer(Int64(ServerRecord.currentProcess)),
            "runtime": .string(pool.runtime.name), "ingressPort": .integer(Int64(settings.ingressPort)),
            "services": .integer(Int64(services.count)),
        ]
    }

    // MARK: - What every part needs

    /// Now, and never twice the same: the order of changes is the order of their times.
    func now() -> Timestamp {
        lastTime = max(clock().microseconds, lastTime + 1)
        return Timestamp(microseconds: lastTime)
    }

    func etag(at time: Timestamp) -> String { "\"\(time.microseconds)\"" }

    func body(of request: APIRequest) throws(APIError) -> JSONValue {
        guard !request.body.isEmpty else { return [:] }
        do {
            return try JSONValue(parsing: request.body)
        } catch {
            throw APIError(.invalidArgument, "Invalid JSON payload received. \(error.reason)")
        }
    }

    func service(_ name: ServiceName) throws(APIError) -> ServiceRecord {
        guard let record = services[name.path] else { throw .missing("SERVICE", name.id, in: name.parent) }
        return record
    }

    /// Takes changes into memory after they are on disk.
    func commit(
        services changedServices: [ServiceRecord] = [], revisions changedRevisions: [JSONValue] = [],
        operations changedOperations: [OperationRecord] = [], jobs changedJobs: [JobRecord] = [],
        executions changedExecutions: [JSONValue] = [], tasks changedTasks: [JSONValue] = [],
        deleting: [StateStore.Change] = []
    ) throws {
        var changes = deleting
        for record in changedServices {
            changes.append(.put(.service, name: record.name.path, JSONValue(encoding: record) ?? .null))
        }
        for document in changedRevisions {
            changes.append(.put(.revision, name: document["name"]?.string ?? "", document))
        }
        for record in changedOperations {
            changes.append(.put(.operation, name: record.name, JSONValue(encoding: record) ?? .null))
        }
        for record in changedJobs {
            changes.append(.put(.job, name: record.name.path, JSONValue(encoding: record) ?? .null))
        }
        for (kind, documents) in [(StateStore.Kind.execution, changedExecutions), (.task, changedTasks)] {
            for document in documents { changes.append(.put(kind, name: document["name"]?.string ?? "", document)) }
        }
        try store.commit(changes)
        for record in changedServices { services[record.name.path] = record }
        for document in changedRevisions { revisions[document["name"]?.string ?? ""] = document }
        for record in changedOperations { operations[record.name] = record }
        for record in changedJobs { jobs[record.name.path] = record }
        for document in changedExecutions { executions[document["name"]?.string ?? ""] = document }
        for document in changedTasks { tasks[document["name"]?.string ?? ""] = document }
        for case .delete(let kind, let name) in deleting {
            switch kind {
            case .job: jobs[name] = nil
            case .execution: executions[name] = nil
            case .task: tasks[name] = nil
            case .service: services[name] = nil
            case .revision: revisions[name] = nil
            case .operation: operations[name] = nil
            }
        }
    }
}
