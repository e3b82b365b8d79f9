import NIOHTTP1
import Synchronization

/// Workflows of several agents, and what workers share.
extension Route {
    static let workflows: [Route] = [
        .answering(.POST, "/api/workflows", "Runs the steps of a workflow") { application, call in
            guard let input = call.text("input") else { return .missing("input") }
            guard let items = call.document["steps"]?.items else {
                return .error(.badRequest, "`steps` must be a list")
            }
            let steps = items.compactMap(Workflow.Step.init)
            let agents = application.memory.withLock { Set($0.agents.all.map(\.id)) }
            guard steps.count == items.count, steps.allSatisfy({ agents.contains($0.agent) }) else {
                return .error(.unprocessableEntity, "a step is malformed, or its agent is unknown")
            }
            let slots = min(max(call.integer("slots") ?? 4, 1), 8)
            do throws(Workflow.Refusal) {
                let workflow = try Workflow(input: input, steps: steps, slots: slots)
                let added = application.memory.withLock { $0.workflows.add(workflow) }
                return .json(added.json, status: .created).with(header: "location", "/api/workflows/\(added.id)")
            } catch {
                return .error(.unprocessableEntity, error.reason)
            }
        },
        .answering(.GET, "/api/workflows", "The workflows that ran, newest first") { application, call in
            guard let limit = call.number("limit", default: 20, in: 1...100) else {
                return .error(.badRequest, "`limit` is out of bounds")
            }
            let workflows = application.memory.withLock { $0.workflows.all }
            return .json([
                "workflows": .array(
                    workflows.suffix(limit).reversed().map {
                        ["id": .string($0.id), "input": .string($0.input), "status": .string($0.status)]
                    }), "total": .integer(workflows.count),
            ])
        },
        .answering(.GET, "/api/workflows/{id}", "One workflow") { application, call in
            application.memory.withLock { $0.workflows[call.id] }.map { .json($0.json) } ?? noWorkflow
        },
        .answering(.GET, "/api/workflows/{id}/metrics", "How busy a workflow was") { application, call in
            guard let workflow = application.memory.withLock({ $0.workflows[call.id] }) else { return noWorkflow }
            return .json([
                "steps": .integer(workflow.steps.count), "makespan": .integer(workflow.makespan),
                "utilisation": .integer(workflow.utilisation),
                "attempts": .integer(workflow.outcomes.reduce(0) { $0 + $1.attempts }),
            ])
        },
        .answering(.POST, "/api/locks/{id}", "Takes a lock", success: 200) { application, call in
            guard let holder = call.text("holder") else { return .missing("holder") }
            guard let lock = application.memory.withLock({ $0.coordination.lock(call.id, for: holder) }) else {
                return .error(.conflict, "somebody else holds \(call.id)")
            }
            return .json(["holder": .string(lock.holder), "fence": .integer(lock.fence)])
        },
        .answering(.DELETE, "/api/locks/{id}", "Gives a lock back", success: 204) { application, call in
            let holder = call.request.query["holder"] ?? ""
            return application.memory.withLock { $0.coordination.unlock(call.id, by: holder) }
                ? .empty : .error(.conflict, "\(holder) does not hold \(call.id)")
        },
        .answering(.POST, "/api/queues/{id}", "Puts tasks into a queue") { application, call in
            let tasks = (call.document["tasks"]?.items ?? []).compactMap { task in
                task["name"]?.text.map { (name: $0, priority: task["priority"]?.integer ?? 0) }
            }
            guard !tasks.isEmpty, tasks.count <= 100 else { return .error(.badRequest, "1 to 100 tasks are needed") }
            return .json(
                ["waiting": .integer(application.memory.withLock { $0.coordination.put(tasks, into: call.id) })],
                status: .created)
        },
        .answering(.DELETE, "/api/queues/{id}/next", "Takes the most urgent task", success: 200) { application, call in
            guard let task = application.memory.withLock({ $0.coordination.take(from: call.id) }) else {
                return .error(.notFound, "nothing waits in \(call.id)")
            }
            return .json(["name": .string(task.name), "priority": .integer(task.priority)])
        },
        .answering(.POST, "/api/counters/{id}", "Counts", success: 200) { application, call in
            let difference = call.integer("by") ?? 1
            return .json([
                "value": .integer(application.memory.withLock { $0.coordination.count(call.id, by: difference) })
            ])
        },
        .answering(.GET, "/api/counters/{id}", "What a counter came to") { application, call in
            .json(["value": .integer(application.memory.withLock { $0.coordination.counters[call.id] ?? 0 })])
        },
    ]

    private static let noWorkflow = Response.error(.notFound, "no such workflow")
}

/// The workflows that ran; the oldest go.
struct Workflows: Sendable {
    private static let capacity = 500

    private(set) var all: [Workflow] = []
    private var lastNumber = 0

    subscript(_ id: String) -> Workflow? { all.first { $0.id == id } }

    mutating func add(_ workflow: Workflow) -> Workflow {
        lastNumber += 1
        var workflow = workflow
        workflow.id = "workflow-\(lastNumber)"
        all.append(workflow)
        if all.count > Self.capacity { all.removeFirst() }
        return workflow
    }
}

extension Workflow.Step {
    /// Nil for what no step looks like.
    fileprivate init?(_ document: JSON) {
        guard let name = document["name"]?.text, !name.isEmpty else { return nil }
        self.init(name: name, agent: document["agent"]?.text ?? "agent-1")
        needs = document["needs"]?.texts ?? []
        cost = min(max(document["cost"]?.integer ?? 10, 0), 60_000)
        timeout = document["timeout"]?.integer.map { min(max($0, 0), 60_000) }
        failures = min(max(document["failures"]?.integer ?? 0, 0), 100)
        retries = min(max(document["retries"]?.integer ?? 0, 0), 10)
        fallback = document["fallback"]?.text
        times = min(max(document["times"]?.integer ?? 1, 1), 20)
        condition = document["when"]?.text
        priority = min(max(document["priority"]?.integer ?? 0, -100), 100)
    }
}
