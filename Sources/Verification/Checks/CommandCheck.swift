import JSON

/// A program that is run, and what it must say and end with.
package struct CommandCheck: Hashable, Sendable {
    package struct Variable: Hashable, Sendable {
        package var name: String
        package var value: Template
    }

    package var arguments: [Template]
    package var environment: [Variable]
    package var exitCodes: [Int]
    package var output: [TextCondition]
    package var errorOutput: [TextCondition]
    /// About the standard output as one document.
    package var json: [JSONExpectation]
    package var belowMilliseconds: Int?
    package var timeoutMilliseconds: Int

    package init(
        arguments: [Template], environment: [Variable] = [], exitCodes: [Int] = [0], output: [TextCondition] = [],
        errorOutput: [TextCondition] = [], json: [JSONExpectation] = [], belowMilliseconds: Int? = nil,
        timeoutMilliseconds: Int = 60_000
    ) {
        self.arguments = arguments
        self.environment = environment
        self.exitCodes = exitCodes
        self.output = output
        self.errorOutput = errorOutput
        self.json = json
        self.belowMilliseconds = belowMilliseconds
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
            return try judge(await probe.run(try request(in: scope)), in: scope, captures: captures)
        } catch {
            return .unresolved(error)
        }
    }

    /// Pure.
    package func judge(
        _ outcome: CommandProbeOutcome, in scope: CheckScope, captures: [Capture] = []
    ) throws(Template.Unresolved) -> Measurement {
        var evidence = Evidence(traceID: scope.trace.traceID)
        let ending: CommandEnding
        switch outcome {
        case .failure(let failure): return .failure(failure, evidence: evidence)
        case .ended(let seen): ending = seen
        }
        evidence.exitCode = ending.exitCode
        evidence.bytes = ending.output.count + ending.errorOutput.count
        var problems: [String] = []
        if !exitCodes.contains(ending.exitCode) {
            let words = exitCodes.map(String.init).joined(separator: " or ")
            let last = ending.errorOutput.isEmpty ? ending.output : ending.errorOutput
            problems.append("exit code \(ending.exitCode), wanted \(words)\(Self.lastLine(of: last))")
        }
        for (name, bytes, conditions) in [
            ("the output", ending.output, output), ("the error output", ending.errorOutput, errorOutput),
        ] {
            let text = String(decoding: bytes, as: UTF8.self)
            for condition in conditions {
                if let problem = try condition.problem(in: text, values: scope.values) {
                    problems.append("\(name) \(problem)")
                }
            }
        }
        if !json.isEmpty { problems += try JSONExpectation.problems(json, body: ending.output, values: scope.values) }
        if let belowMilliseconds, !(ending.milliseconds < Double(belowMilliseconds)) {
            problems.append(
                "it took \(JUnitDocument.seconds(ending.milliseconds)) s, wanted less than \(belowMilliseconds) ms")
        }
        let (captured, missing) = Capture.take(captures, headers: [], body: ending.output)
        if problems.isEmpty { problems += missing }
        var measurement = Measurement(
            problems.isEmpty ? .passed : .failed, summary: problems.isEmpty ? nil : problems.joined(separator: "; "),
            evidence: evidence, milliseconds: ending.milliseconds)
        measurement.captures = captured
        return measurement
    }

    /// What a program said last mostly says why it ended.
    private static func lastLine(of output: [UInt8]) -> String {
        let lines = String(decoding: output.suffix(2000), as: UTF8.self).split(whereSeparator: \.isNewline)
        return lines.last { !$0.allSatisfy(\.isWhitespace) }.map { ": \(TextCondition.short(String($0)))" } ?? ""
    }
}
