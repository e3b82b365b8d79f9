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

/// The search for the first bad commit, by halves. Commits of which nothing can be told are left out; what remains
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

    /// What is tried next: the middle of what can still be asked; nil when nothing more can be found out.
    package var next: String? {
        let asked = Set(probes.map(\.commit))
        let open = (lastGood + 1..<max(firstBad, lastGood + 1)).filter { !asked.contains(order.commits[$0]) }
        return open.isEmpty ? nil : order.commits[open[open.count / 2]]
    }

    /// One of these broke it, oldest first: a single one, unless commits between could not be asked.
    package var suspects: [String] {
        guard !order.commits.isEmpty else { return [] }
        return Array(order.commits[(lastGood + 1)...firstBad])
    }

    /// The one that broke it, where it is known.
    package var firstBadCommit: String? { next == nil && suspects.count == 1 ? suspects[0] : nil }
}
