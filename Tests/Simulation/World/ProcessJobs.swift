import Releases

/// Jobs as one process reaches them. An execution succeeds some seconds after it was started, whoever waits for it.
struct ProcessJobs: JobPlatform {
    let process: SimulatedProcess

    private var world: SimulatedWorld { process.world }
    private var platform: ProcessPlatform { ProcessPlatform(process: process) }

    func job(_ job: JobIdentity) async throws -> JobObservation? {
        try await platform.call("job \(job.name)", isWrite: false) {
            world.jobs.keys[job].map { JobObservation(identity: job, generation: 1, key: $0) }
        }
    }

    func put(
        _ template: JobTemplate, as job: JobIdentity, key: String, within deadline: Duration
    ) async throws -> JobObservation {
        try await platform.call("put \(job.name)", isWrite: true) {
            world.jobs.keys[job] = key
            return JobObservation(identity: job, generation: 1, key: key)
        }
    }

    func run(_ job: JobIdentity, overrides: JobOverrides, key: String) async throws -> ExecutionIdentity {
        try await platform.call("run \(job.name)", isWrite: true) {
            let execution = world.jobs.start(job, key: key, until: world.clock.now() + world.reconciliation())
            world.invariants.started(execution.name, key: key, in: world)
            return execution
        }
    }

    func execution(_ execution: ExecutionIdentity) async throws -> ExecutionObservation? {
        try await platform.call("execution \(execution.name)", isWrite: false) {
            world.jobs.executions.first { $0.identity == execution }.map(observation)
        }
    }

    func wait(for execution: ExecutionIdentity, within deadline: Duration) async throws -> ExecutionObservation {
        let end = world.clock.now() + deadline
        while world.clock.now() < end {
            if let now = try await self.execution(execution), now.state.isEnd { return now }
            try await ProcessClock(process: process).sleep(for: .seconds(1))
        }
        throw Failure(.deadline, "execution \(execution.name) did not end")
    }

    func executions(of job: JobIdentity, limit: Int) async throws -> [ExecutionObservation] {
        try await platform.call("executions \(job.name)", isWrite: false) {
            if world.defects.contains(.migrationAgain) { return [] }
            return world.jobs.executions.filter { $0.identity.job == job }.reversed().map(observation)
        }
    }

    private func observation(_ execution: SimulatedJobs.Execution) -> ExecutionObservation {
        ExecutionObservation(
            identity: execution.identity, state: world.clock.now() >= execution.end ? .succeeded : .running,
            counts: TaskCounts(total: 1), key: execution.key)
    }

    func cancel(_ execution: ExecutionIdentity) async throws {}
    func delete(_ job: JobIdentity) async throws {}
    func delete(_ execution: ExecutionIdentity) async throws {}
    func tasks(of execution: ExecutionIdentity) async throws -> [TaskObservation] { [] }
    func lines(ofTask index: Int, in execution: ExecutionIdentity, limit: Int) async throws -> [LogLine] { [] }
}

/// The jobs of a world.
struct SimulatedJobs {
    struct Execution {
        var identity: ExecutionIdentity
        var key: String
        var end: Duration
    }

    /// Of the write that made each job what it is.
    var keys: [JobIdentity: String] = [:]
    private(set) var executions: [Execution] = []

    mutating func start(_ job: JobIdentity, key: String, until end: Duration) -> ExecutionIdentity {
        let identity = ExecutionIdentity(job: job, name: "\(job.name)-\(executions.count + 1)")
        executions.append(Execution(identity: identity, key: key, end: end))
        return identity
    }

    /// Whether one that was started by this run for this service has done its work by then.
    func hasSucceeded(_ service: String, by run: String, at moment: Duration) -> Bool {
        executions.contains {
            $0.key.hasPrefix("\(run) ") && $0.identity.job.name == MigrationName.of(service) && moment >= $0.end
        }
    }
}
