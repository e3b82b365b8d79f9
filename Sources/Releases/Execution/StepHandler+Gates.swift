import Configuration

/// Steps `health` and `smoke`.
extension StepHandler {
    func health(_ service: PlannedService, step: Step) async throws -> StepOutput {
        let target = try await candidateTarget(service)
        let observer = roles.observer
        var output = StepOutput()
        let verifier = roles.verifier
        // On the way back nobody waits for a look between the probe and the write.
        let result =
            plan.kind == .rollback
            ? try await watching(service) { try await verifier.health(of: target) { observer.tell($0, step: step.id) } }
                .value
            : try await verifier.health(of: target) { observer.tell($0, step: step.id) }
        output.health = result
        guard result.healthy else {
            let diagnosis = DiagnosisRules.unhealthy(
                await symptoms(service, revision: target.revision), result: result, expected: target.revision)
            output.diagnosis = diagnosis
            throw StepError(
                Failure(
                    .checks, "`\(service.key)` is not healthy: \(diagnosis.cause)",
                    details: [
                        .init("candidate", target.revision ?? "unknown"), .init("url", target.url),
                        .init("samples", "\(result.samples.count)"),
                    ], hint: diagnosis.fix), output: output)
        }
        if target.identityToken == nil { looks.hasAnsweredEverybody(service.identity) }
        output.note =
            Counted.text(result.samples.suffix(service.service.health.samples).count, "healthy sample") + " in a row"
            + (result.identity.map { ", \($0)" } ?? "")
        return output
    }

    func smoke(_ service: PlannedService, priorities: [String], step: Step) async throws -> StepOutput {
        var target = try await candidateTarget(service)
        target.acceptedChecks = plan.acceptedChecks
        let observer = roles.observer
        var output = StepOutput()
        let result = try await roles.verifier.smoke(of: target, priorities: priorities) {
            observer.tell($0, step: step.id)
        }
        output.smoke = result
        output.note =
            "\(result.verdict.counts["passed"] ?? 0) of \(Counted.text(result.verdict.counts["total"] ?? 0, "check")) passed"
            + (result.identity.map { ", \($0)" } ?? "")
        guard result.verdict.result == .pass else {
            let diagnosis = DiagnosisRules.smoke(
                await symptoms(service, revision: target.revision), result: result)
            output.diagnosis = diagnosis
            throw StepError(
                Failure(
                    .checks,
                    "smoke of `\(service.key)` is \(result.verdict.result.rawValue): \(diagnosis.cause)",
                    details: [.init("rule", result.verdict.rule)]
                        + result.problems.prefix(10).map { .init($0.check, $0.summary) },
                    hint: diagnosis.command ?? diagnosis.fix),
                output: output)
        }
        return output
    }

    private func candidateTarget(_ service: PlannedService) async throws -> VerificationTarget {
        guard let url = await journal.progress.latest(of: service.key, \.candidateURL) else {
            throw Failure(.internalError, "the candidate of `\(service.key)` has no URL")
        }
        let observation = if let known = looks.recent(service.identity) { known } else { try await observe(service) }
        return try await target(service, url: url, observation: observation)
    }
}
