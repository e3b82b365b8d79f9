/// All executions, in memory; the oldest that have ended go when the list is full.
struct Executions: Sendable {
    enum Creation: Sendable { case created(Execution), known(Execution), tooMany }

    private static let capacity = 2000
    /// Of one user at once; the others wait for their turn.
    static let mostRunning = 2
    private static let mostOpen = 8

    private var all: [Execution] = []
    /// By user and key of the request: a repeated request gets what the first one made.
    private var keys: [String: String] = [:]
    private var lastNumber = 0

    mutating func add(
        _ plan: ExecutionPlan, agent: String, user: String, key: String?, now: Int, with defect: ExecutionDefect?
    ) -> Creation {
        let known = key.map { user + " " + $0 }
        if let known, defect != .keyIgnored, let id = keys[known], let execution = self[id] { return .known(execution) }
        if defect == .keysOfAll, let key, let id = keys.first(where: { $0.key.hasSuffix(" " + key) })?.value,
            let execution = self[id]
        {
            return .known(execution)
        }
        let open = all.filter { $0.user == user && $0.end > now }
        guard open.count < Self.mostOpen || defect == .unlimited else { return .tooMany }
        let ends = open.map(\.end).sorted()
        let start = ends.count < Self.mostRunning || defect == .noQueue ? now : ends[ends.count - Self.mostRunning]
        lastNumber += 1
        let execution = Execution(
            id: "execution-\(lastNumber)", user: user, agent: agent,
            timeline: ExecutionTimeline(plan, user: user, created: now, start: max(now, start)))
        all.append(execution)
        if let known { keys[known] = execution.id }
        if all.count > Self.capacity {
            let oldest = all.removeFirst()
            keys = keys.filter { $0.value != oldest.id }
        }
        return .created(execution)
    }

    subscript(_ id: String) -> Execution? {
        get { all.last { $0.id == id } }
        set {
            if let newValue, let index = all.lastIndex(where: { $0.id == id }) { all[index] = newValue }
        }
    }

    /// Newest first.
    func of(user: String) -> [Execution] { all.filter { $0.user == user }.reversed() }

    var everybodys: [Execution] { all.reversed() }
}
