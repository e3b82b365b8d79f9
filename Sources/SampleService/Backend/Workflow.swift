/// Several agents at work on one thing, in a time that is counted and not waited for: the same steps always come to the same
/// order, times and outputs.
struct Workflow: Sendable {
    struct Step: Sendable {
        var name: String
        var agent: String
        var needs: [String] = []
        /// What it takes, in milliseconds of the workflow's own time.
        var cost = 10
        var timeout: Int?
        /// So many attempts fail before one works.
        var failures = 0
        var retries = 0
        /// What it gives when all attempts failed.
        var fallback: String?
        /// So often it does its work, on its own output.
        var times = 1
        /// It runs only if the input says so.
        var condition: String?
        var priority = 0
    }

    struct Outcome: Sendable {
        var status = "waiting"
        var attempts = 0
        var iterations = 0
        var start = 0
        var end = 0
        var output: String?
    }

    struct Refusal: Error { var reason: String }

    var id = ""
    let input: String
    let steps: [Step]
    /// How many steps may run at once.
    let slots: Int
    private(set) var outcomes: [Outcome]
    /// In the order in which they began.
    private(set) var order: [String] = []
    private(set) var states = ["pending", "running"]

    init(input: String, steps: [Step], slots: Int) throws(Refusal) {
        guard !steps.isEmpty, steps.count <= 50 else { throw Refusal(reason: "1 to 50 steps are needed") }
        let names = Set(steps.map(\.name))
        guard names.count == steps.count else { throw Refusal(reason: "two steps have one name") }
        for step in steps {
            if let missing = step.needs.first(where: { !names.contains($0) }) {
                throw Refusal(reason: "`\(step.name)` needs `\(missing)`, which is no step")
            }
        }
        self.input = input
        self.steps = steps
        self.slots = slots
        outcomes = steps.map { _ in Outcome() }
        try run()
    }

    var status: String { states.last ?? "pending" }
    var makespan: Int { outcomes.map(\.end).max() ?? 0 }

    /// Steps start as soon as what they need has ended and a slot is free, the most urgent first.
    private mutating func run() throws(Refusal) {
        var free = [Int](repeating: 0, count: slots)
        while true {
            let ready = steps.indices.filter { index in
                outcomes[index].status == "waiting" && needed(by: index).allSatisfy { outcomes[$0].status != "waiting" }
            }
            guard let first = ready.max(by: { (steps[$0].priority, -$0) < (steps[$1].priority, -$1) }) else { break }
            let slot = free.indices.min { (free[$0], $0) < (free[$1], $1) } ?? 0
            let start = max(free[slot], needed(by: first).map { outcomes[$0].end }.max() ?? 0)
            perform(first, at: start)
            free[slot] = outcomes[first].end
        }
        guard outcomes.allSatisfy({ $0.status != "waiting" }) else {
            throw Refusal(reason: "steps need one another in a circle")
        }
        states.append(outcomes.contains { $0.status == "failed" || $0.status == "timed-out" } ? "failed" : "completed")
    }

    private func needed(by index: Int) -> [Int] {
        steps.indices.filter { steps[index].needs.contains(steps[$0].name) }
    }

    private mutating func perform(_ index: Int, at start: Int) {
        let step = steps[index]
        let before = needed(by: index).map { outcomes[$0] }
        outcomes[index].start = start
        outcomes[index].end = start
        guard before.allSatisfy({ $0.output != nil }), step.condition.map({ input.contains($0) }) ?? true else {
            outcomes[index].status = "skipped"
            return
        }
        order.append(step.name)
        if let timeout = step.timeout, step.cost > timeout {
            outcomes[index].attempts = 1
            outcomes[index].end = start + timeout
            finish(index, "timed-out", step.fallback)
            return
        }
        let attempts = min(step.failures, step.retries) + 1
        outcomes[index].attempts = attempts
        let received = before.isEmpty ? input : before.compactMap(\.output).joined(separator: "+")
        guard step.failures <= step.retries else {
            outcomes[index].end = start + attempts * step.cost
            finish(index, "failed", step.fallback)
            return
        }
        var text = received
        for _ in 0..<step.times { text = "\(step.name)(\(text))" }
        outcomes[index].iterations = step.times
        outcomes[index].end = start + (attempts - 1 + step.times) * step.cost
        outcomes[index].status = "completed"
        outcomes[index].output = text
    }

    private mutating func finish(_ index: Int, _ status: String, _ fallback: String?) {
        outcomes[index].status = fallback == nil ? status : "fallback"
        outcomes[index].output = fallback
    }
}

extension Workflow {
    var json: JSON {
        [
            "id": .string(id), "status": .string(status), "states": .texts(states), "order": .texts(order),
            "makespan": .integer(makespan),
            "steps": .array(
                zip(steps, outcomes).map { step, outcome in
                    [
                        "name": .string(step.name), "agent": .string(step.agent), "status": .string(outcome.status),
                        "attempts": .integer(outcome.attempts), "iterations": .integer(outcome.iterations),
                        "start": .integer(outcome.start), "end": .integer(outcome.end),
                        "output": outcome.output.map { .string($0) } ?? .null,
                    ]
                }),
            "load": .object(
                Dictionary(grouping: steps, by: \.agent).sorted { $0.key < $1.key }.map {
                    JSON.Member(name: $0.key, value: .integer($0.value.count))
                }),
        ]
    }

    /// How busy the slots were, in whole percent.
    var utilisation: Int {
        let busy = outcomes.reduce(0) { $0 + $1.end - $1.start }
        return makespan == 0 ? 0 : busy * 100 / (makespan * slots)
    }
}
