import JSON

/// Reads what Playwright's JSON reporter writes: one document at the end of a run.
package struct PlaywrightReport: Sendable {
    /// One document has to be in memory as a whole.
    package static let largest = 64 << 20
    private static let deepest = 64

    private var report = ExternalReport()
    private var counted: [String: Int] = [:]

    package static func read(_ bytes: [UInt8]) -> ExternalReport {
        let document: JSONValue
        do throws(JSONValue.ParseError) {
            document = try JSONValue(parsing: bytes)
        } catch {
            return ExternalReport(problems: ["it is no JSON: \(error.reason)"])
        }
        var reader = PlaywrightReport()
        reader.read(document)
        return reader.report
    }

    private mutating func read(_ document: JSONValue) {
        guard let suites = document["suites"]?.array, let stats = document["stats"], stats["expected"] != nil else {
            report.problems = ["it is no report of Playwright"]
            return
        }
        for suite in suites { self.suite(suite, [], 0) }
        for error in document["errors"]?.array ?? [] {
            report.object("outside of its tests: \(Self.message(error) ?? "an error")")
        }
        for key in ["expected", "unexpected", "flaky", "skipped"] {
            guard let stated = stats[key] else { continue }
            let found = counted[key] ?? 0
            guard stated.integer != Int64(found) else { continue }
            report.object("it states \(stated.serialized().prefix(40)) \(key), its tests are \(found)")
        }
        if let duration = stats["duration"]?.double, duration < 0 { report.object("it states a time that is no time") }
        note(stats["startTime"])
    }

    private mutating func suite(_ suite: JSONValue, _ path: [String], _ depth: Int) {
        guard depth < Self.deepest else { return report.object("suites are nested more than \(Self.deepest) deep") }
        let title = suite["title"]?.string ?? ""
        // A file's own suite has its name as its title.
        let path = title.isEmpty ? path : path + [title]
        for spec in suite["specs"]?.array ?? [] {
            let tests = spec["tests"]?.array ?? []
            let names = path + [spec["title"]?.string ?? ""]
            if tests.isEmpty { report.object("`\(names.joined(separator: " > "))` has no test") }
            var outcomes: [ExternalTest.Outcome] = []
            for test in tests { outcomes.append(self.test(test, names)) }
            let isOK = outcomes.allSatisfy { $0 != .failed && $0 != .error }
            if let stated = spec["ok"]?.bool, stated != isOK {
                report.object("`\(names.joined(separator: " > "))` says ok \(stated), its results say \(isOK)")
            }
        }
        for inner in suite["suites"]?.array ?? [] { self.suite(inner, path, depth + 1) }
    }

    private mutating func test(_ test: JSONValue, _ names: [String]) -> ExternalTest.Outcome {
        var id = names.joined(separator: " > ")
        if let project = test["projectName"]?.string, !project.isEmpty { id += " [\(project)]" }
        let results = test["results"]?.array ?? []
        let wanted = test["expectedStatus"]?.string ?? "passed"
        let statuses = results.map { $0["status"]?.string ?? "" }
        var ended = ExternalTest(id: id, outcome: .error)
        let times = results.compactMap { $0["duration"]?.double }
        if let last = times.last { ended.seconds = times.contains { $0 < 0 } ? -1 : last / 1000 }
        for result in results { note(result["startTime"]) }
        if let moment = results.last?["startTime"]?.string.flatMap(StatedMoment.init(parsing:)), moment.hasZone {
            ended.startedAt = moment.seconds
        }
        ended.message =
            results.last.flatMap { $0["error"].flatMap(Self.message) }
            ?? results.last?["errors"]?[0].flatMap(Self.message)
        // As Playwright counts: what was skipped or interrupted says nothing.
        let expected = statuses.count { $0 == wanted && $0 != "skipped" }
        let unexpected = statuses.count { $0 != wanted && $0 != "skipped" && $0 != "interrupted" }
        let meaning =
            expected == 0 && unexpected == 0
            ? "skipped" : unexpected == 0 ? "expected" : expected == 0 ? "unexpected" : "flaky"
        if statuses.last == nil, test["status"]?.string != "skipped" {
            report.object("`\(id)` has no result")
        } else if statuses.last == "interrupted" {
            ended.message = "it was interrupted"
            report.object("`\(id)` was interrupted")
        } else if meaning == "skipped" {
            ended.outcome = .skipped
            ended.message = Self.reason(test) ?? "skipped"
        } else if meaning == "unexpected" {
            ended.outcome = .failed
        } else if wanted == "passed" {
            ended.outcome = meaning == "flaky" ? .flaky : .passed
        } else {
            // It failed, as its file says that it must: no pass.
            ended.outcome = .skipped
            ended.message = ["expected to end as \(wanted)", Self.reason(test)].compactMap(\.self).joined(
                separator: ": ")
        }
        counted[meaning, default: 0] += 1
        if let stated = test["status"]?.string, stated != meaning {
            report.object("`\(id)` says \(stated), its results say \(meaning)")
        }
        ended.message = ended.outcome == .passed ? nil : ExternalTest.short(ended.message)
        if report.tests.count < ExternalReport.mostTests { report.tests.append(ended) }
        return ended.outcome
    }

    private mutating func note(_ moment: JSONValue?) {
        guard let moment = moment?.string.flatMap(StatedMoment.init(parsing:)) else { return }
        if report.moments.count < 1000 { report.moments.append(moment) } else { report.moments[999] = moment }
    }

    private static func message(_ error: JSONValue) -> String? {
        (error["message"] ?? error["value"])?.string
    }

    private static func reason(_ test: JSONValue) -> String? {
        test["annotations"]?.array?.lazy.compactMap { $0["description"]?.string }.first
    }
}
