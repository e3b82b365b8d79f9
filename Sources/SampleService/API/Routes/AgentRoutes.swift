import NIOHTTP1
import Synchronization

/// Agents: who there is, how they are set up, what state they are in, what they are told.
extension Route {
    static let agents: [Route] = [
        .answering(.GET, "/api/agents", "All agents, or those with a capability") { application, call in
            let wanted = call.request.query["capability"]
            let agents = application.memory.withLock { $0.agents.all }.filter {
                wanted.map($0.capabilities.contains) ?? true
            }
            return .json(["agents": .array(agents.map(\.json)), "total": .integer(agents.count)])
        },
        .answering(.POST, "/api/agents", "A new agent") { application, call in
            guard let name = call.text("name") else { return .missing("name") }
            guard let configuration = Agent.Configuration().changed(by: call.document["configuration"] ?? .null) else {
                return .error(.unprocessableEntity, "no agent can be configured like that")
            }
            let capabilities = call.document["capabilities"]?.texts ?? []
            let agent = application.memory.withLock {
                $0.agents.add(name: name, capabilities: Array(capabilities.prefix(16)), configuration: configuration)
            }
            return .json(agent.json, status: .created).with(header: "location", "/api/agents/\(agent.id)")
        },
        .answering(.GET, "/api/agents/{id}", "One agent") { application, call in
            application.agent(call) { .json($0.json) }
        },
        .answering(.DELETE, "/api/agents/{id}", "Removes an agent", success: 204) { application, call in
            guard !["agent-1", "agent-2"].contains(call.id) else {
                return .error(.forbidden, "\(call.id) belongs to everybody")
            }
            return application.memory.withLock { memory in
                guard memory.agents[call.id] != nil else { return Application.noAgent }
                memory.agents[call.id] = nil
                return .empty
            }
        },
        .answering(.GET, "/api/agents/{id}/configuration", "How an agent is set up") { application, call in
            application.agent(call) { .json($0.configuration.json) }
        },
        .answering(.PUT, "/api/agents/{id}/configuration", "Sets an agent up") { application, call in
            application.changeAgent(call) { agent in
                guard let changed = agent.configuration.changed(by: call.document) else {
                    return .error(.unprocessableEntity, "no agent can be configured like that")
                }
                agent.configuration = changed
                agent.note("configured")
                return .json(changed.json)
            }
        },
        .answering(.POST, "/api/agents/{id}/start", "An agent begins to work", success: 200) { application, call in
            application.change(call, to: .running)
        },
        .answering(.POST, "/api/agents/{id}/stop", "An agent rests", success: 200) { application, call in
            application.change(call, to: .stopped)
        },
        .answering(.POST, "/api/agents/{id}/cancel", "An agent gives up", success: 200) { application, call in
            application.change(call, to: .cancelled)
        },
        .answering(.GET, "/api/agents/{id}/status", "What state an agent is in") { application, call in
            application.agent(call) { .json(["id": .string($0.id), "status": .string($0.status.rawValue)]) }
        },
        .answering(.GET, "/api/agents/{id}/events", "What happened to an agent, in order") { application, call in
            application.agent(call) { agent in
                .json([
                    "events": .array(
                        agent.events.enumerated().map { ["seq": .integer($0 + 1), "type": .string($1)] })
                ])
            }
        },
        .answering(.GET, "/api/agents/{id}/metrics", "How an agent's runs ended") { application, call in
            application.agent(call) { agent in
                .json([
                    "runs": .integer(agent.completed + agent.failed), "completed": .integer(agent.completed),
                    "failed": .integer(agent.failed),
                ])
            }
        },
        .answering(.GET, "/api/agents/{id}/inbox", "What an agent was told") { application, call in
            application.agent(call) { agent in
                .json([
                    "messages": .array(
                        agent.inbox.map {
                            ["seq": .integer($0.number), "from": .string($0.sender), "text": .string($0.text)]
                        })
                ])
            }
        },
        .answering(.POST, "/api/agents/{id}/inbox", "Tells an agent something") { application, call in
            guard let text = call.text("text"), let sender = call.text("from") else { return .missing("text") }
            return application.changeAgent(call) { agent in
                agent.receive(text, from: sender)
                return .json(["delivered": 1], status: .created)
            }
        },
        .answering(.POST, "/api/broadcasts", "Tells all agents something") { application, call in
            guard let text = call.text("text"), let sender = call.text("from") else { return .missing("text") }
            let count = application.memory.withLock { $0.agents.broadcast(from: sender, text) }
            return .json(["delivered": .integer(count)], status: .created)
        },
    ]
}

extension Application {
    static let noAgent = Response.error(.notFound, "no such agent")

    fileprivate func agent(_ call: Call, _ answer: (Agent) -> Response) -> Response {
        memory.withLock { $0.agents[call.id] }.map(answer) ?? Self.noAgent
    }

    fileprivate func changeAgent(_ call: Call, _ change: (inout Agent) -> Response) -> Response {
        memory.withLock { memory in
            guard var agent = memory.agents[call.id] else { return Self.noAgent }
            let response = change(&agent)
            memory.agents[call.id] = agent
            return response
        }
    }

    fileprivate func change(_ call: Call, to status: Agent.Status) -> Response {
        changeAgent(call) { agent in
            let before = agent.status
            guard agent.change(to: status) else {
                return .error(.conflict, "an agent that is \(before.rawValue) cannot become \(status.rawValue)")
            }
            return .json([
                "id": .string(agent.id), "status": .string(status.rawValue), "before": .string(before.rawValue),
            ])
        }
    }
}
