/// Where connections wait for each other, so that a number of them is really open at once.
actor ConnectionMeeting {
    private let count: Int
    private var arrived = 0
    private var open = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []
    /// The most that were open at the same time.
    private(set) var most = 0

    init(count: Int) {
        self.count = count
    }

    func opened() {
        open += 1
        most = max(most, open)
        arrive()
    }

    /// One that could not be opened is not waited for.
    func failed() { arrive() }

    func ended() { open -= 1 }

    /// Every attempt to open has a time limit, so this has an end.
    func waitForAll() async {
        guard arrived < count else { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func arrive() {
        arrived += 1
        guard arrived >= count else { return }
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}
