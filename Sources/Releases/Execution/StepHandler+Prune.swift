/// Steps of a prune. Nothing of them is taken back: a run that is cut or fails is run again, and looks anew. Each asks
/// right before its effect whether what it takes away is needed by now.
extension StepHandler {
    func untag(
        _ service: PlannedService, tags: [String], step: Step, state: Progress.StepState
    ) async throws -> Result {
        let going = Set(tags)
        @Sendable func isGoing(_ target: TrafficTarget) -> Bool {
            target.percent == 0 && target.tag.map(going.contains) ?? false
        }
        let (observation, isWritten) = try await observeOwn(service, step: step, state: state) { now in
            !now.traffic.contains(where: isGoing)
        }
        // Lines stay as they are written, "the latest" among them.
        let traffic = observation.traffic.filter { !isGoing($0) }
        guard !isWritten, traffic.count < observation.traffic.count else {
            return .skipped(StepOutput(leaving: observation), reason: "the tags are gone already")
        }
        let after = try await write(
            ServiceChange(traffic: traffic, etag: observation.etag, generation: observation.generation), to: service,
            step: step.id)
        var output = StepOutput(leaving: after)
        output.note = tags.count == 1 ? "tag \(tags[0])" : "\(tags.count) tags"
        return .done(output)
    }

    func deleteRevision(
        _ name: String, of service: PlannedService, step: Step, state: Progress.StepState
    ) async throws -> Result {
        guard let removal = roles.revisionRemoval else { throw noRemoval }
        // Deleting moves no generation: any other than this run's is somebody's change.
        let (observation, _) = try await observeOwn(service, step: step, state: state) { _ in false }
        guard !observation.needs(name) else {
            throw Failure(
                .conflict, "`\(name)` is needed by now: it has traffic or a tag, or is the latest",
                details: [.init("traffic", TrafficPlan.text(observation.trafficStatuses))],
                hint: "stagectl prune \(service.key.arguments) looks anew")
        }
        try await demandLock(of: service)
        guard let operation = try await removal.delete(revision: name, of: service.identity) else {
            return .skipped(StepOutput(), reason: "it is gone already")
        }
        try await journal.write(.operation(step: step.id, name: operation))
        let end = try await roles.platform.wait(for: operation, within: .seconds(120))
        if case .failed(_, let message) = end.outcome {
            throw Failure(
                .release, "Cloud Run did not delete `\(name)`", details: [.init("Cloud Run", message)],
                hint: "stagectl status \(service.key.arguments), then stagectl prune \(service.key.arguments) again")
        }
        var output = StepOutput()
        output.generation = observation.generation
        return .done(output)
    }

    func deleteImage(_ image: ImageReference, of service: PlannedService) async throws -> Result {
        guard let removal = roles.imageRemoval else { throw noRemoval }
        if let use = try await removal.uses().first(where: { $0.digest == image.digest }) {
            return .skipped(StepOutput(), reason: "\(use.revision) of \(use.service.project) runs it")
        }
        try await demandLock(of: service)
        guard try await removal.delete(image) else { return .skipped(StepOutput(), reason: "it is gone already") }
        return .done(StepOutput())
    }

    private var noRemoval: Failure { Failure(.internalError, "nobody can delete here") }
}
