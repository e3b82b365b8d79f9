import Configuration

/// Reads the Test Anything Protocol, versions 12 to 14, line by line as it comes. Subtests (indented, as Node.js and
/// TAP 14 write them) are tests of their own, and the line that sums them up is none.
package struct TAPReader: Sendable {
    private struct Level {
        var indent: Int
        var plan: Int?
        var skipsAll: String?
        var seen = 0
        var numbers: Set<Int> = []
        /// Of subtests that ended, waiting for the line that names them.
        var inner: [ExternalTest] = []
        var tests: [ExternalTest] = []
    }

    private var levels = [Level(indent: 0)]
    private var report = ExternalReport()
    private var isInDetails = false
    private var detailsIndent = 0
    /// The last line was a test's, or summed some up: details may follow.
    private var isBehindPoint = false
    private var sawAnything = false
    private var bailedOut = false
    private var lastMoment: Double?
    private var openPoint: ExternalTest?
    private var openMoment: Double?

    package init() {}

    /// - Parameter moment: when the line came, in seconds since 1970: what a test took where it does not say.
    /// - Returns: the test that ended with this line or the one before it, for whoever tells how it goes.
    @discardableResult
    package mutating func take(_ line: String, at moment: Double? = nil) -> ExternalTest? {
        if lastMoment == nil { lastMoment = moment }
        let content = line.drop { $0 == " " }
        let indent = line.utf8.count - content.utf8.count
        if isInDetails {
            // What is indented further is part of a value, whatever it looks like.
            guard indent <= detailsIndent else { return nil }
            if content == "..." || content.hasPrefix("... ") { isInDetails = false } else { detail(content) }
            return nil
        }
        if content == "---" || content.hasPrefix("--- "), isBehindPoint {
            isInDetails = true
            detailsIndent = indent
            return nil
        }
        isBehindPoint = false
        if content.hasPrefix("# Subtest") {
            let told = settle()
            enter(indent)
            return told
        }
        if content.hasPrefix("Bail out!") {
            let told = settle()
            bailedOut = true
            sawAnything = true
            report.object(
                "the runner gave up: \(ExternalTest.short(String(content.dropFirst(9).drop { $0 == " " })) ?? "")")
            return told
        }
        if let plan = Self.plan(content) {
            let told = settle()
            enter(indent)
            sawAnything = true
            if levels[levels.count - 1].plan != nil { report.object("there are two plans") }
            levels[levels.count - 1].plan = plan.count
            levels[levels.count - 1].skipsAll = plan.skip
            return told
        }
        if content.hasPrefix("TAP version") {
            sawAnything = true
            return nil
        }
        guard let point = Self.point(content) else { return nil }
        let told = settle()
        enter(indent)
        sawAnything = true
        isBehindPoint = true
        add(point, at: moment)
        return told
    }

    /// - Throws: nothing; a text that is no TAP is a problem of the report.
    package mutating func finish() -> ExternalReport {
        _ = settle()
        if isInDetails { report.object("it is cut in the middle of the details of a test") }
        while levels.count > 1 { leave() }
        close(levels[0], isOutermost: true)
        report.tests = levels[0].tests
        if !levels[0].inner.isEmpty {
            report.object("it is cut: subtests have no line that sums them up")
            report.tests += levels[0].inner
        }
        if !sawAnything { report.problems = ["there is no TAP in it"] }
        return report
    }

    // MARK: - Levels

    private mutating func enter(_ indent: Int) {
        while levels.count > 1, let last = levels.last, indent < last.indent { leave() }
        if let last = levels.last, indent > last.indent, levels.count < 64 { levels.append(Level(indent: indent)) }
    }

    private mutating func leave() {
        guard levels.count > 1, let level = levels.popLast() else { return }
        close(level, isOutermost: false)
        levels[levels.count - 1].inner += level.tests + level.inner
    }

    private mutating func close(_ level: Level, isOutermost: Bool) {
        if let reason = level.skipsAll, level.seen == 0 {
            if isOutermost { report.object("all of it was skipped: \(reason)") }
            return
        }
        guard let plan = level.plan else {
            if sawAnything, !bailedOut, isOutermost || level.seen > 0 { report.object("there is no plan") }
            return
        }
        guard plan != level.seen, !bailedOut else { return }
        report.object("the plan has \(Counted.text(plan, "test")), \(level.seen) are there")
    }

    // MARK: - Tests

    private struct Point {
        var isOK: Bool
        var number: Int?
        var name: String
        var directive: String?
        var reason: String?
    }

    private mutating func add(_ point: Point, at moment: Double?) {
        let index = levels.count - 1
        levels[index].seen += 1
        if let number = point.number {
            if number < 1 { report.object("test \(number) has a number that no test has") }
            if !levels[index].numbers.insert(number).inserted { report.object("test \(number) is there twice") }
            if number != levels[index].seen, levels[index].numbers.count == levels[index].seen {
                // Only said where the plan does not say it: numbers may come in any order.
                if let plan = levels[index].plan, number > plan {
                    report.object("test \(number) is beyond the plan of \(plan)")
                }
            }
        }
        let inner = levels[index].inner
        levels[index].inner = []
        let name = point.name.isEmpty ? "test \(point.number ?? levels[index].seen)" : point.name
        if !inner.isEmpty {
            // The line sums up what stood above it.
            let hasFailed = inner.contains { $0.outcome == .failed || $0.outcome == .error }
            if point.isOK, hasFailed, point.directive == nil {
                report.object("`\(name.prefix(200))` says that it is ok, and a part of it failed")
            }
            levels[index].tests += inner.map { test in
                var test = test
                test.id = "\(name) > \(test.id)"
                return test
            }
            // It failed by itself: a hook, or a time limit.
            if !point.isOK, !hasFailed, point.directive == nil {
                open(ExternalTest(id: name, outcome: .failed), at: moment)
            } else {
                lastMoment = moment ?? lastMoment
            }
            return
        }
        var test = ExternalTest(id: name, outcome: point.isOK ? .passed : .failed)
        if let directive = point.directive {
            // What is to be done is no pass, whatever it came to.
            test.outcome = .skipped
            test.message = [directive.lowercased(), point.reason ?? ""].filter { !$0.isEmpty }.joined(separator: ": ")
        }
        open(test, at: moment)
    }

    /// Details may follow, so it is not settled yet.
    private mutating func open(_ test: ExternalTest, at moment: Double?) {
        var test = test
        if let (name, seconds) = Self.batsTime(test.id) {
            test.id = name
            test.seconds = seconds
        }
        openPoint = test
        openMoment = moment
    }

    private mutating func settle() -> ExternalTest? {
        guard var test = openPoint else { return nil }
        openPoint = nil
        if let moment = openMoment {
            if test.seconds == nil, let lastMoment { test.seconds = max(0, moment - lastMoment) }
            if let seconds = test.seconds, seconds.isFinite { test.startedAt = moment - max(0, seconds) }
            lastMoment = moment
        }
        test.message = ExternalTest.short(test.message)
        guard levels[levels.count - 1].tests.count < ExternalReport.mostTests else { return nil }
        levels[levels.count - 1].tests.append(test)
        return test
    }

    /// Of YAML only what Node.js and TAP 14 name: how long it took, and what was wrong.
    private mutating func detail(_ line: Substring) {
        guard let colon = line.firstIndex(of: ":") else { return }
        let key = line[..<colon]
        let value = line[line.index(after: colon)...].drop { $0 == " " }
        switch key {
        case "duration_ms": openPoint?.seconds = (Double(value) ?? .nan) / 1000
        case "message", "error":
            let isBlock = value.hasPrefix("|") || value.hasPrefix(">")
            if openPoint?.message == nil, !isBlock { openPoint?.message = value.trimmingQuotes }
        default: break
        }
    }

    // MARK: - Lines

    private static func plan(_ line: Substring) -> (count: Int, skip: String?)? {
        guard line.hasPrefix("1..") else { return nil }
        let digits = line.dropFirst(3).prefix { $0.isASCII && $0.isNumber }
        guard let count = Int(digits) else { return nil }
        let rest = line.dropFirst(3 + digits.count).drop { $0 == " " }
        guard rest.isEmpty || rest.hasPrefix("#") else { return nil }
        let (directive, reason) = directive(rest)
        return (count, directive == "SKIP" ? reason ?? "" : count == 0 ? "" : nil)
    }

    private static func point(_ line: Substring) -> Point? {
        var rest = line
        var isOK = true
        if rest.hasPrefix("not ok") {
            isOK = false
            rest = rest.dropFirst(6)
        } else if rest.hasPrefix("ok") {
            rest = rest.dropFirst(2)
        } else {
            return nil
        }
        guard rest.isEmpty || rest.first == " " else { return nil }
        rest = rest.drop { $0 == " " }
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        var number: Int?
        let behind = rest.dropFirst(digits.count)
        if !digits.isEmpty, behind.isEmpty || behind.first == " " {
            number = Int(digits)
            rest = behind.drop { $0 == " " }
        }
        if rest.hasPrefix("- ") || rest == "-" { rest = rest.dropFirst().drop { $0 == " " } }
        var name = rest
        var found: (String?, String?) = (nil, nil)
        var search = rest.startIndex
        while let mark = rest[search...].firstIndex(of: "#") {
            let isEscaped = mark > rest.startIndex && rest[rest.index(before: mark)] == "\\"
            let candidate = directive(rest[mark...])
            if !isEscaped, candidate.0 != nil {
                name = rest[..<mark]
                found = candidate
                break
            }
            search = rest.index(after: mark)
        }
        while name.last == " " { name.removeLast() }
        return Point(
            isOK: isOK, number: number, name: String(name).replacing("\\#", with: "#"), directive: found.0,
            reason: found.1)
    }

    /// `# SKIP reason` or `# TODO reason`.
    private static func directive(_ text: Substring) -> (String?, String?) {
        guard text.hasPrefix("#") else { return (nil, nil) }
        let words = text.dropFirst().drop { $0 == " " }
        for directive in ["SKIP", "TODO"] where words.prefix(4).uppercased() == directive {
            // `# Skipped: reason` is written too.
            let reason = words.drop { !$0.isWhitespace && $0 != ":" }.drop { $0 == ":" || $0.isWhitespace }
            return (directive, reason.isEmpty ? nil : String(reason))
        }
        return (nil, nil)
    }

    /// `name in 13ms`, as `bats --timing` writes it.
    private static func batsTime(_ name: String) -> (String, Double)? {
        guard name.hasSuffix("ms") || name.hasSuffix("sec"), let place = name.ranges(of: " in ").last else {
            return nil
        }
        let text = name[place.upperBound...]
        let isMilliseconds = text.hasSuffix("ms")
        guard let value = Double(text.dropLast(isMilliseconds ? 2 : 3)), value >= 0 else { return nil }
        return (String(name[..<place.lowerBound]), isMilliseconds ? value / 1000 : value)
    }
}

extension Substring {
    fileprivate var trimmingQuotes: String {
        guard count >= 2, let quote = first, quote == last, quote == "'" || quote == "\"" else { return String(self) }
        return String(dropFirst().dropLast())
    }
}
