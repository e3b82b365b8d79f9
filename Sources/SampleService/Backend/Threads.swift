/// Threads and messages in memory; the oldest go when there are too many.
struct Threads: Sendable {
    private static let capacity = 500

    private(set) var all = [Thread(id: "thread-1", title: "welcome", owner: "")]
    private var lastNumber = 1
    private var lastMessage = 0
    /// What came with an `Idempotency-Key`, so that it happens once.
    private var once: [String: Message] = [:]

    /// What a user may see: their own, and what belongs to nobody.
    func visible(to user: String) -> [Thread] { all.filter { $0.owner.isEmpty || $0.owner == user } }

    func thread(_ id: String, visibleTo user: String) -> Thread? { visible(to: user).first { $0.id == id } }

    mutating func add(title: String, owner: String) -> Thread {
        lastNumber += 1
        let thread = Thread(id: "thread-\(lastNumber)", title: title, owner: owner)
        all.append(thread)
        if all.count > Self.capacity { all.remove(at: 1) }
        return thread
    }

    mutating func replace(_ thread: Thread) {
        if let index = all.firstIndex(where: { $0.id == thread.id }) { all[index] = thread }
    }

    mutating func remove(_ id: String) { all.removeAll { $0.id == id && id != "thread-1" } }

    /// The same key in the same thread gives the same message again. Nil when there is no such thread.
    mutating func addMessage(_ content: String, role: String, to id: String, key: String? = nil) -> Message? {
        guard let index = all.firstIndex(where: { $0.id == id }) else { return nil }
        let known = key.map { "\(id) \($0)" }
        if let known, let message = once[known] { return message }
        lastMessage += 1
        all[index].messageCount += 1
        let message = Message(
            id: "message-\(lastMessage)", number: all[index].messageCount, role: role, content: content)
        all[index].messages.append(message)
        if all[index].messages.count > Thread.capacity { all[index].messages.removeFirst() }
        if let known, once.count < Self.capacity { once[known] = message }
        return message
    }
}

struct Thread: Sendable {
    static let capacity = 100

    var id: String
    var title: String
    /// Empty for everybody.
    var owner: String
    var messages: [Message] = []
    fileprivate(set) var messageCount = 0

    init(id: String, title: String, owner: String) {
        self.id = id
        self.title = title
        self.owner = owner
    }
}

struct Message: Sendable {
    var id: String
    /// From 1 within its thread.
    var number: Int
    var role: String
    var content: String
}

extension Thread {
    var json: JSON {
        [
            "id": .string(id), "title": .string(title), "messages": .integer(messages.count),
            "owner": owner.isEmpty ? .null : .string(owner),
        ]
    }
}

extension Message {
    var json: JSON {
        ["id": .string(id), "seq": .integer(number), "role": .string(role), "content": .string(content)]
    }
}
