import Configuration

/// Steps `shift`, `open`, `assert`, `record`, and the way back.
extension StepHandler {
    func shift(
        _ service: PlannedService, percent: Int, step: Step, state: Progress.StepState
    ) async throws -> StepOutput {
        let candidate = try await candidateRevision(service)
        let (observation, isWritten) = try await observeOwn(service, step: step, state: state) { now in
            now.share(of: candidate) == percent
        }
        if isWritten { return shifted(to: candidate, observation) }
        let baseline = await snapshot(service)?.trafficStatuses ?? []
        let traffic = TrafficPlan.shifted(
            from: baseline, to: candidate, percent: percent, tag: service.tag, kept: observation.trafficStatuses)
        let after = try await write(
            ServiceChange(traffic: traffic, etag: observation.etag, generation: observation.generation), to: service,
            step: step.id)
        let output = shifted(to: candidate, after)
        guard after.share(of: candidate) == percent else {
            throw StepError(
                Failure(
                    .release, "`\(candidate)` should serve \(percent) % and serves \(after.share(of: candidate)) %",
                    hint: "stagectl traffic show \(service.identity.name)"), output: output)
        }
        return output
    }

    private func shifted(to candidate: String, _ after: ServiceObservation) -> StepOutput {
        var output = StepOutput(leaving: after)
        output.revision = candidate
        return output
    }

    func open(_ service: PlannedService) async throws -> StepOutput {
        try await roles.platform.setPublic(true, of: service.identity)
        var output = StepOutput()
        output.note = "verified for the first time, now open to everybody"
        return output
    }

    /// The control plane's word first, then the public URL itself, since the data plane follows late.
    func assertTraffic(_ service: PlannedService, percent: Int, step: Step) async throws -> StepOutput {
        let candidate = try await candidateRevision(service)
        let observation = try await observe(service)
        var output = StepOutput()
        output.revision = candidate
        output.traffic = observation.trafficStatuses
        output.serviceURL = observation.url
        guard observation.share(of: candidate) == percent else {
            throw StepError(
                Failure(
                    .release, "`\(candidate)` was promoted and serves \(observation.share(of: candidate)) %",
                    details: [.init("wanted", "\(percent) %")],
                    hint: "stagectl traffic repair \(service.identity.name)"), output: output)
        }
        let url = service.service.publicURL ?? observation.url
        let observer = roles.observer
        let target = try await target(service, url: url, observation: observation)
        let result = try await roles.verifier.health(of: target) { observer.line($0, step: step.id) }
        output.health = result
        // Whoever has overridden the candidate's health meets the same answers at the public URL.
        if !result.healthy, let reason = plan.overrides["health"] {
            output.note = "not healthy at the public URL; overridden: \(reason)"
            return output
        }
        guard result.healthy else {
            let logs = await lastLines(of: candidate, service)
            let diagnosis = DiagnosisRules.unhealthy(
                service: service.service, result: result, target: target, logs: logs)
            output.diagnosis = diagnosis
            throw StepError(
                Failure(
                    .checks, "`\(service.identity.name)` does not answer as `\(candidate)` at its public URL",
                    details: [.init("url", url), .init("cause", diagnosis.cause)], hint: diagnosis.fix),
                output: output)
        }
        return output
    }

    func record(_ service: PlannedService, step: Step, state: Progress.StepState) async throws -> StepOutput {
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

    // MARK: - Back

    /// The services whose traffic, tags or access this run may have changed, last touched first.
    func touchedServices(_ progress: Progress) -> [String] {
        let touching: Set<String> = ["candidate", "tag", "traffic", "open", "record"]
        var seen: Set<String> = []
        return progress.begun.reversed().compactMap { id in
            let parts = id.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let verb = parts.first, let name = parts.last.map(String.init),
                touching.contains(String(verb.split(separator: "-").first ?? verb)), seen.insert(name).inserted
            else { return nil }
            return name
        }
    }

    /// Whether it was moved for any of the services.
    func hadMovedTraffic(_ progress: Progress) -> Bool {
        plan.services.contains(where: progress.hasMovedTraffic)
    }

    func restore(_ name: String) async throws -> StepOutput {
        var output = StepOutput()
        guard let service = plan.service(name) else { return output }
        guard let first = try await roles.platform.observe(service.identity) else {
            output.note = "it was never created"
            return output
        }
        let progress = await journal.progress
        // A read may be older than what this run has written, and would look as if there were nothing to take back.
        let known = await generation(of: service) ?? 0
        let now = first.generation >= known ? first : try await poll(service) { $0.generation >= known }
        guard !isOvertaken(service, now: now, progress) else {
            output.note = "left as it is: somebody else has changed it since"
            output.isLeftToOthers = true
            output.traffic = now.trafficStatuses
            return output
        }
        if service.isFirst, now.isPublic || progress.isBegun("open:\(name)") {
            try await roles.platform.setPublic(false, of: service.identity)
        }
        guard let before = await snapshot(service), !before.trafficStatuses.isEmpty else {
            output.note = "first deploy: left closed, nothing to go back to"
            output.traffic = now.trafficStatuses
            return output
        }
        // A tag that somebody has set meanwhile is not this run's to take away.
        let target = TrafficPlan.restored(before.trafficStatuses, own: service.tag, now: now.trafficStatuses)
        // By name, never "latest": the latest ready revision may be the candidate that has just failed.
        let wanted = TrafficPlan.pinned(target)
        var after = now
        // Only what this run writes: a note that somebody has left there meanwhile stays.
        var annotations = now.annotations
        for key in ReleaseAnnotation.all { annotations[key] = before.annotations[key] }
        if TrafficPlan.pinned(now.trafficStatuses) != wanted || now.traffic != wanted || now.annotations != annotations
            || progress.hasWriteInDoubt(of: name)
        {
            let operation = try await roles.platform.update(
                service.identity,
                change: ServiceChange(
                    traffic: wanted, annotations: now.annotations == annotations ? nil : annotations,
                    etag: now.etag, generation: now.generation))
            try await journal.write(.operation(step: "restore:\(name)", name: operation))
            // How the operation ends matters less than what is true afterwards: the template is still the bad one.
            _ = try await roles.platform.wait(for: operation, within: .seconds(90))
            after = try await observe(service)
        }
        output.traffic = after.trafficStatuses
        guard TrafficPlan.same(after.trafficStatuses, target) else {
            throw StepError(
                Failure(
                    .needsAttention, "traffic of `\(name)` is not what it was before",
                    details: [
                        .init("before", TrafficPlan.text(target)),
                        .init("now", TrafficPlan.text(after.trafficStatuses)),
                    ], hint: "stagectl traffic repair \(name)"), output: output)
        }
        output.note = service.isFirst ? "left closed" : "traffic as before: \(TrafficPlan.text(after.trafficStatuses))"
        return output
    }
}
