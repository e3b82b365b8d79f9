import NIOHTTP1
import Synchronization

/// Agents.
extension Route {
    static let agents: [Route] = [
        .answering(.GET, "/api/agents", "All agents") { application, _ in
            .json(["agents": .array(application.memory.withLock { $0.store.agents }.map(\.json))])
        },
        .answering(.POST, "/api/agents", "A new agent") { application, call in
            guard let name = call.text("name") else { return .missing("name") }
            return .json(application.memory.withLock { $0.store.addAgent(name: name) }.json, status: .created)
        },
        .answering(.GET, "/api/agents/{id}", "One agent") { application, call in
            let agent = application.memory.withLock { $0.store.agents.first { $0.id == call.id } }
            return agent.map { .json($0.json) } ?? .error(.notFound, "no such agent")
        },
    ]
}
