/// Steps `build` and `push`.
extension StepHandler {
    func build(_ request: BuildRequest, builder name: String, step: Step) async throws -> Result {
        let builder = try builder(name)
        if !request.sourceDigest.isEmpty,
            let known = try await roles.images.image(
                builder: name, repository: request.repository, sourceDigest: request.sourceDigest),
            try await builder.holds(known.reference)
        {
            return .skipped(output(known), reason: "this source was built before")
        }
        let observer = roles.observer
        let built = try await builder.build(request) { observer.line($0, step: step.id) }
        if !request.sourceDigest.isEmpty {
            try await roles.images.record(
                built, builder: name, repository: request.repository, sourceDigest: request.sourceDigest)
        }
        return .done(output(built))
    }

    func push(_ service: PlannedService, builder name: String, step: Step) async throws -> Result {
        let builder = try builder(name)
        guard let built = await journal.progress.state(of: "build:\(service.imageKey)").output,
            let reference = built.image
        else {
            throw Failure(.internalError, "nothing was built for `\(service.imageKey)`")
        }
        let observer = roles.observer
        var output = StepOutput()
        output.image = try await builder.push(BuiltImage(reference: reference, bytes: built.imageBytes)) {
            observer.line($0, step: step.id)
        }
        output.imageBytes = built.imageBytes
        return .done(output)
    }

    private func builder(_ name: String) throws(Failure) -> any ImageBuilder {
        guard let builder = roles.builders[name] else {
            throw Failure(
                .usage, "no builder is called `\(name)`",
                details: [.init("builders", roles.builders.keys.sorted().joined(separator: ", "))],
                hint: "stagectl deploy --builder auto")
        }
        return builder
    }

    private func output(_ image: BuiltImage) -> StepOutput {
        var output = StepOutput()
        output.image = image.reference
        output.imageBytes = image.bytes
        return output
    }
}
