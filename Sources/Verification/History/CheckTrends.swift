import JSON

/// The trends of all checks, made by adding runs in the order in which they were. Checks and images are numbers here: a
/// hundred runs of hundreds of checks are asked for by people who wait.
package struct CheckTrends {
    private var trends: [CheckTrend] = []
    private var numbers: [SuiteIndex.Entry: Int] = [:]
    /// As they stand in a document, by suite: what is escaped differently may be the same check.
    private var written: [String: [String: Int]] = [:]
    private var images: [String: Int] = [:]
    /// By image and check: 1 for passed, 2 for failed, 3 for both.
    private var seen: [[UInt8]] = []

    package init() {}

    /// Of every check that ended in a run, by suite and id.
    package var checks: [CheckTrend] {
        var trends = trends
        for image in seen {
            for (number, mark) in image.enumerated() where mark == 3 { trends[number].disagreements += 1 }
        }
        return trends.sorted { $0.entry < $1.entry }
    }

    /// A run with its outcomes.
    package mutating func add(_ run: RecordedRun) {
        let image = image(of: run)
        for outcome in run.outcomes { count(number(of: outcome.entry), outcome.passed, run.startedAt, image) }
    }

    /// - Parameter outcomes: the text of the run's ``RecordedRun/outcomesDocument``.
    package mutating func add(_ run: RecordedRun, outcomes: [UInt8]) {
        let image = image(of: run)
        var found: [(number: Int, passed: Bool)] = []
        let isWhole = OutcomeScanner.scan(outcomes) { suite, id, passed in
            if let number = number(of: suite, id) { found.append((number, passed)) }
        }
        guard isWhole else {
            var run = run
            run.outcomes = RecordedRun.outcomes(outcomes) { _ in true }
            return add(run)
        }
        for (number, passed) in found { count(number, passed, run.startedAt, image) }
    }

    private mutating func count(_ number: Int, _ passed: Bool, _ moment: Double, _ image: Int?) {
        if trends[number].runs == 0 { trends[number].first = moment }
        let isSame = trends[number].runs > 0 && trends[number].lastPassed == passed
        if trends[number].runs > 0, !isSame { trends[number].changes += 1 }
        trends[number].runs += 1
        if passed { trends[number].passed += 1 }
        trends[number].streak = isSame ? trends[number].streak + 1 : 1
        trends[number].lastPassed = passed
        trends[number].last = moment
        guard let image else { return }
        let missing = number + 1 - seen[image].count
        if missing > 0 { seen[image] += [UInt8](repeating: 0, count: missing) }
        seen[image][number] |= passed ? 1 : 2
    }

    private mutating func number(of entry: SuiteIndex.Entry) -> Int {
        if let number = numbers[entry] { return number }
        numbers[entry] = trends.count
        trends.append(
            CheckTrend(
                entry: entry, runs: 0, passed: 0, changes: 0, disagreements: 0, lastPassed: false, streak: 0, first: 0,
                last: 0))
        return trends.count - 1
    }

    /// Nil for what is no text.
    private mutating func number(of suite: OutcomeScanner.Slice, _ id: OutcomeScanner.Slice) -> Int? {
        let (suite, id) = (String(decoding: suite, as: UTF8.self), String(decoding: id, as: UTF8.self))
        if let number = written[suite]?[id] { return number }
        guard let suiteName = Self.text(suite), let name = Self.text(id) else { return nil }
        let number = number(of: SuiteIndex.Entry(suite: suiteName, id: name))
        written[suite, default: [:]][id] = number
        return number
    }

    private static func text(_ escaped: String) -> String? {
        guard escaped.utf8.contains(UInt8(ascii: "\\")) else { return escaped }
        return (try? JSONValue(parsing: Array("\"\(escaped)\"".utf8)))?.string
    }

    private mutating func image(of run: RecordedRun) -> Int? {
        guard let digest = run.digest else { return nil }
        if let number = images[digest] { return number }
        images[digest] = seen.count
        seen.append([])
        return seen.count - 1
    }
}

extension VerificationHistory {
    /// Of every check that ended in a run, by suite and id.
    package var trends: [CheckTrend] {
        var trends = CheckTrends()
        for run in runs { trends.add(run) }
        return trends.checks
    }
}
