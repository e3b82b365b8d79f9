/// What agents did: an input that goes through stages, each with the output of the one before.
struct Runs: Sendable {
    private static let capacity = 1000

    private var all: [Run] = []
    private var lastNumber = 0

    subscript(_ id: String) -> Run? {
        get { all.first { $0.id == id } }
        set {
            guard let newValue, let index = all.firstIndex(where: { $0.id == id }) else { return }
            all[index] = newValue
        }
    }

    func of(agent: String) -> [Run] { all.filter { $0.agent == agent } }

    /// - Parameter holds: it stays running, until somebody cancels it.
    mutating func add(agent: String, input: String, stages: [Run.Stage], holds: Bool) -> Run {
        lastNumber += 1
        let run = Run(id: "run-\(lastNumber)", agent: agent, input: input, stages: stages, holds: holds)
        all.append(run)
        if all.count > Self.capacity { all.removeFirst() }
        return run
    }
}

struct Run: Sendable {
    enum Status: String, Sendable { case running, completed, failed, cancelled }

    enum Stage: String, CaseIterable, Sendable {
        case plan, upper, reverse, count, summarize, fail

        /// Nil where it fails.
        func output(of input: String) -> String? {
            switch self {
            case .plan: "plan: \(input)"
            case .upper: input.uppercased()
            case .reverse: String(input.reversed())
            case .count: String(input.split(separator: " ").count)
            case .summarize: input.split(separator: " ").prefix(3).joined(separator: " ")
            case .fail: nil
            }
        }
    }

    struct Step: Sendable {
        var stage: Stage
        /// Nil for one that failed or was not reached.
        var output: String?
        var status: String
    }

    let id: String
    let agent: String
    let input: String
    private(set) var status: Status
    private(set) var steps: [Step] = []
    private(set) var events: [String] = ["agent_started"]

    init(id: String, agent: String, input: String, stages: [Stage], holds: Bool) {
        self.id = id
        self.agent = agent
        self.input = input
        status = .running
        guard !holds else {
            steps = stages.map { Step(stage: $0, status: "waiting") }
            return
        }
        var text: String? = input
        for stage in stages {
            let output = text.flatMap(stage.output)
            let reached = text != nil
            steps.append(
                Step(stage: stage, output: output, status: output != nil ? "completed" : reached ? "failed" : "skipped")
            )
            if reached { events.append(output == nil ? "stage_failed" : "stage_completed") }
            text = output
        }
        status = text == nil ? .failed : .completed
        events.append(text == nil ? "agent_failed" : "agent_completed")
    }

    var output: String? { status == .completed ? steps.last?.output ?? input : nil }

    /// False where it has ended.
    mutating func cancel() -> Bool {
        guard status == .running else { return false }
        status = .cancelled
        events.append("agent_cancelled")
        return true
    }
}

extension Run {
    var json: JSON {
        [
            "id": .string(id), "agent": .string(agent), "input": .string(input), "status": .string(status.rawValue),
            "output": output.map { .string($0) } ?? .null,
            "steps": .array(
                steps.map { step in
                    [
                        "stage": .string(step.stage.rawValue), "status": .string(step.status),
                        "output": step.output.map { .string($0) } ?? .null,
                    ]
                }),
            "failed_stage": steps.first { $0.status == "failed" }.map { .string($0.stage.rawValue) } ?? .null,
        ]
    }

    /// Numbered from 1.
    var eventDocuments: [JSON] {
        events.enumerated().map { ["seq": .integer($0 + 1), "type": .string($1), "run": .string(id)] }
    }
}
