/// What several workers share: locks with fencing, queues by priority, counters.
struct Coordination: Sendable {
    private static let capacity = 1000

    struct Lock: Sendable {
        var holder: String
        var fence: Int
    }

    struct Task: Sendable {
        var number: Int
        var name: String
        var priority: Int
    }

    private(set) var locks: [String: Lock] = [:]
    private var fences: [String: Int] = [:]
    private(set) var queues: [String: [Task]] = [:]
    private var lastTask = 0
    private(set) var counters: [String: Int] = [:]

    /// Who holds it already gets the same again. Nil while somebody else does.
    mutating func lock(_ name: String, for holder: String) -> Lock? {
        if let lock = locks[name] { return lock.holder == holder ? lock : nil }
        guard locks.count < Self.capacity else { return nil }
        fences[name, default: 0] += 1
        let lock = Lock(holder: holder, fence: fences[name] ?? 1)
        locks[name] = lock
        return lock
    }

    /// False where it is not that holder's.
    mutating func unlock(_ name: String, by holder: String) -> Bool {
        guard locks[name]?.holder == holder else { return false }
        locks[name] = nil
        return true
    }

    mutating func put(_ names: [(name: String, priority: Int)], into queue: String) -> Int {
        guard queues[queue] != nil || queues.count < Self.capacity else { return 0 }
        for (name, priority) in names {
            lastTask += 1
            queues[queue, default: []].append(Task(number: lastTask, name: name, priority: priority))
        }
        return queues[queue]?.count ?? 0
    }

    /// The most urgent one, the oldest of those.
    mutating func take(from queue: String) -> Task? {
        guard let tasks = queues[queue],
            let next = tasks.indices.max(by: {
                (tasks[$0].priority, -tasks[$0].number) < (tasks[$1].priority, -tasks[$1].number)
            })
        else { return nil }
        return queues[queue]?.remove(at: next)
    }

    mutating func count(_ name: String, by difference: Int) -> Int {
        guard counters[name] != nil || counters.count < Self.capacity else { return 0 }
        counters[name] = (counters[name] ?? 0) &+ difference
        return counters[name] ?? 0
    }
}
