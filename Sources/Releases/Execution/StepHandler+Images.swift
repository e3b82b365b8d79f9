/// Steps `build` and `push`.
extension StepHandler {
    func build(_ request: BuildRequest, builder name: String, step: Step) async throws -> Result {
        let builder = try builder(name)
        if !request.sourceDigest.isEmpty,
            let known = try await roles.images.image(
                builder: name, repository: request.repository, sourceDigest: request.sourceDigest),
            try await builder.holds(known.reference)
        {
            let output = await output(known, of: request, builder)
            return .skipped(output, reason: "this source was built before")
        }
        let observer = roles.observer
        let built = try await builder.build(request) { observer.line($0, step: step.id) }
        if !request.sourceDigest.isEmpty {
            try await roles.images.record(
                built, builder: name, repository: request.repository, sourceDigest: request.sourceDigest)
        }
        return .done(await output(built, of: request, builder))
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
        if let image = output.image, image != reference {
            try await remember(BuiltImage(reference: reference, bytes: built.imageBytes, pushed: image), of: service)
        }
        if let image = output.image { await report(on: image, by: builder, service: service, into: &output) }
        return .done(output)
    }

    /// Under which name its registry has what was built, so that a revision with that image is known by its source.
    private func remember(_ image: BuiltImage, of service: PlannedService) async throws {
        guard case .build(let request, let builder) = plan.step("build:\(service.imageKey)")?.action,
            !request.sourceDigest.isEmpty
        else { return }
        let known = try await roles.images.image(
            builder: builder, repository: request.repository, sourceDigest: request.sourceDigest)
        // Another run may have built it anew meanwhile: its record is not this one's to replace.
        guard known?.reference == image.reference, known?.pushed != image.pushed else { return }
        try await roles.images.record(
            image, builder: builder, repository: request.repository, sourceDigest: request.sourceDigest)
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

    private func output(
        _ image: BuiltImage, of request: BuildRequest, _ builder: any ImageBuilder
    ) async -> StepOutput {
        var output = StepOutput()
        output.image = image.reference
        output.imageBytes = image.bytes
        // What is pushed is looked at in its registry, where it has its real size.
        if !request.pushes, let service = plan.services.first(where: { $0.identity.name == request.service }) {
            await report(on: image.reference, by: builder, service: service, into: &output)
        }
        return output
    }

    /// Adds what the image is made of, and how that differs from what serves. A remark: nothing fails for the lack of it.
    private func report(
        on image: ImageReference, by builder: any ImageBuilder, service: PlannedService, into output: inout StepOutput
    ) async {
        guard var report = await builder.report(on: image) else { return }
        if let baseline = service.baseline,
            let before = await recordedReport(of: baseline, service: service.identity.name)
        {
            report.change = ImageChange(from: before, of: baseline, to: report)
        }
        output.imageReport = report
        output.note = "image " + report.text
    }

    /// What the history says of a revision's image; only the newest releases are looked at.
    private func recordedReport(of revision: String, service: String) async -> ImageReport? {
        let releases = try? await roles.ledger.releases(environment: plan.environment, service: service, limit: 50)
        return releases?.lazy.flatMap(\.services)
            .first { $0.service == service && $0.candidate == revision && $0.imageReport != nil }?.imageReport
    }
}
