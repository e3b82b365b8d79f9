import Configuration
import Foundation
import JSON
import Testing
import Verification

/// A run as a data file tells it. What a case does not say is as in an honest run: one answer of the right revision,
/// from the target, within the run.
struct CorpusCase: CustomTestStringConvertible, Sendable {
    let name: String
    let result: Verdict.Result
    let rule: VerdictRule
    /// What the result that decided must say.
    let says: String?
    let record: RunRecord
    /// Reports of several machines, which are one run.
    let parts: [ShardMerging.Part]?

    /// What the results come to, as they are or as they are merged.
    func decided() throws -> (verdict: Verdict, checks: [CheckResult]) {
        guard let parts else { return (Verdict.decide(record), record.effectiveResults) }
        let merged = try #require(ShardMerging.merge(parts))
        return (Verdict(decidedBy: merged.decidedBy, rule: merged.rule, counts: merged.counts), merged.checks)
    }

    var testDescription: String { name }

    static func load(_ file: String) throws -> [CorpusCase] {
        let url = try #require(Bundle.module.url(forResource: file, withExtension: "json", subdirectory: "Corpus"))
        let cases = try #require(try JSONValue(parsing: Data(contentsOf: url)).array)
        return try cases.map { try CorpusCase($0) }
    }

    private init(_ json: JSONValue) throws {
        name = try #require(json["name"]?.string)
        result = try #require(json["want"]?.string.flatMap(Verdict.Result.init(rawValue:)))
        rule = try #require(json["because"]?.string.flatMap(VerdictRule.init(rawValue:)))
        says = json["says"]?.string
        var results = try (json["checks"]?.array ?? []).flatMap { try Self.results($0) }
        var controls = try Self.controls(json["controls"])
        var target = Self.target(json["target"])
        var window = RunWindow(start: 1000, end: 1060)
        if let junit = json["junit"]?.string {
            let run = Self.runnerRun(json["run"])
            let judged = JUnitAudit.judge(Array(junit.utf8), of: run)
            results += judged.results
            controls += judged.controls
            window = run.window
            target?.identity = .elsewhere
        }
        record = RunRecord(
            results: results,
            expectations: try (json["expect"]?.object ?? [:]).map { suite, bounds in
                SuiteExpectation(
                    suite: suite, minimumChecks: try #require(bounds[0]?.int),
                    maximumSkipped: try #require(bounds[1]?.int))
            }.sorted { $0.suite < $1.suite },
            gates: Self.gates(json["gates"]), target: target, window: window, controls: controls,
            index: Self.index(json["index"]),
            acceptedSkips: (json["acceptedSkips"]?.object ?? [:]).compactMapValues(\.int),
            statedCounts: json["stated"]?.object?.compactMapValues(\.int))
        parts = try Self.parts(json)
    }

    static func controls(_ json: JSONValue?) throws -> [ControlResult] {
        try (json?.array ?? []).map { control in
            ControlResult(
                suite: try #require(control[0]?.string), id: try #require(control[1]?.string),
                outcome: try #require(control[2]?.string.flatMap(ControlResult.Outcome.init(rawValue:))))
        }
    }

    static func gates(_ json: JSONValue?) -> Gates {
        Gates(
            indexCoverage: json?["indexCoverage"]?.int, maximumFlaky: json?["maximumFlaky"]?.int,
            maximumExcused: json?["maximumExcused"]?.int, skipsMayGrow: json?["skipsMayGrow"]?.bool)
    }

    static func index(_ json: JSONValue?) -> SuiteIndex? {
        json?.array.map { entries in
            SuiteIndex(entries: entries.compactMap(\.string).flatMap(expanded).compactMap(entry))
        }
    }

    /// `c{1-3}` is `c1`, `c2` and `c3`.
    static func expanded(_ text: String) -> [String] {
        guard let open = text.firstIndex(of: "{"), text.hasSuffix("}") else { return [text] }
        let bounds = text[open...].dropFirst().dropLast().split(separator: "-").compactMap { Int($0) }
        guard bounds.count == 2, bounds[0] <= bounds[1] else { return [text] }
        return (bounds[0]...bounds[1]).map { text[..<open] + String($0) }
    }

    private static func entry(_ text: String) -> SuiteIndex.Entry? {
        let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
        return parts.count == 2 ? SuiteIndex.Entry(suite: parts[0], id: parts[1]) : nil
    }

    static func target(_ json: JSONValue?) -> MeasuredTarget? {
        if json == .null { return nil }
        let authorities = json?["authorities"]?.array?.compactMap(\.string) ?? ["api.example"]
        return MeasuredTarget(
            authorities: Set(authorities), revision: json?["revision"] == nil ? "r-2" : json?["revision"]?.string,
            identity: json?["identity"]?.string.flatMap(MeasuredTarget.Identity.init(rawValue:)) ?? .everyAnswer)
    }

    private static func runnerRun(_ json: JSONValue?) -> RunnerRun {
        RunnerRun(
            suite: "s", priority: .p3, window: RunWindow(start: 1000, end: 1060),
            reportWrittenAt: json?["written"]?.double ?? 1060, exitCode: Int32(json?["exit"]?.int ?? 0),
            requests: json?["requests"] == nil ? 12 : json?["requests"]?.int,
            controls: json?["controls"]?.array?.compactMap(\.string) ?? [])
    }

    static func results(_ json: JSONValue) throws -> [CheckResult] {
        let status = try #require(json["status"]?.string.flatMap(CheckStatus.init(rawValue:)))
        let result = CheckResult(
            id: "", suite: json["suite"]?.string ?? "s",
            priority: json["priority"]?.string.flatMap(Priority.init(rawValue:)) ?? .p3, status: status,
            milliseconds: json["ms"]?.double ?? 12, attempts: json["attempts"]?.int ?? (status.hasRun ? 1 : 0),
            evidence: status.hasRun ? evidence(json["evidence"]) : Evidence(), summary: json["summary"]?.string)
        return expanded(try #require(json["id"]?.string)).map { id in
            var result = result
            result.id = id
            return result
        }
    }

    private static func evidence(_ json: JSONValue?) -> Evidence {
        func value(_ key: String, or honest: JSONValue) -> JSONValue { json?[key] ?? honest }
        var evidence = Evidence(
            url: value("url", or: "https://api.example/health").string, traceID: "0af7651916cd43dd8448eb211c80319c")
        evidence.status = value("status", or: 200).int
        evidence.revision = value("revision", or: "r-2").string
        evidence.witness = json?["witness"]?.string
        evidence.startedAt = value("startedAt", or: 1000.5).double
        evidence.requests = json?["requests"]?.int
        evidence.bytes = value("bytes", or: 40).int
        evidence.messages = json?["messages"]?.int
        evidence.closeCode = json?["closeCode"]?.int
        evidence.reusedConnection = json?["reusedConnection"]?.bool
        if let phases = value("phases", or: [1, 2, 0, 8, 10]).array?.compactMap(\.double), phases.count == 5 {
            evidence.phases = Phases(
                nameLookup: phases[0], connect: phases[1], tls: phases[2], firstByte: phases[3], total: phases[4])
        }
        evidence.attempts = (json?["attempts"]?.array ?? []).map {
            Evidence.Attempt(
                status: $0[0]?.int, milliseconds: $0[1]?.double ?? 0, problem: $0[2]?.string)
        }
        return evidence
    }
}

extension JSONValue {
    var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    var int: Int? {
        switch self {
        case .integer(let value): Int(exactly: value)
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }
}
