/// A program that is run, and what it must say and end with.
package struct CommandCheck: Hashable, Sendable {
    package struct Variable: Hashable, Sendable {
        package var name: String
        package var value: Template
    }

    package var arguments: [Template]
    package var environment: [Variable]
    package var expectation: ProgramExpectation
    package var timeoutMilliseconds: Int

    package init(
        arguments: [Template], environment: [Variable] = [], expectation: ProgramExpectation = ProgramExpectation(),
        timeoutMilliseconds: Int = 60_000
    ) {
        self.arguments = arguments
        self.environment = environment
        self.expectation = expectation
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    package func request(in scope: CheckScope) throws(Template.Unresolved) -> CommandProbeRequest {
        var request = CommandProbeRequest(arguments: [], timeoutMilliseconds: timeoutMilliseconds)
        for argument in arguments { request.arguments.append(try argument.render(scope.values)) }
        request.environment["TRACEPARENT"] = scope.trace.header
        for variable in environment { request.environment[variable.name] = try variable.value.render(scope.values) }
        return request
    }

    func measure(_ probe: (any CommandProbe)?, in scope: CheckScope, captures: [Capture]) async -> Measurement {
        guard let probe else { return Measurement(.error, summary: "this run cannot run programs") }
        do throws(Template.Unresolved) {
            let request = try request(in: scope)
            if let refusal = ProgramExpectation.refusal(of: request.arguments, in: scope) { return refusal }
            return try judge(await probe.run(request), in: scope, captures: captures)
        } catch {
            return .unresolved(error)
        }
    }

    /// Pure.
    package func judge(
        _ outcome: CommandProbeOutcome, in scope: CheckScope, captures: [Capture] = []
    ) throws(Template.Unresolved) -> Measurement {
        let evidence = Evidence(traceID: scope.trace.traceID)
        switch outcome {
        case .failure(let failure): return .failure(failure, evidence: evidence)
        case .ended(let ending):
            let problems = try expectation.problems(of: ending, values: scope.values)
            return expectation.measurement(of: ending, problems, evidence: evidence, captures: captures)
        }
    }
}
