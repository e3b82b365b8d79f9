import Configuration

/// Steps `candidate`, `ready` and `tag`.
extension StepHandler {
    func candidate(
        _ service: PlannedService, step: Step, state: Progress.StepState
    ) async throws -> StepOutput {
        var output = StepOutput()
        let template = try await template(of: service)
        let operation: OperationName
        // The lock step has just looked.
        let isThere = if looks.recent(service.identity) != nil { true } else { try await look(at: service) != nil }
        if isThere {
            // Found by the label that only this run sets.
            let (before, isMade) = try await observeOwn(service, step: step, state: state) { _ in
                try await self.revisionOfThisRun(service) != nil
            }
            if isMade {
                output.revision = try await revisionOfThisRun(service)?.name
                output.generation = before.generation
                return output
            }
            let pinned = TrafficPlan.pinned(before.trafficStatuses)
            try await demandLock(of: service)
            looks.forget(service.identity)
            operation = try await roles.platform.update(
                service.identity,
                change: ServiceChange(
                    template: template, traffic: pinned.isEmpty ? nil : pinned, etag: before.etag,
                    generation: before.generation, forceNewRevision: true))
            output.generation = before.generation + 1
        } else {
            try await demandLock(of: service)
            operation = try await roles.platform.create(service.identity, change: ServiceChange(template: template))
            // Kubernetes' API conventions, which Cloud Run's resources keep to: a new object has generation 1.
            output.generation = 1
        }
        try await journal.write(.operation(step: step.id, name: operation))
        output.note = operation.value
        return output
    }

    func ready(_ service: PlannedService, step: Step) async throws -> StepOutput {
        var output = StepOutput()
        let name = service.key
        // The operation's name is the candidate step's note; without it (found by its label) the revision tells.
        if let operation = await journal.progress.state(of: "candidate:\(name)").output?.note {
            let end = try await roles.platform.wait(
                for: OperationName(operation), within: .seconds(step.deadlineSeconds - 5))
            if let left = looks.keep(answer: end.service), let revision = readyRevisionOfThisRun(in: left, end.outcome)
            {
                output.revision = revision
                return output
            }
            output.revision = try await revisionOfThisRun(service)?.name
            if case .failed(_, let message) = end.outcome {
                throw try await notReady(service, message: message, output: output)
            }
        }
        guard let revision = try await settled(service) else {
            throw Failure(
                .release, "no revision of this run was made for `\(name)`", hint: "stagectl status \(name.arguments)")
        }
        output.revision = revision.name
        guard revision.condition.state == .succeeded else {
            throw try await notReady(service, message: revision.condition.message ?? "", output: output)
        }
        return output
    }

    func tag(
        _ service: PlannedService, revision: String?, step: Step, state: Progress.StepState
    ) async throws -> StepOutput {
        let name: String = if let revision { revision } else { try await candidateRevision(service) }
        let (observation, isWritten) = try await observeOwn(service, step: step, state: state) { now in
            now.trafficStatuses.contains { $0.tag == service.tag && $0.revision == name }
        }
        if isWritten { return try tagged(service, name, observation) }
        // A tag stands at one revision; one of the user's own may still stand at the last release's.
        var traffic = TrafficPlan.pinned(observation.trafficStatuses).compactMap { target -> TrafficTarget? in
            if target.percent == 0, TrafficPlan.isCandidateTag(target.tag) || target.tag == service.tag { return nil }
            return target.tag == service.tag
                ? TrafficTarget(revision: target.revision, percent: target.percent) : target
        }
        if traffic.allSatisfy({ $0.percent == 0 }) {
            // Nothing serves yet: Cloud Run wants a hundred percent somewhere, and the service is still closed.
            traffic.append(TrafficTarget(revision: name, percent: 100, tag: service.tag))
        } else {
            traffic.append(TrafficTarget(revision: name, percent: 0, tag: service.tag))
        }
        if let tag = service.baselineTag, let baseline = service.baseline {
            traffic.append(TrafficTarget(revision: baseline, percent: 0, tag: tag))
        }
        let after = try await write(
            ServiceChange(traffic: traffic, etag: observation.etag, generation: observation.generation), to: service,
            step: step.id)
        return try tagged(service, name, after)
    }

    private func tagged(
        _ service: PlannedService, _ revision: String, _ after: ServiceObservation
    ) throws -> StepOutput {
        var output = StepOutput(leaving: after)
        output.revision = revision
        output.serviceURL = after.url
        output.candidateURL = after.url(ofTag: service.tag)
        output.baselineURL = service.baselineTag.flatMap(after.url(ofTag:))
        guard output.candidateURL != nil, service.baselineTag == nil || output.baselineURL != nil else {
            throw StepError(
                Failure(
                    .release, "the candidate of `\(service.key)` got no URL of its own",
                    details: [
                        .init("tags", [service.tag, service.baselineTag].compactMap(\.self).joined(separator: ", "))
                    ], hint: "stagectl traffic show \(service.key.arguments)"),
                output: output)
        }
        return output
    }

    // MARK: - The revision

    func template(of service: PlannedService) async throws -> RevisionTemplate {
        let built: ImageReference? = await journal.progress.latest(of: service.imageKey, \.image)
        guard let image = built ?? service.image else {
            throw Failure(.internalError, "no image is known for `\(service.key)`")
        }
        var environment: [EnvironmentVariable] = []
        for variable in service.environment {
            switch variable.value {
            case .literal(let text):
                environment.append(.init(name: variable.name, value: .literal(try await resolve(text, of: service))))
            case .secret(let name, let version):
                environment.append(.init(name: variable.name, value: .secret(name: name, version: version)))
            }
        }
        let container = try await service.service.container.placed(at: service.identity) {
            try await resolve($0, of: service)
        }
        return RevisionTemplate(
            image: image.value,
            labels: try await labels(of: service).merging(container.labels ?? [:]) { own, _ in own },
            container: container, environment: environment)
    }

    /// With the fingerprint of what is deployed, where only an apply of this run has told it.
    private func labels(of service: PlannedService) async throws -> [String: String] {
        guard let material = service.awaitingOutputs, let digest = roles.digest else { return service.labels }
        let outputs = try await roles.infrastructure?.outputs() ?? [:]
        return service.labels.merging(
            [ReleaseLabel.fingerprint: material.filling(outputs: outputs).fingerprint(digest)]) { $1 }
    }

    /// Fills in `${services.NAME.url}`, which only the platform knows.
    private func resolve(_ text: String, of service: PlannedService) async throws -> String {
        var result = text
        for name in ServiceReferences.names(in: text) {
            var other = service.identity
            other.name = name
            // Its URL is wanted, and not who may call it.
            guard let observation = try await roles.platform.observe(other, knownAccess: false) else {
                throw Failure(
                    .release, "`\(service.key)` wants the URL of `\(name)`, which is not deployed",
                    hint: "stagectl deploy \(name)")
            }
            result = ServiceReferences.filling(name, with: observation.url, in: result)
        }
        return try await resolveOutputs(result, of: service)
    }

    /// Fills in `${infra.NAME}` where the plan could not: an apply of this run has made or changed it.
    private func resolveOutputs(_ text: String, of service: PlannedService) async throws -> String {
        let names = ReferenceText.outputs(in: text)
        guard !names.isEmpty else { return text }
        let known = try await roles.infrastructure?.outputs() ?? [:]
        if let missing = names.first(where: { known[$0] == nil }) {
            throw Failure(
                .release, "`\(service.key)` wants the output `\(missing)`, which is not there or is no text",
                hint: "stagectl infra output")
        }
        return ReferenceText.filling(outputs: known, in: text)
    }

    /// What the operation itself says, where it says all of it: the last revision made is ready, and is this run's.
    private func readyRevisionOfThisRun(in left: ServiceObservation, _ outcome: OperationOutcome) -> String? {
        guard outcome == .succeeded, left.templateLabels?[ReleaseLabel.run] == plan.run,
            left.latestReadyRevision == left.latestCreatedRevision
        else { return nil }
        return left.latestReadyRevision
    }

    func revisionOfThisRun(_ service: PlannedService) async throws -> RevisionObservation? {
        try await roles.platform.revisions(of: service.identity).first { $0.labels[ReleaseLabel.run] == plan.run }
    }

    /// The revision once the platform has made up its mind.
    private func settled(_ service: PlannedService) async throws -> RevisionObservation? {
        var pause = Duration.milliseconds(20)
        while true {
            guard let revision = try await revisionOfThisRun(service) else { return nil }
            switch revision.condition.state {
            case .succeeded, .failed: return revision
            case .pending, .reconciling, .unknown: break
            }
            // Ends by the step's deadline.
            try await roles.clock.sleep(for: pause)
            pause = min(pause * 2, .seconds(1))
        }
    }
}
