/// Agents in memory; the oldest go when there are too many.
struct Agents: Sendable {
    private static let capacity = 500

    private(set) var all = [
        Agent(id: "agent-1", name: "researcher", capabilities: ["search", "summarize"]),
        Agent(id: "agent-2", name: "writer", capabilities: ["write", "summarize"]),
    ]
    private var lastNumber = 2

    subscript(_ id: String) -> Agent? {
        get { all.first { $0.id == id } }
        set {
            guard let index = all.firstIndex(where: { $0.id == id }) else { return }
            if let newValue { all[index] = newValue } else { all.remove(at: index) }
        }
    }

    mutating func add(name: String, capabilities: [String], configuration: Agent.Configuration) -> Agent {
        lastNumber += 1
        var agent = Agent(
            id: "agent-\(lastNumber)", name: name, capabilities: capabilities, configuration: configuration)
        agent.note("created")
        all.append(agent)
        // The first two stay, as everybody starts from them.
        if all.count > Self.capacity { all.remove(at: 2) }
        return agent
    }

    /// The same words into every inbox.
    ///
    /// - Returns: how many there are.
    mutating func broadcast(from sender: String, _ text: String) -> Int {
        for index in all.indices { all[index].receive(text, from: sender) }
        return all.count
    }
}

struct Agent: Sendable {
    enum Status: String, Sendable { case idle, running, stopped, cancelled }

    struct Configuration: Sendable {
        var model = "small"
        var maximumSteps = 8
        var tools = ["add", "upper"]
    }

    struct Letter: Sendable {
        var number: Int
        var sender: String
        var text: String
    }

    private static let longestHistory = 100

    var id: String
    var name: String
    var capabilities: [String]
    var configuration = Configuration()
    private(set) var status = Status.idle
    /// What happened to it, in order.
    private(set) var events: [String] = []
    private(set) var inbox: [Letter] = []
    private var letters = 0
    /// Of its runs.
    var completed = 0
    var failed = 0

    init(id: String, name: String, capabilities: [String], configuration: Configuration = Configuration()) {
        self.id = id
        self.name = name
        self.capabilities = capabilities
        self.configuration = configuration
    }

    /// False where that cannot be done in this state; nothing has changed then.
    mutating func change(to new: Status) -> Bool {
        let isAllowed =
            switch (status, new) {
            case (.idle, .running), (.stopped, .running), (.running, .stopped), (.running, .cancelled): true
            default: false
            }
        guard isAllowed else { return false }
        status = new
        note(new == .running ? "started" : new.rawValue)
        return true
    }

    mutating func note(_ event: String) {
        events.append(event)
        if events.count > Self.longestHistory { events.removeFirst() }
    }

    mutating func receive(_ text: String, from sender: String) {
        letters += 1
        inbox.append(Letter(number: letters, sender: sender, text: text))
        if inbox.count > Self.longestHistory { inbox.removeFirst() }
    }
}

extension Agent {
    var json: JSON {
        [
            "id": .string(id), "name": .string(name), "status": .string(status.rawValue),
            "capabilities": .texts(capabilities), "configuration": configuration.json,
        ]
    }
}

extension Agent.Configuration {
    var json: JSON {
        ["model": .string(model), "max_steps": .integer(maximumSteps), "tools": .texts(tools)]
    }

    /// What the document says, over what is there; nil where something in it cannot be.
    func changed(by document: JSON) -> Agent.Configuration? {
        var changed = self
        if let model = document["model"] {
            guard let text = model.text, ["small", "large"].contains(text) else { return nil }
            changed.model = text
        }
        if let steps = document["max_steps"] {
            guard let count = steps.integer, (1...20).contains(count) else { return nil }
            changed.maximumSteps = count
        }
        if let tools = document["tools"] {
            guard let names = tools.texts, names.allSatisfy({ Tool(rawValue: $0) != nil }) else { return nil }
            changed.tools = names
        }
        return changed
    }
}
