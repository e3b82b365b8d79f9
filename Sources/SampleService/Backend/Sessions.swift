/// What a WebSocket was last told, so that it can go on after it was lost.
struct Sessions: Sendable {
    private static let capacity = 1000

    private var last: [String: Int] = [:]
    private var lastNumber = 0

    /// - Returns: the session, and the number after which it goes on; a new one where `id` is not known.
    mutating func open(_ id: String, after: Int?) -> (id: String, after: Int) {
        if let known = last[id] { return (id, min(after ?? known, known)) }
        lastNumber += 1
        let id = "session-\(lastNumber)"
        if last.count < Self.capacity { last[id] = 0 }
        return (id, 0)
    }

    mutating func note(_ id: String, _ number: Int) {
        if let known = last[id] { last[id] = max(known, number) }
    }
}
