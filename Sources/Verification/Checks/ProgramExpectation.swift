/// What a program must say and end with, wherever it runs.
package struct ProgramExpectation: Hashable, Sendable {
    package var exitCodes: [Int]
    package var output: [TextCondition]
    package var errorOutput: [TextCondition]
    /// About the standard output as one document.
    package var json: [JSONExpectation]
    package var belowMilliseconds: Int?

    package init(
        exitCodes: [Int] = [0], output: [TextCondition] = [], errorOutput: [TextCondition] = [],
        json: [JSONExpectation] = [], belowMilliseconds: Int? = nil
    ) {
        self.exitCodes = exitCodes
        self.output = output
        self.errorOutput = errorOutput
        self.json = json
        self.belowMilliseconds = belowMilliseconds
    }

    /// Nothing is run whose arguments hold a secret: a finding where it is written there, and this where a variable
    /// brings it.
    static func refusal(of arguments: [String], in scope: CheckScope) -> Measurement? {
        scope.secret(in: arguments).map {
            Measurement(
                .error, summary: "`\($0)` would be an argument, which everybody on this machine can read",
                likely: LikelyCause(cause: "a variable of the suite holds the secret", fix: "hand it over in `env`"))
        }
    }

    /// Everything that is not as wanted. Pure.
    func problems(
        of ending: CommandEnding, values: [String: String], because reason: String? = nil
    ) throws(Template.Unresolved) -> [String] {
        var problems: [String] = []
        if !exitCodes.contains(ending.exitCode) {
            let words = exitCodes.map(String.init).joined(separator: " or ")
            let last = ending.errorOutput.isEmpty ? ending.output : ending.errorOutput
            let why = reason.map { " (\($0))" } ?? ""
            problems.append("exit code \(ending.exitCode)\(why), wanted \(words)\(Self.lastLine(of: last))")
        }
        for (name, bytes, conditions) in [
            ("the output", ending.output, output), ("the error output", ending.errorOutput, errorOutput),
        ] {
            let text = String(decoding: bytes, as: UTF8.self)
            for condition in conditions {
                if let problem = try condition.problem(in: text, values: values) {
                    problems.append("\(name) \(problem)")
                }
            }
        }
        if !json.isEmpty { problems += try JSONExpectation.problems(json, body: ending.output, values: values) }
        if let belowMilliseconds, !(ending.milliseconds < Double(belowMilliseconds)) {
            problems.append(
                "it took \(JUnitDocument.seconds(ending.milliseconds)) s, wanted less than \(belowMilliseconds) ms")
        }
        return problems
    }

    /// The check's end: what was captured, and what is wrong.
    func measurement(
        of ending: CommandEnding, _ problems: [String], evidence: Evidence, captures: [Capture]
    ) -> Measurement {
        var evidence = evidence
        evidence.exitCode = ending.exitCode
        evidence.bytes = ending.output.count + ending.errorOutput.count
        var problems = problems
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
