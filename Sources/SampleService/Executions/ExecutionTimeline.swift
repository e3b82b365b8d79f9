/// Everything that will happen in an execution, and when. It is known from the start, so that an execution needs no
/// thread and no timer: what has happened is what lies before now.
struct ExecutionTimeline: Sendable {
    struct Event: Sendable {
        /// Milliseconds since the start of the process.
        var at: Int
        var type: String
        var data: [JSON.Member]
    }

    private(set) var events: [Event]
    private let user: String
    private let retries: Int
    private var failure: String?

    /// - Parameters:
    ///   - created: when it was asked for.
    ///   - start: when its turn comes.
    init(_ plan: ExecutionPlan, user: String, created: Int, start: Int) {
        self.user = user
        retries = plan.retries
        events = [Event(at: created, type: "execution.created", data: [])]
        add("execution.started", at: start)
        var now = start
        var outputs: [JSON] = []
        for stage in plan.stages where failure == nil {
            let begun = now
            let earlier = outputs
            for step in stage {
                let (end, output) = run(step, from: begun, earlier)
                now = max(now, end)
                if let output { outputs.append(output) }
            }
        }
        // Steps side by side were added one after the other.
        events = Self.inOrder(events)
        if let failure {
            add("execution.failed", at: now, ["error": .string(failure)])
        } else {
            add("execution.completed", at: now, ["output": outputs.last ?? .null])
        }
        end(at: start + plan.timeout, as: "execution.timed_out")
    }

    /// What is later than this does not happen; something that has ended before stays as it is.
    mutating func end(at moment: Int, as type: String) {
        guard let last = events.last, last.at > moment else { return }
        events.removeAll { $0.at > moment }
        add(type, at: moment)
    }

    /// With as many attempts as are allowed, each twice as long after the last.
    private mutating func run(_ step: ExecutionPlan.Step, from start: Int, _ earlier: [JSON]) -> (Int, JSON?) {
        var now = start
        for attempt in 1...(retries + 1) {
            let number = JSON.integer(step.number)
            add(
                "step.started", at: now,
                ["step": number, "tool": .string(step.tool.rawValue), "attempt": .integer(attempt)])
            now += step.tool.milliseconds(step.input)
            do throws(ExecutionTool.Problem) {
                let output = try step.tool.use(step.input, .init(user: user, earlier: earlier, attempt: attempt))
                add("step.completed", at: now, ["step": number, "output": output])
                return (now, output)
            } catch {
                let isLast = attempt > retries
                add(
                    "step.failed", at: now,
                    ["step": number, "error": .string(error.reason), "retrying": .bool(!isLast)])
                if isLast { failure = failure ?? "step \(step.number): \(error.reason)" }
                now += isLast ? 0 : 2 << attempt
            }
        }
        return (now, nil)
    }

    private mutating func add(_ type: String, at moment: Int, _ data: JSON = [:]) {
        guard case .object(let members) = data else { return }
        events.append(Event(at: moment, type: type, data: members))
    }

    private static func inOrder(_ events: [Event]) -> [Event] {
        events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }
}
