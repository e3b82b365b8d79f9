import Verification

extension ReportedObjective {
    init(_ percentile: SampleEvidence.Percentile, of samples: SampleEvidence, check: Int) {
        self.init(
            check: check, name: "p\(Decimal.short(percentile.percent))", samples: samples.count, errors: samples.errors,
            measured: percentile.milliseconds, lower: percentile.lower, upper: percentile.upper,
            limit: percentile.limit, result: Self.result(percentile, samples.count))
    }

    private static func result(_ percentile: SampleEvidence.Percentile, _ samples: Int) -> Result {
        guard let limit = percentile.limit else { return .measured }
        guard samples > 0 else { return .uncertain }
        // What is above its limit is told as missed, however few samples there are: its check failed.
        guard let measured = percentile.milliseconds, measured <= limit else { return .missed }
        return percentile.upper.map { $0 <= limit } ?? false ? .met : .uncertain
    }
}

extension ScalabilityFigure {
    static func all(of evidence: Evidence, check: Int) -> [ScalabilityFigure] {
        var figures: [ScalabilityFigure] = []
        func add(_ name: String, _ value: String) {
            figures.append(ScalabilityFigure(check: check, name: name, value: value))
        }
        if let samples = evidence.samples { add("requests", "\(samples.count), \(samples.errors) failed") }
        if let connections = evidence.connections {
            add(
                "connections", "\(connections.accepted) of \(connections.count) accepted, \(connections.atOnce) at once"
            )
        }
        if let again = evidence.reconnections {
            add(
                "reconnections",
                "\(again.count) of \(again.attempts), the slowest after \(Seconds.milliseconds(again.slowestMilliseconds))"
            )
        }
        if let stream = evidence.stream {
            let first = stream.firstEventMilliseconds.map { "first event after \(Seconds.milliseconds($0)), " } ?? ""
            add("stream", "\(first)longest gap \(Seconds.milliseconds(stream.longestGapMilliseconds))")
        }
        return figures
    }
}

extension IndexProgress {
    init?(_ index: SuiteIndex?, _ found: FoundChecks, _ time: TimeAnalysis) {
        guard let index, !index.entries.isEmpty else { return nil }
        let listed = Set(index.entries)
        var ended: Set<SuiteIndex.Entry> = []
        var good: Set<SuiteIndex.Entry> = []
        var extra: [String] = []
        for check in found.checks {
            let entry = SuiteIndex.Entry(suite: check.suite, id: check.id)
            guard listed.contains(entry) else {
                if !(index.beside ?? []).contains(check.suite) { extra.append(check.name) }
                continue
            }
            if check.status.hasRun { ended.insert(entry) }
            if check.status == .passed { good.insert(entry) }
        }
        self.init(
            listed: listed.count, ran: ended.count, percent: ended.count * 100 / listed.count, passed: good.count,
            missing: Dictionary(grouping: listed.subtracting(ended), by: \.suite).mapValues(\.count), new: extra.unique,
            estimatedSeconds: time.checksPerMinute.map { Double(listed.count) / $0 * 60 })
    }
}

/// Numbers for people, without a locale.
enum Decimal {
    /// At most two places, none where there are none.
    static func short(_ value: Double) -> String {
        let hundredths = (value * 100).rounded()
        guard hundredths.magnitude < 1e15 else { return "\(value)" }
        let whole = Int64(hundredths)
        let (units, rest) = (whole / 100, abs(whole % 100))
        let sign = whole < 0 && units == 0 ? "-" : ""
        if rest == 0 { return "\(sign)\(units)" }
        return "\(sign)\(units)." + (rest % 10 == 0 ? "\(rest / 10)" : rest < 10 ? "0\(rest)" : "\(rest)")
    }

    /// `$12.30`, `$1,234`.
    static func dollars(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e12 else { return "–" }
        let cents = Int64((value * 100).rounded())
        guard cents < 100_000 else {
            var digits = String((cents + 50) / 100)
            var groups: [String] = []
            while digits.count > 3 {
                groups.insert(String(digits.suffix(3)), at: 0)
                digits = String(digits.dropLast(3))
            }
            return "$" + ([digits] + groups).joined(separator: ",")
        }
        return "$\(cents / 100)." + (cents % 100 < 10 ? "0" : "") + "\(cents % 100)"
    }
}
