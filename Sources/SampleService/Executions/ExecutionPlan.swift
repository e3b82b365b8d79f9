/// What an execution is to do, as it was asked for and found good.
struct ExecutionPlan: Sendable {
    struct Step: Sendable {
        /// From 1, over the whole plan.
        var number: Int
        var tool: ExecutionTool
        var input: JSON
    }

    struct Refusal: Error, Sendable { var reason: String }

    private static let mostSteps = 20
    private static let mostRetries = 5
    static let timeouts = 1...10_000

    /// One after the other; those of one stage side by side.
    var stages: [[Step]] = []
    var retries = 0
    /// Milliseconds for all of it.
    var timeout = 5000

    init(_ document: JSON) throws(Refusal) {
        guard case .array(let items)? = document["steps"], !items.isEmpty else {
            throw Refusal(reason: "`steps` must be a list of steps")
        }
        var number = 0
        for item in items {
            var stage: [Step] = []
            let parts: [JSON] = if case .array(let parts)? = item["parallel"] { parts } else { [item] }
            for part in parts {
                number += 1
                stage.append(try Self.step(part, number))
            }
            guard !stage.isEmpty else { throw Refusal(reason: "`parallel` must have steps") }
            stages.append(stage)
        }
        guard number <= Self.mostSteps else { throw Refusal(reason: "at most \(Self.mostSteps) steps") }
        retries = try Self.number("retries", in: 0...Self.mostRetries, of: document) ?? retries
        timeout = try Self.number("timeout_ms", in: Self.timeouts, of: document) ?? timeout
    }

    private static func step(_ document: JSON, _ number: Int) throws(Refusal) -> Step {
        guard let name = document["tool"]?.text, let tool = ExecutionTool(rawValue: name) else {
            throw Refusal(reason: "step \(number) has no tool that there is")
        }
        let input = document["input"] ?? [:]
        if let problem = tool.problem(of: input) { throw Refusal(reason: "step \(number): \(problem)") }
        return Step(number: number, tool: tool, input: input)
    }

    private static func number(
        _ name: String, in range: ClosedRange<Int>, of document: JSON
    ) throws(Refusal) -> Int? {
        guard let value = document[name] else { return nil }
        guard let number = value.integer, range.contains(number) else {
            throw Refusal(reason: "`\(name)` must be \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
