/// Agents, threads and messages in memory; the oldest go when a list is full.
struct Store: Sendable {
    struct Agent: Sendable {
        var id: String
        var name: String
    }

    struct Thread: Sendable {
        var id: String
        var title: String
        var messages: [Message] = []
    }

    struct Message: Sendable {
        var id: String
        var role: String
        var content: String
    }

    private static let capacity = 500
    private static let messageCapacity = 100

    private(set) var agents: [Agent] = [
        Agent(id: "agent-1", name: "researcher"), Agent(id: "agent-2", name: "writer"),
    ]
    private(set) var threads: [Thread] = [Thread(id: "thread-1", title: "welcome")]
    private var lastNumber = 2

    mutating func addAgent(name: String) -> Agent {
        let agent = Agent(id: nextID("agent"), name: name)
        agents.append(agent)
        if agents.count > Self.capacity { agents.removeFirst() }
        return agent
    }

    mutating func addThread(title: String) -> Thread {
        let thread = Thread(id: nextID("thread"), title: title)
        threads.append(thread)
        if threads.count > Self.capacity { threads.removeFirst() }
        return thread
    }

    /// Nil when there is no such thread.
    mutating func addMessage(role: String, content: String, toThread id: String) -> Message? {
        guard let index = threads.firstIndex(where: { $0.id == id }) else { return nil }
        let message = Message(id: nextID("message"), role: role, content: content)
        threads[index].messages.append(message)
        if threads[index].messages.count > Self.messageCapacity { threads[index].messages.removeFirst() }
        return message
    }

    private mutating func nextID(_ kind: String) -> String {
        lastNumber += 1
        return "\(kind)-\(lastNumber)"
    }
}

extension Store.Agent {
    var json: JSON { ["id": .string(id), "name": .string(name)] }
}

extension Store.Thread {
    var json: JSON { ["id": .string(id), "title": .string(title), "messages": .integer(messages.count)] }
}

extension Store.Message {
    var json: JSON { ["id": .string(id), "role": .string(role), "content": .string(content)] }
}
