import Configuration

/// Step `migrate`: a one-shot job with the candidate's image, before there is a candidate.
extension StepHandler {
    /// An execution carries a key of this run, so one that was started by an attempt that was cut is found and waited
    /// for: a migration is never started twice by one run.
    func migrate(_ service: PlannedService, step: Step) async throws -> StepOutput {
        guard let settings = service.service.migration, let jobs = roles.jobs else {
            throw Failure(.internalError, "the plan migrates `\(service.key)`, and nobody runs jobs here")
        }
        let job = JobIdentity(
            project: service.identity.project, region: service.identity.region,
            name: MigrationName.of(service.identity.name))
        let key = "\(plan.run) \(step.id)"
        let execution: ExecutionIdentity
        if let known = try await started(job, key: key, jobs) {
            execution = known
        } else {
            try await demandLock(of: service)
            _ = try await jobs.put(
                try await template(settings, of: service), as: job, key: key, within: .seconds(120))
            try await demandLock(of: service)
            execution = try await jobs.run(job, overrides: JobOverrides(), key: key)
        }
        roles.observer.line("execution \(execution.name)", step: step.id)
        let limit = settings.timeoutSeconds * (settings.retries + 1) + 120
        let end = try await jobs.wait(for: execution, within: .seconds(limit))
        var output = StepOutput()
        output.note = "execution \(execution.name)" + (settings.isIrreversible ? ", irreversible" : "")
        output.isIrreversible = settings.isIrreversible
        output.execution = execution.name
        guard end.state == .succeeded else { throw try await failure(of: service, end, jobs, output) }
        return output
    }

    private func started(_ job: JobIdentity, key: String, _ jobs: any JobPlatform) async throws -> ExecutionIdentity? {
        // Asked in a first attempt too: it costs one call, and an answer that was lost leaves no other trace.
        guard try await jobs.job(job) != nil else { return nil }
        return try await jobs.executions(of: job, limit: 50).first { $0.key == key }?.identity
    }

    private func template(_ settings: MigrationSettings, of service: PlannedService) async throws -> JobTemplate {
        var task = try await template(of: service)
        task.container.command = settings.command
        task.container.arguments = settings.arguments
        return JobTemplate(task: task, maxRetries: settings.retries, timeoutSeconds: settings.timeoutSeconds)
    }

    private func failure(
        of service: PlannedService, _ end: ExecutionObservation, _ jobs: any JobPlatform, _ output: StepOutput
    ) async throws -> StepError {
        let lines = (try? await jobs.lines(ofTask: 0, in: end.identity, limit: 20)) ?? []
        var details = [Failure.Detail("execution", end.identity.name), .init("state", end.state.rawValue)]
        if let message = end.message { details.append(.init("Cloud Run", message)) }
        details += lines.suffix(5).map { .init("it wrote", $0.text) }
        return StepError(
            Failure(
                .release, "the migration of `\(service.key)` did not succeed", details: details,
                hint: "mend it and deploy again: no revision was made, and traffic is as it was"), output: output)
    }
}

/// What the job of a service's migration is called.
package enum MigrationName {
    /// A job's name has at most 63 characters (run.v2, `Job.name`), a service's at most 49.
    package static func of(_ service: String) -> String { service + "-migration" }
}
