import Releases

/// Cloud Run as one process reaches it: over a network that fails as the history says.
struct ProcessPlatform: Platform {
    let process: SimulatedProcess

    private var world: SimulatedWorld { process.world }
    private var cloud: SimulatedCloudRun { world.cloud }

    func observe(_ service: ServiceIdentity, knownAccess: Bool?) async throws -> ServiceObservation? {
        try await call("observe \(service.place)", isWrite: false) { cloud.observe(service.place) }
    }

    func revisions(of service: ServiceIdentity) async throws -> [RevisionObservation] {
        try await call("revisions \(service.place)", isWrite: false) { cloud.revisions(of: service.place) }
    }

    func revision(_ name: String, of service: ServiceIdentity) async throws -> RevisionObservation? {
        try await call("revision \(name)", isWrite: false) {
            cloud.revisions(of: service.place).first { $0.name == name }
        }
    }

    func create(_ service: ServiceIdentity, change: ServiceChange) async throws -> OperationName {
        try await write(service, change) { change, fate, delay in
            try cloud.create(service, change, fate: fate, delay: delay)
        }
    }

    func update(_ service: ServiceIdentity, change: ServiceChange) async throws -> OperationName {
        guard let change = world.defective(change, of: service.place, by: process) else {
            return cloud.acceptNothing()
        }
        return try await write(service, change) { change, fate, delay in
            try cloud.update(service.place, change, fate: fate, delay: delay)
        }
    }

    private func write(
        _ service: ServiceIdentity, _ change: ServiceChange,
        _ send: (ServiceChange, SimulatedCloudRun.Fate, Duration) throws -> OperationName
    ) async throws -> OperationName {
        var change = change
        let retries = world.defects.contains(.blindRetry) ? 3 : 1
        for attempt in 1... {
            do {
                return try await call("write \(service.place)", isWrite: true) {
                    world.willWrite(to: service.place, by: process)
                    if change.template != nil {
                        world.invariants.willMakeRevision(of: service, by: process.run, in: world)
                    }
                    let operation = try send(
                        change, world.fate(of: change, of: service.place), world.reconciliation())
                    if world.forgetsOperation() { cloud.forget(operation) }
                    world.landed(on: service.place, by: process)
                    return operation
                }
            } catch let failure as Failure where failure.mayHaveHappened && attempt < retries {
                change.generation = nil
            }
        }
        throw Failure(.internalError, "unreachable")
    }

    func wait(for operation: OperationName, within deadline: Duration) async throws -> OperationEnd {
        let end = world.clock.now() + deadline
        while world.clock.now() < end {
            let end = try await call("operation", isWrite: false) { cloud.end(of: operation) }
            if let end { return end }
            try await ProcessClock(process: process).sleep(for: .milliseconds(500))
        }
        throw Failure(.deadline, "the operation did not end", mayHaveHappened: true)
    }

    func setPublic(_ isPublic: Bool, of service: ServiceIdentity) async throws {
        try await call("access \(service.place)", isWrite: true) {
            world.willWrite(to: service.place, by: process)
            if process.sleptIn == "access \(service.place)" { world.invariants.sleeperChangesAccess(of: service.place) }
            cloud.setPublic(isPublic, of: service.place)
        }
    }

    func logs(of revision: String, service: ServiceIdentity, limit: Int) async throws -> [LogLine] {
        try await call("logs", isWrite: false) {
            [LogLine(time: "", severity: "ERROR", text: "a line of the container")]
        }
    }

    func identityToken(audience: String) async throws -> String { SimulatedWorld.secret }

    func call<Value>(_ what: String, isWrite: Bool, _ body: () throws -> Value) async throws -> Value {
        try await process.effect(what, isWrite: isWrite) {
            switch world.apiFault(isWrite: isWrite) {
            case .unavailable: throw Failure(.unavailable, "503 (\(what))")
            case .denied: throw Failure(.permission, "403 (\(what))")
            case .conflict where isWrite: throw Failure(.conflict, "409 (\(what))")
            case .slow: try await world.clock.sleep(for: .seconds(40))
            case .staleReads: cloud.readsAreOldUntil = world.clock.now() + .seconds(30)
            case .lostReply where isWrite:
                _ = try body()
                throw Failure(.unavailable, "the reply was lost (\(what))", mayHaveHappened: true)
            case .lostReply: throw Failure(.unavailable, "the reply was lost (\(what))")
            case .conflict, .operationFails, .operationNeverEnds, .operationVanishes, nil: break
            }
            if process.isGone { throw SimulatedProcess.Gone() }
            return try body()
        }
    }
}
