/// What a step of an execution can do. Everything ends the same way each time, so that checks can say what must come.
enum ExecutionTool: String, CaseIterable, Sendable {
    case echo, upper, add, sleep, fail, flaky, recall, whoami

    /// What a step knows besides its own input.
    struct Surroundings: Sendable {
        var user: String
        /// Outputs of the steps before it; steps side by side do not see one another.
        var earlier: [JSON]
        /// From 1.
        var attempt: Int
    }

    struct Problem: Error, Sendable { var reason: String }

    private static let longestSleep = 2000
    /// Of a tool that does not wait.
    private static let usualMilliseconds = 2

    var summary: String {
        switch self {
        case .echo: "gives back `text`"
        case .upper: "gives back `text` in capitals"
        case .add: "the sum of `numbers`"
        case .sleep: "waits `milliseconds`, at most \(Self.longestSleep)"
        case .fail: "fails with `reason`"
        case .flaky: "fails `failures` times, then works"
        case .recall: "the output of the step before"
        case .whoami: "for whom it works"
        }
    }

    var parameters: [String] {
        switch self {
        case .echo, .upper: ["text"]
        case .add: ["numbers"]
        case .sleep: ["milliseconds"]
        case .fail: ["reason"]
        case .flaky: ["failures"]
        case .recall, .whoami: []
        }
    }

    /// Why this input is none for the tool; nil where it is.
    func problem(of input: JSON) -> String? {
        switch self {
        case .echo, .upper: input["text"]?.text == nil ? "`text` must be a text" : nil
        case .add: Self.numbers(input) == nil ? "`numbers` must be whole numbers" : nil
        case .sleep:
            input["milliseconds"]?.integer.map { (0...Self.longestSleep).contains($0) } == true
                ? nil : "`milliseconds` must be 0 to \(Self.longestSleep)"
        case .fail: input["reason"]?.text == nil ? "`reason` must be a text" : nil
        case .flaky:
            input["failures"]?.integer.map { (0...10).contains($0) } == true ? nil : "`failures` must be 0 to 10"
        case .recall, .whoami: nil
        }
    }

    func milliseconds(_ input: JSON) -> Int {
        self == .sleep ? input["milliseconds"]?.integer ?? 0 : Self.usualMilliseconds
    }

    func use(_ input: JSON, _ surroundings: Surroundings) throws(Problem) -> JSON {
        switch self {
        case .echo: return input["text"] ?? .null
        case .upper: return .string((input["text"]?.text ?? "").uppercased())
        case .add: return .integer(Self.numbers(input)?.reduce(0, &+) ?? 0)
        case .sleep: return .string("slept")
        case .fail: throw Problem(reason: input["reason"]?.text ?? "")
        case .flaky:
            guard surroundings.attempt > input["failures"]?.integer ?? 0 else {
                throw Problem(reason: "attempt \(surroundings.attempt) failed")
            }
            return .integer(surroundings.attempt)
        case .recall:
            guard let last = surroundings.earlier.last else { throw Problem(reason: "no step came before") }
            return last
        case .whoami: return .string(surroundings.user)
        }
    }

    private static func numbers(_ input: JSON) -> [Int]? {
        guard case .array(let items)? = input["numbers"], !items.isEmpty else { return nil }
        let numbers = items.compactMap(\.integer)
        return numbers.count == items.count ? numbers : nil
    }
}
