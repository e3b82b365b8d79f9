import Configuration

/// Steps `shift`, `open`, `assert` and `record`.
extension StepHandler {
    func shift(
        _ service: PlannedService, percent: Int, step: Step, state: Progress.StepState
    ) async throws -> StepOutput {
        let candidate = try await candidateRevision(service)
        // A candidate was verified for a while, and what happened to the service meanwhile is worth a look; a way back
        // was watched while it was probed, and is in a hurry. Who may call it was proved by the gate's own answers, and
        // the assertion that follows meets whoever closes it now.
        let (observation, isWritten) = try await observeOwn(
            service, step: step, state: state, remembers: plan.kind == .rollback,
            knownAccess: looks.provenAccess(of: service.identity)
        ) { now in
            now.share(of: candidate) == percent
        }
        if isWritten { return shifted(to: candidate, observation) }
        let baseline = await snapshot(service)?.trafficStatuses ?? []
        // At its full share a canary is compared with nothing any more; blue-green keeps the old one at hand.
        let own = percent < 100 || service.service.strategy?.kind == .blueGreen ? service.baselineTag : nil
        let traffic = TrafficPlan.shifted(
            from: baseline, to: candidate, percent: percent, tag: service.tag, kept: observation.trafficStatuses,
            own: own)
        let after = try await write(
            ServiceChange(traffic: traffic, etag: observation.etag, generation: observation.generation), to: service,
            step: step.id)
        var output = shifted(to: candidate, after)
        guard after.share(of: candidate) == percent else {
            // It may come true yet, or be true and not shown: how this leaves the service is not known.
            output.generation = nil
            throw StepError(
                Failure(
                    .release, "`\(candidate)` should serve \(percent) % and serves \(after.share(of: candidate)) %",
                    hint: "stagectl traffic show \(service.key.arguments)"), output: output)
        }
        return output
    }

    private func shifted(to candidate: String, _ after: ServiceObservation) -> StepOutput {
        var output = StepOutput(leaving: after)
        output.revision = candidate
        return output
    }

    func open(_ service: PlannedService, state: Progress.StepState) async throws -> StepOutput {
        let candidate = try await candidateRevision(service)
        let known = await generation(of: service) ?? 0
        // What everybody may call from now on is what was verified, also in a run that was cut and taken up again.
        let now = try await poll(service) { $0.generation >= known }
        guard now.share(of: candidate) == 100 else {
            throw Failure(
                .conflict, "`\(candidate)` was to be opened to everybody, and does not serve any more",
                details: [.init("traffic", TrafficPlan.text(now.trafficStatuses))],
                hint: "stagectl status \(service.key.arguments)")
        }
        // Done before the run was cut: whoever has closed it since meant it.
        guard !state.isComplete || now.isPublic else {
            throw Failure(
                .conflict, "`\(service.key)` was closed by somebody else since it was opened",
                hint: "stagectl status \(service.key.arguments)")
        }
        try await demandLock(of: service)
        try await roles.platform.setPublic(true, of: service.identity)
        looks.hasChangedAccess(of: service.identity, to: true)
        var output = StepOutput()
        output.note = "verified for the first time, now open to everybody"
        return output
    }

    /// The control plane's word first, then the public URL itself, since the data plane follows late.
    func assertTraffic(_ service: PlannedService, percent: Int, step: Step) async throws -> StepOutput {
        let candidate = try await candidateRevision(service)
        let known = await generation(of: service) ?? 0
        // A look from before the shift would be a false alarm, and would pass for what this run has left behind.
        let observation = try await poll(service, knownAccess: looks.access(of: service.identity)) { now in
            now.generation >= known && (now.share(of: candidate) == percent || !now.reconciling)
        }
        var output = StepOutput()
        output.revision = candidate
        output.traffic = observation.trafficStatuses
        output.serviceURL = observation.url
        guard observation.share(of: candidate) == percent else {
            throw StepError(
                Failure(
                    .release, "`\(candidate)` was promoted and serves \(observation.share(of: candidate)) %",
                    details: [.init("wanted", "\(percent) %")],
                    hint: "stagectl traffic repair \(service.key.arguments)"), output: output)
        }
        let url = service.placement.publicURL ?? observation.url
        let observer = roles.observer
        let target = try await target(service, url: url, observation: observation)
        let verifier = roles.verifier
        let (result, logs) = try await watching(service, linesOf: candidate) {
            try await verifier.health(of: target) { observer.tell($0, step: step.id) }
        }
        output.health = result
        if !result.healthy, result.samples.last?.isRefused == true, let now = try? await observe(service),
            isClosedByOthers(service, now)
        {
            throw StepError(closed(service), output: output)
        }
        // Whoever has overridden the candidate's health meets the same answers at the public URL.
        if !result.healthy, let reason = plan.overrides["health"] {
            output.note = "not healthy at the public URL; overridden: \(reason)"
            return output
        }
        guard result.healthy else {
            let diagnosis = DiagnosisRules.unhealthy(
                Symptoms(service: service.service, identity: service.identity, revision: candidate, lines: logs),
                result: result, expected: candidate)
            output.diagnosis = diagnosis
            throw StepError(
                Failure(
                    .checks, "`\(service.key)` does not answer as `\(candidate)` at its public URL",
                    details: [.init("url", url), .init("cause", diagnosis.cause)], hint: diagnosis.fix),
                output: output)
        }
        output.note = result.identity
        return output
    }

    func record(_ service: PlannedService, step: Step, state: Progress.StepState) async throws -> StepOutput {
        // Done before the run was cut, and perhaps taken back by a way back that a full disk kept out of the journal.
        if let left = state.output?.generation {
            let now = try await poll(service) { $0.generation >= left }
            if now.annotations[ReleaseAnnotation.run] != plan.run { try demand(now, of: service, at: left) }
            return StepOutput(leaving: now)
        }
        let (observation, isWritten) = try await observeOwn(service, step: step, state: state) { now in
            now.annotations[ReleaseAnnotation.run] == self.plan.run
        }
        if isWritten { return StepOutput(leaving: observation) }
        let candidate = try await candidateRevision(service)
        var annotations = observation.annotations
        annotations[ReleaseAnnotation.run] = plan.run
        annotations[ReleaseAnnotation.revision] = candidate
        annotations[ReleaseAnnotation.commit] = service.labels[ReleaseLabel.commit]
        let after = try await write(
            ServiceChange(annotations: annotations, etag: observation.etag, generation: observation.generation),
            to: service, step: step.id)
        return StepOutput(leaving: after)
    }
}
