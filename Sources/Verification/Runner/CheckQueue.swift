/// Which checks of a suite may start, in the order of its file: each when all that it needs have passed. Pure, and its
/// cost is that of the checks and their needs, however many there are.
struct CheckQueue {
    /// The checks that need each check.
    private let dependents: [Int: [Int]]
    /// How many checks that each needs have not ended yet.
    private var open: [Int]
    /// Last first, so that the next one is taken from the end.
    private var ready: [Int]
    private var isWaiting: [Bool]

    init(_ checks: [Check]) {
        var named: [String: [Int]] = [:]
        if !checks.allSatisfy(\.needs.isEmpty) {
            for (index, check) in checks.enumerated() {
                named[check.id, default: []].append(index)
                if check.baseID != check.id { named[check.baseID, default: []].append(index) }
            }
        }
        // By the name of a check, or that of all its rows.
        let needs = checks.map { check in check.needs.flatMap { named[$0] ?? [] } }
        open = needs.map(\.count)
        var dependents: [Int: [Int]] = [:]
        for (index, needed) in needs.enumerated() {
            for other in needed { dependents[other, default: []].append(index) }
        }
        self.dependents = dependents
        isWaiting = Array(repeating: true, count: checks.count)
        ready = checks.indices.reversed().filter { [open] in open[$0] == 0 }
    }

    /// The first one that may start; it is the caller's then.
    mutating func next() -> Int? {
        guard let index = ready.popLast() else { return nil }
        isWaiting[index] = false
        return index
    }

    /// Takes note of how a check ended.
    ///
    /// - Returns: the checks that cannot run any more, each with the first that it needs and that did not pass.
    mutating func end(_ index: Int, _ status: CheckStatus) -> [(check: Int, need: Int)] {
        var lost: [(check: Int, need: Int)] = []
        for dependent in dependents[index] ?? [] where isWaiting[dependent] {
            if status.letsOthersRun {
                open[dependent] -= 1
                if open[dependent] == 0 { makeReady(dependent) }
            } else {
                isWaiting[dependent] = false
                lost.append((dependent, index))
            }
        }
        return lost
    }

    /// All that have not started, in the order of the file; none of them is waiting any more.
    mutating func giveUp() -> [Int] {
        let rest = isWaiting.indices.filter { isWaiting[$0] }
        for index in rest { isWaiting[index] = false }
        ready = []
        return rest
    }

    private mutating func makeReady(_ index: Int) {
        var (low, high) = (0, ready.count)
        while low < high {
            let middle = (low + high) / 2
            if ready[middle] > index { low = middle + 1 } else { high = middle }
        }
        ready.insert(index, at: low)
    }
}

extension CheckStatus {
    fileprivate var letsOthersRun: Bool { self == .passed || self == .flaky }
}
