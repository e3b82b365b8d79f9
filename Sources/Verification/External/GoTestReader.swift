import JSON

/// Reads what `go test -json` writes (`cmd/test2json`), one event a line, as it comes.
package struct GoTestReader: Sendable {
    private struct Running {
        var startedAt: Double?
        var output = ""
    }

    private struct Package {
        var running: [String: Running] = [:]
        var runs: [String: Int] = [:]
        var hasFailedTest = false
        var hasTests = false
        var isCached = false
        var ending: String?
        var output = ""
    }

    private var packages: [String: Package] = [:]
    private var report = ExternalReport()
    private var sawEvent = false

    package init() {}

    /// - Returns: the test that ended with this line.
    @discardableResult
    package mutating func take(_ line: String) -> ExternalTest? {
        // Errors of builds are plain text in older versions, and are told by their package's end.
        guard line.utf8.first == UInt8(ascii: "{") else { return nil }
        guard let event = try? JSONValue(parsing: line), let action = event["Action"]?.string else {
            report.object("a line is no event: `\(line.prefix(80))`")
            return nil
        }
        sawEvent = true
        guard let name = event["Package"]?.string, report.tests.count < ExternalReport.mostTests else { return nil }
        let moment = event["Time"]?.string.flatMap(StatedMoment.init(parsing:))
        if let moment { note(moment) }
        var package = packages[name] ?? Package()
        defer { packages[name] = package }
        guard let test = event["Test"]?.string else {
            ofPackage(&package, action, event)
            return nil
        }
        package.hasTests = true
        switch action {
        case "run": package.running[test] = Running(startedAt: moment?.seconds)
        case "output":
            guard let output = event["Output"]?.string, let count = package.running[test]?.output.utf8.count,
                count < ExternalTest.longestMessage
            else { return nil }
            package.running[test]?.output += output
        case "pass", "fail", "skip": return end(test, action, event, moment, of: name, &package)
        default: break
        }
        return nil
    }

    package mutating func finish() -> ExternalReport {
        if !sawEvent { report.problems = ["there is no event of `go test -json` in it"] }
        for (name, package) in packages.sorted(by: { $0.key < $1.key }) {
            for test in package.running.keys.sorted() {
                report.object("`\(name).\(test)` began and has no end")
                report.tests.append(
                    ExternalTest(id: "\(name).\(test)", outcome: .error, message: "it began and has no end"))
            }
            switch package.ending {
            case nil: report.object("package `\(name)` has no end: the output is cut, or the run was ended")
            case "fail" where !package.hasFailedTest:
                // It was not built, or ended outside of its tests.
                report.tests.append(
                    ExternalTest(
                        id: name, outcome: .error,
                        message: ExternalTest.short(package.output.isEmpty ? "the package failed" : package.output)))
            case "pass" where package.hasFailedTest:
                report.object("package `\(name)` passed, and a test of it failed")
            default: break
            }
            if package.isCached { report.object("package `\(name)` was not run: its result is from the cache") }
        }
        return report
    }

    private mutating func note(_ moment: StatedMoment) {
        if report.moments.count < 1000 { report.moments.append(moment) } else { report.moments[999] = moment }
    }

    private func ofPackage(_ package: inout Package, _ action: String, _ event: JSONValue) {
        switch action {
        case "pass", "fail", "skip": package.ending = action
        case "output":
            guard let output = event["Output"]?.string else { return }
            if output.contains("(cached)") { package.isCached = true }
            if package.output.utf8.count < ExternalTest.longestMessage { package.output += output }
        default: break
        }
    }

    private mutating func end(
        _ test: String, _ action: String, _ event: JSONValue, _ moment: StatedMoment?, of name: String,
        _ package: inout Package
    ) -> ExternalTest {
        // `-count=2` runs a test again.
        package.runs[test, default: 0] += 1
        let run = package.runs[test] ?? 1
        var ended = ExternalTest(id: "\(name).\(test)" + (run > 1 ? " (run \(run))" : ""), outcome: .passed)
        // Elapsed is rounded to hundredths; the events' own times are not.
        let elapsed = event["Elapsed"]?.double
        if let running = package.running.removeValue(forKey: test) {
            ended.startedAt = running.startedAt
            ended.seconds = elapsed
            if elapsed ?? 0 == 0 || elapsed.map({ $0 > 0 && $0 < 1 }) == true, let start = running.startedAt,
                let moment,
                moment.seconds > start
            {
                ended.seconds = moment.seconds - start
            }
            if action != "pass" { ended.message = ExternalTest.short(running.output) }
        } else {
            ended.seconds = elapsed
            report.object("`\(name).\(test)` has an end and no beginning")
        }
        if action == "fail" {
            ended.outcome = .failed
            package.hasFailedTest = true
        }
        if action == "skip" { ended.outcome = .skipped }
        report.tests.append(ended)
        return ended
    }
}
