import Configuration

/// Steps `analyse` and `hold`.
extension StepHandler {
    func analyse(
        _ service: PlannedService, _ analysis: AnalysisStep, step: Step, state: Progress.StepState
    ) async throws -> Result {
        // It could not tell, and a person has seen that.
        if case .held(let output, let reason) = state {
            return .done(approved(output, reason?.summary ?? "inconclusive"))
        }
        let question = try await question(of: service, analysis, step: step)
        let (observer, journal) = (roles.observer, journal)
        var findings = try await roles.verifier.analyse(question) { findings in
            var output = StepOutput()
            output.canary = findings
            output.canary?.candidate = question.candidate.revision
            output.canary?.baseline = question.baseline?.revision
            try await journal.write(.found(step: step.id, output))
        } progress: {
            observer.tell($0, step: step.id)
        }
        findings.candidate = question.candidate.revision
        findings.baseline = question.baseline?.revision
        var output = StepOutput()
        output.canary = findings
        output.note = findings.rule
        switch findings.decision {
        case .pass, .open: return .done(output)
        case .fail:
            throw StepError(failure(of: service, findings, "is worse than what serves", question), output: output)
        case .inconclusive:
            let failure = failure(of: service, findings, "is inconclusive", question)
            switch question.settings.inconclusive {
            case .promote: return .done(output)
            case .rollBack: throw StepError(failure, output: output)
            case .hold:
                var reason = failure
                reason.hint =
                    "stagectl resume \(plan.run) goes on with it all the same, stagectl abort \(plan.run) takes it back"
                return .held(output, reason: reason)
            }
        }
    }

    private func question(
        of service: PlannedService, _ analysis: AnalysisStep, step: Step
    ) async throws -> CanaryQuestion {
        let progress = await journal.progress
        // An attempt that was cut has taken some of the step's pairs.
        let known = progress.latest(of: service.key, \.canary)
        let own = progress.found(by: step.id)?.canary.map { $0.pairs - ($0.pairsBefore ?? 0) } ?? 0
        guard let url = progress.latest(of: service.key, \.candidateURL), let strategy = service.service.strategy else {
            throw Failure(.internalError, "the candidate of `\(service.key)` has no URL to be compared at")
        }
        let observation = if let known = looks.recent(service.identity) { known } else { try await observe(service) }
        let candidate = try await target(service, url: url, observation: observation)
        var baseline: VerificationTarget?
        if service.baselineTag != nil {
            guard let own = progress.latest(of: service.key, \.baselineURL) else {
                throw Failure(.internalError, "what serves of `\(service.key)` has no URL to be compared at")
            }
            baseline = candidate
            baseline?.url = own
            baseline?.revision = service.baseline
        }
        return CanaryQuestion(
            candidate: candidate, baseline: baseline, settings: strategy.analysis,
            pairs: max(0, analysis.pairs - own),
            pause: .seconds(analysis.pauseSeconds), patience: .seconds(analysis.patienceSeconds),
            isLast: analysis.isLast, isServing: analysis.percent > 0, findings: known,
            pairsBefore: (known?.pairs ?? 0) - own, run: plan.run)
    }

    private func failure(
        of service: PlannedService, _ findings: CanaryFindings, _ verdict: String, _ question: CanaryQuestion
    ) -> Failure {
        var details = [Failure.Detail("candidate", "\(findings.candidate ?? "unknown") at \(question.candidate.url)")]
        if let baseline = question.baseline {
            details.append(.init("compared with", "\(findings.baseline ?? "unknown") at \(baseline.url)"))
        }
        details += findings.metrics.map { metric in
            let counts = [("worse", metric.worse), ("better", metric.better), ("the same", metric.ties)]
                .compactMap { word, count in count.map { "\($0) \(word)" } }
            return .init(metric.name, (counts.isEmpty ? "no counts" : counts.joined(separator: ", ")))
        }
        return Failure(
            .checks, "the canary of `\(service.key)` \(verdict): \(findings.rule)", details: details,
            hint: "stagectl logs \(service.key.arguments)")
    }

    func hold(_ service: PlannedService, percent: Int, state: Progress.StepState) async -> Result {
        if case .held(let output, _) = state { return .done(approved(output, "held at \(percent) %")) }
        var output = StepOutput()
        output.note =
            "held at \(percent) %, plan \(plan.fingerprint.prefix(12)): stagectl resume \(plan.run) or "
            + "stagectl abort \(plan.run)"
        return .held(output, reason: nil)
    }

    func approved(_ output: StepOutput, _ what: String) -> StepOutput {
        var output = output
        let by = approver ?? plan.initiator
        output.approval = Approval(by: by, at: roles.now(), fingerprint: plan.fingerprint)
        output.note = "\(what); resumed by \(by)"
        return output
    }
}
