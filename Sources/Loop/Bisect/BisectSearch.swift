/// A check that passed at one commit and fails at another one, and what lies between.
package struct BisectOrder: Codable, Hashable, Sendable {
    package var check: CheckReference
    /// Where it passed.
    package var good: String
    /// After `good`, oldest first; at the last one it fails.
    package var commits: [String]

    package init(check: CheckReference, good: String, commits: [String]) {
        self.check = check
        self.good = good
        self.commits = commits
    }
}

/// What a candidate of one commit came to.
package struct BisectProbe: Codable, Hashable, Sendable {
    package enum Result: String, Codable, Hashable, Sendable, CaseIterable {
        case good, bad
        /// It could not be built or did not get ready, so that nothing is known of the check.
        case unknown
    }

    package var run: String
    package var commit: String
    package var result: Result
    package var seconds: Double

    package init(run: String, commit: String, result: Result, seconds: Double = 0) {
        self.run = run
        self.commit = commit
        self.result = result
        self.seconds = seconds
    }
}

/// The search for the first bad commit, by halves, and then of the two ends that were only assumed: what passed once may
/// fail there today, for something that is in no commit. Commits of which nothing can be told are left out; what remains
/// between the last good and the first bad one is all suspected.
package struct BisectSearch: Hashable, Sendable {
    package let order: BisectOrder
    package private(set) var probes: [BisectProbe] = []

    package init(_ order: BisectOrder) {
        self.order = order
    }

    package mutating func add(_ probe: BisectProbe) {
        probes.append(probe)
    }

    /// The last one that is known to be good, as a place in `commits`; -1 for the one before them.
    private var lastGood: Int { place(of: .good).max() ?? -1 }

    /// The first one that is known to be bad.
    private var firstBad: Int {
        (place(of: .bad) + [order.commits.count - 1]).filter { $0 > lastGood }.min() ?? order.commits.count - 1
    }

    private func place(of result: BisectProbe.Result) -> [Int] {
        probes.filter { $0.result == result }.compactMap { order.commits.firstIndex(of: $0.commit) }
    }

    private func result(at commit: String) -> BisectProbe.Result? {
        probes.last { $0.commit == commit }?.result
    }

    /// What is tried next: the middle of what can still be asked, then the ends; nil when nothing more can be found out.
    package var next: String? {
        guard let last = order.commits.last, !isElsewhere else { return nil }
        let asked = Set(probes.map(\.commit))
        let open = (lastGood + 1..<max(firstBad, lastGood + 1)).filter { !asked.contains(order.commits[$0]) }
        guard open.isEmpty else { return order.commits[open[open.count / 2]] }
        let isAssumedGood = lastGood < 0 && !asked.contains(order.good)
        let isAssumedBad = firstBad == order.commits.count - 1 && !asked.contains(last)
        return isAssumedGood ? order.good : isAssumedBad ? last : nil
    }

    /// It fails at the commit where it once passed, or passes at the one where it fails: something else broke it.
    package var isElsewhere: Bool {
        result(at: order.good) == .bad || order.commits.last.map { result(at: $0) == .good } == true
    }

    /// One of these broke it, oldest first: a single one, unless commits between could not be asked; none where it is
    /// something else.
    package var suspects: [String] {
        guard !order.commits.isEmpty, !isElsewhere else { return [] }
        return Array(order.commits[(lastGood + 1)...firstBad])
    }

    /// The one that broke it, where it was measured: the check passes at its parent and fails at it.
    package var firstBadCommit: String? {
        guard next == nil, suspects.count == 1, result(at: suspects[0]) == .bad else { return nil }
        let parent = lastGood < 0 ? order.good : order.commits[lastGood]
        return result(at: parent) == .good ? suspects[0] : nil
    }
}
