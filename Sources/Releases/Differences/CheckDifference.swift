/// What became of one check from one release to another.
package struct CheckDifference: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Passed, and does not any more.
        case broken
        /// Did not pass, and does now.
        case fixed
        case stillFailing
        /// Passes only after a retry, before or now.
        case flaky
        /// Ran, and does not any more: skipped, blocked, not run.
        case notRun
        /// There now, or runs now.
        case new
        case gone
        /// Passes as before, and takes more than twice as long.
        case slower
    }

    package var kind: Kind
    package var suite: String
    package var id: String
    /// Nil where the check was not there.
    package var earlier: CheckOutcome?
    package var later: CheckOutcome?

    /// In the order of the kinds, each by suite and id; those that got slower by how much.
    package static func between(_ earlier: [CheckOutcome], _ later: [CheckOutcome]) -> [CheckDifference] {
        func byName(_ outcomes: [CheckOutcome]) -> [String: CheckOutcome] {
            // The same check against a second service of one suite counts as the worse of the two.
            Dictionary(
                outcomes.map { ("\($0.suite)/\($0.id)", $0) },
                uniquingKeysWith: { Standing($0).rawValue >= Standing($1).rawValue ? $0 : $1 })
        }
        let (before, now) = (byName(earlier), byName(later))
        let found = Set(before.keys).union(now.keys).compactMap { name -> CheckDifference? in
            guard let kind = kind(before[name], now[name]), let any = now[name] ?? before[name] else { return nil }
            return CheckDifference(
                kind: kind, suite: any.suite, id: any.id, earlier: before[name], later: now[name])
        }
        let order = Kind.allCases
        return found.sorted { left, right in
            guard left.kind == right.kind else {
                return order.firstIndex(of: left.kind) ?? 0 < order.firstIndex(of: right.kind) ?? 0
            }
            if left.kind == .slower, left.growth != right.growth { return left.growth > right.growth }
            return (left.suite, left.id) < (right.suite, right.id)
        }
    }

    private var growth: Double { (later?.milliseconds ?? 0) - (earlier?.milliseconds ?? 0) }

    private static func kind(_ before: CheckOutcome?, _ now: CheckOutcome?) -> Kind? {
        guard let now else { return before == nil ? nil : .gone }
        guard let before else { return .new }
        switch (Standing(before), Standing(now)) {
        case (_, .flaky), (.flaky, .passed): return .flaky
        case (.failed, .passed): return .fixed
        case (.passed, .failed), (.flaky, .failed): return .broken
        case (.failed, .failed): return .stillFailing
        case (.passed, .idle), (.flaky, .idle), (.failed, .idle): return .notRun
        case (.idle, .failed): return .broken
        case (.idle, .passed): return .new
        case (.idle, .idle): return nil
        // Below a tenth of a second the network decides.
        case (.passed, .passed):
            return now.milliseconds > 2 * before.milliseconds && now.milliseconds - before.milliseconds > 100
                ? .slower : nil
        }
    }

    /// What a status says: only a pass is one, and whatever a policy makes of a failure, the check has failed.
    private enum Standing: Int {
        case passed, flaky, idle, failed

        init(_ outcome: CheckOutcome) {
            self =
                switch outcome.status {
                case "passed": .passed
                case "flaky": .flaky
                case "skipped", "blocked", "notRun": .idle
                // failed, error, xfail, xpass, waived, quarantined, and what a later version may add.
                default: .failed
                }
        }
    }
}
