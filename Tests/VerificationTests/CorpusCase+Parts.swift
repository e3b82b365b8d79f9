import JSON
import Testing
import Verification

extension CorpusCase {
    /// Reports of parts as a data file tells them. What a part does not say is as in an honest run: its checks passed,
    /// in time, against what all parts are run against.
    static func parts(_ json: JSONValue) throws -> [ShardMerging.Part]? {
        guard let parts = json["parts"]?.array else { return nil }
        let plan = json["plan"]?.array ?? []
        return try parts.enumerated().map { try part($1, number: $0 + 1, plan: plan) }
    }

    private static func part(_ json: JSONValue, number: Int, plan: [JSONValue]) throws -> ShardMerging.Part {
        let results = try (json["checks"]?.array ?? []).flatMap { try Self.results($0) }
        var suite = ShardedRun.Suite(Verification.Suite(name: "s", priority: .p3), isNarrowed: false)
        suite.checks = (json["plan"]?.array ?? plan).compactMap(\.string).flatMap(expanded)
        suite.maximumSkipped = json["maximumSkipped"]?.int ?? 0
        let measured = target(json["target"])
        let whole = ShardedRun(
            environment: json["environment"]?.string ?? "staging", suites: [suite],
            targets: [
                .init(service: "backend", revision: measured?.revision, digest: "sha256:1", measured: measured)
            ],
            gates: gates(json["gates"]), index: index(json["index"]),
            acceptedSkips: (json["acceptedSkips"]?.object ?? [:]).compactMapValues(\.int))
        let record = RunRecord(
            results: results, expectations: [SuiteExpectation(suite: "s", maximumSkipped: suite.maximumSkipped)],
            target: measured, controls: try controls(json["controls"] ?? [["s", "control", "failed"]]))
        var document = VerdictDocument(
            SuiteRun(verdict: Verdict.decide(record), results: record.effectiveResults, controls: record.controls),
            suites: [])
        let ran = json["ran"]?.array?.compactMap(\.double) ?? [1000, 1060]
        if let shard = (json["shard"]?.string).flatMap(SuiteSelection.Shard.init(parsing:)) {
            document.shard = ShardRecord(shard, of: whole, window: RunWindow(start: ran[0], end: ran[1]))
        }
        if let index = json["index number"]?.int { document.shard?.index = index }
        if let said = (json["said"]?.string).flatMap(Verdict.Result.init(rawValue:)) { document.result = said }
        if let left = json["left out"]?.int { document.checks.removeLast(left) }
        if let policies = json["uses"]?.array?.compactMap(\.int) {
            document.policies = policies.map { uses in
                PolicyUse(
                    Policy(
                        kind: .waive, match: "c*", owner: "o", issue: "I-1", reason: "r",
                        expires: CalendarDay(secondsSince1970: 1_790_864_000), maximumUses: 2),
                    suite: Verification.Suite(name: "s", priority: .p3), uses: uses, today: today)
            }
        }
        return ShardMerging.Part(name: json["name"]?.string ?? "\(number).json", document: document)
    }
}
