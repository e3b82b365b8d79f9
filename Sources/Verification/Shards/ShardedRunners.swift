import Configuration

/// Tests of external runners that several parts ran → the results of the whole. Their names are known only when they have
/// run, so what is lost is found by what was promised: shares, files, and numbers of tests.
struct ShardedRunners {
    enum Taking {
        /// It is a runner's.
        case taken
        /// Another part has a result of the same test.
        case twice
    }

    private struct Key: Hashable {
        var suite: String
        var check: String
    }

    private struct Seen {
        var runner: ShardedRun.Runner
        var priority: Priority
        var tests: [CheckResult] = []
        var ids: Set<String> = []
        /// What the runner itself has to say: a part of it failed as a whole, or did not run.
        var own: [CheckResult] = []
    }

    private var runners: [Key: Seen] = [:]

    init(_ whole: ShardedRun) {
        for suite in whole.suites {
            for runner in suite.runners ?? [] {
                runners[Key(suite: suite.name, check: runner.check)] = Seen(runner: runner, priority: suite.priority)
            }
        }
    }

    /// Nil for a result that is no runner's.
    mutating func take(_ result: CheckResult) -> Taking? {
        guard !runners.isEmpty else { return nil }
        let check = result.id.prefix { $0 != "/" }
        let key = Key(suite: result.suite, check: String(check))
        guard runners[key] != nil else { return nil }
        if check.count == result.id.count {
            if runners[key]?.runner.isShared == false, runners[key]?.own.isEmpty == false { return .twice }
            runners[key]?.own.append(result)
            return .taken
        }
        guard runners[key]?.ids.insert(result.id).inserted == true else { return .twice }
        runners[key]?.tests.append(result)
        return .taken
    }

    /// - Returns: all results, and the runners for which nothing is to be looked for any more.
    func conclude(
        _ parts: [VerdictDocument], acceptedSkips: [String: Int]
    ) -> (results: [CheckResult], done: [SuiteIndex.Entry]) {
        var results: [CheckResult] = []
        var done: [SuiteIndex.Entry] = []
        for (key, seen) in runners.sorted(by: { ($0.key.suite, $0.key.check) < ($1.key.suite, $1.key.check) }) {
            let records = parts.compactMap { part in
                part.runners?.first { $0.suite == key.suite && $0.check == key.check }
            }
            guard !records.isEmpty || !seen.own.isEmpty else { continue }
            done.append(SuiteIndex.Entry(suite: key.suite, id: key.check))
            results += seen.tests
            var own = Self.worst(seen.own)
            let problems = Self.problems(key, seen, records, parts, acceptedSkips)
            if !problems.isEmpty {
                own = CheckResult(
                    id: key.check, suite: key.suite, priority: seen.priority, status: .error, attempts: 1,
                    summary: ([own?.summary].compactMap(\.self) + problems).joined(separator: "; "))
            }
            if let own { results.append(own) }
        }
        return (results, done)
    }

    /// One for all parts: what could not be carried out before what failed, and that before what was not run.
    private static func worst(_ results: [CheckResult]) -> CheckResult? {
        let order: [CheckStatus] = [.error, .failed, .blocked, .notRun, .skipped]
        return results.min { (order.firstIndex(of: $0.status) ?? 9) < (order.firstIndex(of: $1.status) ?? 9) }
    }

    private static func problems(
        _ key: Key, _ seen: Seen, _ records: [RunnerRecord], _ parts: [VerdictDocument], _ acceptedSkips: [String: Int]
    ) -> [String] {
        guard seen.runner.isShared else { return [] }
        var problems: [String] = []
        let without = parts.filter { part in
            part.runners?.contains { $0.suite == key.suite && $0.check == key.check } != true
                && !part.checks.contains { $0.suite == key.suite && $0.id == key.check }
        }.compactMap(\.shard?.index).sorted()
        if !without.isEmpty {
            problems.append("no run of it is in shard \(without.map(String.init).joined(separator: ", "))")
        }
        let told = records.reduce(0) { $0 + $1.tests }
        // A test that has a result was told of, or it was added to the report afterwards.
        if told != seen.tests.count, seen.own.isEmpty {
            problems.append("its parts told of \(Counted.text(told, "test")), \(seen.tests.count) have results")
        }
        problems += fileProblems(records)
        if seen.tests.count < seen.runner.minimumTests {
            problems.append(
                "all parts together have \(Counted.text(seen.tests.count, "test")), \(seen.runner.minimumTests) are expected"
            )
        }
        let skipped = seen.tests.count { $0.status == .skipped }
        let before = acceptedSkips["\(key.suite)/\(key.check)"] ?? 0
        if let most = seen.runner.maximumNewSkips, skipped > before + most {
            problems.append(
                "it skipped \(Counted.text(skipped, "test")), \(before) in the last run that passed; \(most) more are allowed"
            )
        }
        return problems
    }

    /// Every file belongs to one part, and all parts see the same ones.
    private static func fileProblems(_ records: [RunnerRecord]) -> [String] {
        let shares = records.compactMap(\.files)
        guard let first = shares.first else { return [] }
        if let other = shares.first(where: { $0.total != first.total }) {
            return ["one part saw \(Counted.text(first.total, "file")), another \(other.total)"]
        }
        let all = shares.flatMap(\.own)
        let files = Set(all)
        if files.count < all.count { return ["parts ran the same files"] }
        return files.count == first.total
            ? [] : ["\(first.total - files.count) of \(Counted.text(first.total, "file")) were run by no part"]
    }
}
