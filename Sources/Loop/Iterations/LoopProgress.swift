import Releases

/// Where a loop stands, computed from its journal alone.
package struct LoopProgress: Hashable, Sendable {
    package private(set) var order: LoopOrder?
    package private(set) var branchMade = false
    package private(set) var iterations: [IterationProgress] = []
    package private(set) var rollback: RollbackProgress?
    package private(set) var stopped: StopRecord?
    /// Seconds in which somebody worked at it.
    package private(set) var workedSeconds = 0.0
    package private(set) var lastTime: Double?

    package struct RollbackProgress: Hashable, Sendable {
        package var run: String
        package var targets: [String: String]
        package var record: RollbackRecord?
    }

    package init(replaying entries: [LoopEntry] = []) {
        for entry in entries { apply(entry) }
    }

    package mutating func apply(_ entry: LoopEntry) {
        if let lastTime, !entry.isTakenUp, !endsWait(entry) { workedSeconds += max(0, entry.time - lastTime) }
        lastTime = entry.time
        switch entry.event {
        case .began(let order): self.order = order
        case .takenUp: break
        case .branchMade: branchMade = true
        case .iterationBegan(let number, let head):
            iterations.append(IterationProgress(number: number, head: head, beganAt: entry.time))
        case .rollbackIntended(let run, let targets): rollback = RollbackProgress(run: run, targets: targets)
        case .rolledBack(let record): rollback?.record = record
        case .stopped(let record): stopped = record
        default:
            guard let last = iterations.indices.last else { return }
            iterations[last].apply(entry.event)
        }
    }

    /// While the source is watched, a later iteration begins with the change that it waited for.
    private func endsWait(_ entry: LoopEntry) -> Bool {
        if case .iterationBegan = entry.event { order?.mender == .watched && !iterations.isEmpty } else { false }
    }

    package var current: IterationProgress? { iterations.last }

    /// The best one so far; the earlier of two that are equal.
    package var best: IterationProgress? { Self.best(of: iterations) }

    static func best(of iterations: some Collection<IterationProgress>) -> IterationProgress? {
        iterations.reduce(nil) { best, iteration in
            guard iteration.verdict != nil else { return best }
            guard let best else { return iteration }
            return IterationScore(best) < IterationScore(iteration) ? iteration : best
        }
    }

    /// How many iterations in a row, up to the last, were no better than the best before them.
    package var iterationsWithoutProgress: Int {
        var count = 0
        for index in iterations.indices.reversed() {
            let before = Self.best(of: iterations[..<index])
            // The first one has nothing to be compared with, and so has one after iterations that never answered.
            guard index > 0 else { break }
            let score = IterationScore(iterations[index])
            let bar = before.map(IterationScore.init) ?? IterationScore(iterations[index - 1])
            if score > bar { break }
            count += 1
        }
        return count
    }

    /// US dollars. A fix that was cut before it could say what it cost is counted as one that does not say.
    package var cost: Double {
        let fixes = iterations.flatMap { $0.givenUp + ($0.isFixIntended ? [$0.fix] : []) }
        return fixes.reduce(0) { $0 + ($1?.cost ?? order?.limits.costOfFix ?? 0) }
    }
}

extension LoopEntry {
    fileprivate var isTakenUp: Bool { if case .takenUp = event { true } else { false } }
}
