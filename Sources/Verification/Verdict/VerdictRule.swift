/// The rules in the order in which they decide: what is false, what failed, what is missing, what is doubtful.
package enum VerdictRule: String, Codable, Hashable, Sendable, CaseIterable {
    // The record contradicts itself, so nothing in it can be believed.
    case duplicateIds = "duplicate-ids"
    case countMismatch = "count-mismatch"
    case controlPassed = "control-passed"
    // The release is not as it should be.
    case failed
    case error
    case unexpectedPass = "unexpected-pass"
    case flakyCritical = "flaky-critical"
    // It cannot be known.
    case lostShard = "lost-shard"
    case foreignShard = "foreign-shard"
    case duplicateShard = "duplicate-shard"
    case nothingRan = "nothing-ran"
    case notRun = "not-run"
    case blocked
    case indexCoverage = "index-coverage"
    case tooManySkips = "too-many-skips"
    case skipsGrew = "skips-grew"
    case tooFewChecks = "too-few-checks"
    case nothingPassed = "nothing-passed"
    case wrongTarget = "wrong-target"
    case controlUnknown = "control-unknown"
    case tooManyExcused = "too-many-excused"
    case tooManyFlaky = "too-many-flaky"
    case allAsWanted = "all-as-wanted"

    package var result: Verdict.Result {
        switch self {
        case .duplicateIds, .countMismatch, .controlPassed, .failed, .error, .unexpectedPass, .flakyCritical: .fail
        case .lostShard, .foreignShard, .duplicateShard, .nothingRan, .notRun, .blocked, .indexCoverage, .tooManySkips,
            .skipsGrew, .tooFewChecks,
            .nothingPassed, .wrongTarget, .controlUnknown, .tooManyExcused:
            .incomplete
        case .tooManyFlaky: .inconclusive
        case .allAsWanted: .pass
        }
    }
}
