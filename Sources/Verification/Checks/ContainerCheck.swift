/// An image that is run once against the target, and what it must say and end with: for smoke tests that are images.
package struct ContainerCheck: Hashable, Sendable {
    package var image: Template
    package var entrypoint: Template?
    package var arguments: [Template]
    package var environment: [CommandCheck.Variable]
    /// Nil: this machine's own where the target is on it, else the engine's.
    package var network: ContainerProbeRequest.Network?
    package var memoryBytes: Int?
    package var cpus: Double?
    package var expectation: ProgramExpectation
    package var timeoutMilliseconds: Int

    package init(
        image: Template, entrypoint: Template? = nil, arguments: [Template] = [],
        environment: [CommandCheck.Variable] = [], network: ContainerProbeRequest.Network? = nil,
        memoryBytes: Int? = nil, cpus: Double? = nil, expectation: ProgramExpectation = ProgramExpectation(),
        timeoutMilliseconds: Int = 300_000
    ) {
        self.image = image
        self.entrypoint = entrypoint
        self.arguments = arguments
        self.environment = environment
        self.network = network
        self.memoryBytes = memoryBytes
        self.cpus = cpus
        self.expectation = expectation
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    package func request(in scope: CheckScope) throws(Template.Unresolved) -> ContainerProbeRequest {
        var request = ContainerProbeRequest(
            image: try image.render(scope.values), entrypoint: try entrypoint?.render(scope.values),
            network: network ?? (Self.isOnThisMachine(scope.baseURL) ? .host : .bridge), memoryBytes: memoryBytes,
            cpus: cpus, timeoutMilliseconds: timeoutMilliseconds)
        for argument in arguments { request.arguments.append(try argument.render(scope.values)) }
        request.environment["TARGET_URL"] = scope.baseURL
        request.environment["TRACEPARENT"] = scope.trace.header
        // A candidate that is not public yet lets nobody in without it.
        if let token = scope.authentication["X-Serverless-Authorization"] {
            request.environment["TARGET_AUTHORIZATION"] = token
        }
        for variable in environment { request.environment[variable.name] = try variable.value.render(scope.values) }
        return request
    }

    /// A container's own loopback is not this machine's.
    private static func isOnThisMachine(_ url: String) -> Bool {
        guard let host = Authority(url: url)?.host.lowercased() else { return false }
        if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
        return host.hasPrefix("127.") && host.allSatisfy { $0 == "." || $0.isNumber }
    }

    func measure(_ probe: (any ContainerProbe)?, in scope: CheckScope, captures: [Capture]) async -> Measurement {
        guard let probe else { return Measurement(.error, summary: "this run cannot run containers") }
        do throws(Template.Unresolved) {
            let request = try request(in: scope)
            let told = [request.image, request.entrypoint ?? ""] + request.arguments
            if let refusal = ProgramExpectation.refusal(of: told, in: scope) { return refusal }
            return try judge(await probe.run(request), to: request, in: scope, captures: captures)
        } catch {
            return .unresolved(error)
        }
    }

    private static let tooLittleMemory = LikelyCause(
        cause: "its program wants more memory than the check gives it",
        fix: "raise `memory` of the check, or look at what the program keeps")

    /// Pure.
    package func judge(
        _ outcome: ContainerProbeOutcome, to request: ContainerProbeRequest, in scope: CheckScope,
        captures: [Capture] = []
    ) throws(Template.Unresolved) -> Measurement {
        var evidence = Evidence(traceID: scope.trace.traceID)
        evidence.image = request.image
        switch outcome {
        case .notRun(let problem): return problem.measurement(of: request, evidence)
        case .ended(let ending):
            evidence.image = ending.imageID ?? evidence.image
            var reason: String?
            if ending.exceededMemory {
                let limit = request.memoryBytes.map { " (\($0 >> 20) MiB)" } ?? ""
                reason = "it was ended for using more memory than it may\(limit)"
            }
            let problems = try expectation.problems(of: ending.program, values: scope.values, because: reason)
            var measurement = expectation.measurement(
                of: ending.program, problems, evidence: evidence, captures: captures)
            if ending.exceededMemory, !problems.isEmpty { measurement.likely = Self.tooLittleMemory }
            return measurement
        }
    }
}

extension ContainerProblem {
    /// No check passes without a program that ended by itself.
    fileprivate func measurement(of request: ContainerProbeRequest, _ evidence: Evidence) -> Measurement {
        switch self {
        case .noEngine(let tried, let reason):
            Measurement(
                .error, summary: "no container engine answers: \(reason)",
                likely: LikelyCause(
                    cause: "checks of kind `container` need an engine on this machine: "
                        + "\(tried.joined(separator: " or ")) was asked",
                    fix: "start docker or podman; `stagectl doctor` tells what is there"),
                evidence: evidence)
        case .noImage(let reason):
            Measurement(
                .error, summary: "image `\(request.image)` is not here and cannot be fetched: \(reason)",
                likely: LikelyCause(
                    cause: "its name or tag is wrong, or the engine has no login for its registry",
                    fix: "build it, or try by hand: docker pull \(request.image)"),
                evidence: evidence)
        case .notStarted(let engine, let reason):
            Measurement(
                .error, summary: "\(engine) could not start image `\(request.image)`: \(reason)",
                likely: LikelyCause(
                    cause: "the image has no such program, is of another architecture, or a limit cannot be set here",
                    fix: "look at `entrypoint`, `args` and the limits of the check"),
                evidence: evidence)
        case .timedOut(let milliseconds):
            .failure(
                ProbeFailure(
                    .timeout, "it did not end within \(request.timeoutMilliseconds) ms and was removed",
                    milliseconds: milliseconds), evidence: evidence)
        case .cancelled:
            .failure(ProbeFailure(.other, "cancelled"), evidence: evidence)
        }
    }
}
