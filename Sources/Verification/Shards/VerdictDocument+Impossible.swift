import Configuration

extension VerdictDocument {
    /// Why no run wrote this report of a part; nil where one may have. What is said of it is held against numbers that
    /// cannot be otherwise, as reports travel between machines as files that anybody may edit.
    var impossibility: String? {
        guard let shard else { return nil }
        guard SuiteSelection.Shard(parsing: "\(shard.index)/\(shard.count)") != nil else {
            return "there is no shard \(shard.index) of \(shard.count)"
        }
        guard shard.window.start.isFinite, shard.window.end.isFinite, shard.window.start <= shard.window.end else {
            return "it ended before it began"
        }
        guard shard.whole.gates.isPossible else { return "its gates have values that no environment may give" }
        guard shard.whole.suites.allSatisfy({ $0.minimumChecks >= 0 && $0.maximumSkipped >= 0 }) else {
            return "it expects fewer than no checks"
        }
        guard checks.allSatisfy({ (0...CheckResult.mostAttempts).contains($0.attempts) }) else {
            return "it tried a check more often than is possible"
        }
        // One use excuses one result.
        guard policies.allSatisfy({ (0...checks.count).contains($0.uses) && $0.maximumUses ?? 0 >= 0 }) else {
            return "it used a policy more often than it has results"
        }
        return nil
    }
}

extension CheckResult {
    /// A poll may go on for hours, and not every millisecond of them.
    fileprivate static let mostAttempts = 100_000_000
}

extension Gates {
    fileprivate var isPossible: Bool {
        let percent = 0...100
        return percent.contains(indexCoverage ?? 0) && percent.contains(maximumFlaky ?? 0) && maximumExcused ?? 0 >= 0
    }
}
