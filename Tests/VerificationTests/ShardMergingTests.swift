import Configuration
import Testing
import Verification

/// Verdicts of parts as one. Over random runs that are cut into random parts.
struct ShardMergingTests {
    static let runs = 2000

    /// A whole run, and its parts as their machines report them.
    struct Cut {
        var record: RunRecord
        var whole: ShardedRun
        var parts: [ShardMerging.Part]
    }

    static func cut(_ seed: UInt64) -> Cut {
        var record = VerdictPropertyTests.record(seed)
        record.controls = record.controls.filter { control in record.results.contains { $0.suite == control.suite } }
        var generator = SeededGenerator(seed: seed &+ 1_000_000)
        let names = record.expectations.map(\.suite)
        let whole = ShardedRun(
            environment: "staging",
            suites: names.map { name in
                var suite = ShardedRun.Suite(
                    Verification.Suite(name: name, priority: .p1), isNarrowed: false)
                suite.checks = record.results.filter { $0.suite == name }.map(\.id)
                let expectation = record.expectations.first { $0.suite == name }
                suite.minimumChecks = expectation?.minimumChecks ?? 1
                suite.maximumSkipped = expectation?.maximumSkipped ?? 0
                return suite
            },
            targets: [
                .init(service: "backend", revision: record.target?.revision, digest: "d", measured: record.target)
            ],
            gates: record.gates, index: record.index, acceptedSkips: record.acceptedSkips)
        let count = Int.random(in: 1...5, using: &generator)
        var shares = [[CheckResult]](repeating: [], count: count)
        for result in record.results { shares[Int.random(in: 0..<count, using: &generator)].append(result) }
        let parts = shares.enumerated().map { index, results in
            part(index + 1, of: count, results, record: record, whole: whole)
        }
        return Cut(record: record, whole: whole, parts: parts.shuffled(using: &generator))
    }

    static func part(
        _ index: Int, of count: Int, _ results: [CheckResult], record: RunRecord, whole: ShardedRun
    ) -> ShardMerging.Part {
        let own = Set(results.map(\.suite))
        let part = RunRecord(
            results: results, expectations: own.sorted().map { SuiteExpectation(suite: $0) }, gates: record.gates,
            target: record.target, controls: record.controls.filter { own.contains($0.suite) })
        let run = SuiteRun(
            verdict: Verdict.decide(part), results: part.effectiveResults,
            notes: ["only a selection of the checks was run"],
            controls: part.controls)
        let shard = SuiteSelection.Shard(parsing: "\(index)/\(count)").map {
            ShardRecord($0, of: whole, window: RunWindow(start: 1000, end: 1060))
        }
        return ShardMerging.Part(
            name: "\(index).json", document: VerdictDocument(run, suites: [], shard: shard))
    }

    static func sum(_ counts: VerdictCounts) -> Int {
        counts.dictionary.filter { $0.key != "total" }.values.reduce(0, +)
    }

    @Test func `who knows the whole is told by parts alone what ran, and takes none of another`() {
        for seed in 0..<UInt64(300) {
            let cut = Self.cut(seed)
            let count = cut.parts.count
            let expected = ShardMerging.merge(cut.parts, expecting: cut.whole, in: count)
            #expect(expected == ShardMerging.merge(cut.parts), "seed \(seed)")
            let nothing = ShardMerging.merge([], expecting: cut.whole, in: count)
            #expect(nothing.result == .incomplete && nothing.counts[.passed] == 0, "seed \(seed)")
            #expect(nothing.shards?.lost == Array(1...count), "seed \(seed)")
            var other = cut.whole
            other.suites.append(ShardedRun.Suite(Verification.Suite(name: "more", priority: .p1), isNarrowed: false))
            let foreign = ShardMerging.merge(cut.parts, expecting: other, in: count)
            #expect(foreign.shards?.foreign.count == count && foreign.counts[.passed] == 0, "seed \(seed)")
            #expect(foreign.result == .incomplete, "seed \(seed)")
        }
    }

    @Test func `all parts together say what the whole run would have said`() {
        var seen: Set<VerdictRule> = []
        for seed in 0..<UInt64(Self.runs) {
            let cut = Self.cut(seed)
            let whole = Verdict.decide(cut.record)
            let merged = ShardMerging.merge(cut.parts)
            #expect(merged?.result == whole.result, "seed \(seed): \(whole.rule), merged: \(merged?.rule ?? "")")
            #expect(merged?.decidedBy == whole.decidedBy, "seed \(seed)")
            #expect(merged?.counts == whole.counts, "seed \(seed)")
            #expect(merged?.counts.addUp == true && merged?.counts.total == merged?.checks.count, "seed \(seed)")
            seen.insert(whole.decidedBy)
        }
        #expect(seen.count >= 10, "\(seen)")
    }

    @Test func `the order of the parts does not matter`() {
        for seed in 0..<UInt64(Self.runs) {
            let parts = Self.cut(seed).parts
            #expect(ShardMerging.merge(parts) == ShardMerging.merge(parts.reversed()), "seed \(seed)")
        }
    }

    @Test func `without one of its parts a run is incomplete at best, and the part is named`() {
        for seed in 0..<UInt64(Self.runs) {
            let cut = Self.cut(seed)
            guard cut.parts.count > 1, let whole = ShardMerging.merge(cut.parts) else { continue }
            var parts = cut.parts
            let lost = parts.remove(at: Int(seed) % parts.count)
            guard let merged = ShardMerging.merge(parts) else { return #expect(Bool(false)) }
            #expect(merged.result <= .incomplete, "seed \(seed): \(merged.rule)")
            #expect(merged.result < .pass)
            #expect(merged.shards?.lost == lost.document.shard.map { [$0.index] })
            // What nobody reports counts as not run: the total stays.
            #expect(merged.counts.total == whole.counts.total, "seed \(seed)")
            #expect(Self.sum(merged.counts) == merged.counts.total)
        }
    }

    @Test func `a part that is there twice is counted once, as its worse report, and makes the run incomplete`() {
        for seed in 0..<UInt64(Self.runs) {
            let cut = Self.cut(seed)
            let part = cut.parts[Int(seed) % cut.parts.count]
            var again = part
            again.name = "again.json"
            guard let whole = ShardMerging.merge(cut.parts), let merged = ShardMerging.merge(cut.parts + [again])
            else { return #expect(Bool(false)) }
            #expect(merged.result <= min(whole.result, .incomplete), "seed \(seed): \(merged.rule)")
            #expect(merged.counts == whole.counts, "seed \(seed)")
            #expect(merged.shards?.duplicate == part.document.shard.map { [$0.index] })
        }
    }

    @Test func `a failure in any part fails the whole, also with a better report of the same part`() {
        for seed in 0..<UInt64(Self.runs) {
            let cut = Self.cut(seed)
            let index = Int(seed) % cut.parts.count
            let part = cut.parts[index]
            guard var results = part.document.shard.map({ _ in part.document.checks }), !results.isEmpty,
                let shard = part.document.shard
            else { continue }
            results[Int(seed / 3) % results.count].status = .failed
            var failing = Self.part(shard.index, of: shard.count, results, record: cut.record, whole: cut.whole)
            failing.name = "failing.json"
            var instead = cut.parts
            instead[index] = failing
            #expect(ShardMerging.merge(instead)?.result == .fail, "seed \(seed)")
            #expect(ShardMerging.merge(cut.parts + [failing])?.result == .fail, "seed \(seed)")
        }
    }

    /// What traps in arithmetic if it is believed, in every part alike.
    @Test(
        arguments: [
            { $0.whole.gates.maximumFlaky = .max }, { $0.whole.gates.indexCoverage = .max },
            { $0.whole.gates.maximumFlaky = -1 }, { $0.whole.suites[0].maximumSkipped = -1 }, { $0.count = .min },
            { $0.count = 1001 }, { $0.window = RunWindow(start: .nan, end: 0) },
        ] as [@Sendable (inout ShardRecord) -> Void])
    func `numbers that no run has make a report none of a part`(_ forge: @Sendable (inout ShardRecord) -> Void) {
        var parts = Self.three()
        for index in parts.indices {
            guard var shard = parts[index].document.shard else { continue }
            forge(&shard)
            parts[index].document.shard = shard
        }
        #expect(ShardMerging.merge(parts) == nil)
        let merged = ShardMerging.merge(parts + Self.three())
        #expect(merged?.decidedBy == .foreignShard, "\(merged?.rule ?? "")")
    }

    static func three() -> [ShardMerging.Part] {
        let results = (0..<9).map { VerdictTests.result($0 == 1 ? .waived : .passed, "c\($0)", suite: "s") }
        let record = RunRecord(results: results, expectations: [SuiteExpectation(suite: "s")])
        var suite = ShardedRun.Suite(Verification.Suite(name: "s", priority: .p1), isNarrowed: false)
        suite.checks = results.map(\.id)
        let whole = ShardedRun(
            environment: "staging", suites: [suite],
            targets: [.init(service: "backend", revision: "r-2", digest: "sha256:1", measured: nil)], gates: Gates(),
            index: SuiteIndex(entries: results.map { .init(suite: "s", id: $0.id) }))
        return (1...3).map { index in
            part(
                index, of: 3, results.enumerated().filter { $0.offset % 3 == index % 3 }.map(\.element),
                record: record, whole: whole)
        }
    }

    @Test(arguments: forgeries.indices)
    func `what is forged, lost or of another run never passes`(_ number: Int) {
        var parts = Self.three()
        #expect(ShardMerging.merge(parts)?.result == .pass)
        let (forge, rule, words) = Self.forgeries[number]
        // c1 is waived, and in the first part.
        let index = number == 9 ? 0 : 1
        forge(&parts[index].document)
        let merged = ShardMerging.merge(parts)
        #expect(merged?.decidedBy == rule, "\(merged?.rule ?? "nothing")")
        #expect(merged?.rule.contains(words) == true, "\(merged?.rule ?? "nothing")")
    }

    @Test(arguments: [
        ("environment", "environment `production` instead of `staging`"), ("revision", "revision `backend r-9`"),
        ("index", "another test index"), ("count", "one of 4 shards instead of 3"), ("none", "not a part of a run"),
        ("time", "ran 48 h before the newest"), ("gates", "that no environment may give"),
    ])
    func `says why a report is not a part`(_ what: String, _ words: String) {
        var parts = Self.three()
        var stranger = parts[1]
        stranger.name = "stranger.json"
        switch what {
        case "environment": stranger.document.shard?.whole.environment = "production"
        case "revision": stranger.document.shard?.whole.targets[0].revision = "r-9"
        case "index": stranger.document.shard?.whole.index = nil
        case "count": stranger.document.shard?.count = 4
        case "time": stranger.document.shard?.window = RunWindow(start: -180_000, end: 1060 - 172_800)
        case "gates": stranger.document.shard?.whole.gates.maximumFlaky = 1000
        default: stranger.document.shard = nil
        }
        parts.append(stranger)
        let merged = ShardMerging.merge(parts)
        #expect(merged?.decidedBy == .foreignShard, "\(merged?.rule ?? "")")
        #expect(merged?.rule.contains(words) == true, "\(merged?.rule ?? "")")
    }

    @Test func `uses of a policy are counted over all parts`() {
        var parts = Self.three()
        let policy = Policy(
            kind: .waive, match: "c*", owner: "o", issue: "I-1", reason: "r",
            expires: CalendarDay(secondsSince1970: 1_790_864_000), maximumUses: 2)
        for index in parts.indices {
            parts[index].document.policies = [
                PolicyUse(policy, suite: Verification.Suite(name: "s", priority: .p1), uses: 1, today: today)
            ]
        }
        let merged = ShardMerging.merge(parts)
        #expect(merged?.decidedBy == .tooManyExcused)
        #expect(merged?.rule.contains("was used 3 times, 2 are allowed") == true, "\(merged?.rule ?? "")")
        #expect(merged?.policies.map(\.uses) == [3])
    }

    /// Alone it would have been told so: `backend` and `frontend` have addresses of their own.
    @Test(arguments: [("backend", VerdictRule.allAsWanted), ("frontend", .wrongTarget)])
    func `a suite that asked another service of the run says nothing about its own`(
        _ service: String, _ rule: VerdictRule
    ) {
        var parts = Self.three()
        for index in parts.indices {
            parts[index].document.shard?.whole.targets = ["backend", "frontend"].map {
                .init(
                    service: $0, revision: nil, digest: nil, measured: MeasuredTarget(authorities: ["\($0).example"]))
            }
            parts[index].document.shard?.whole.suites[0].service = service
            for check in parts[index].document.checks.indices {
                parts[index].document.checks[check].evidence.url = "https://backend.example/health"
            }
        }
        let merged = ShardMerging.merge(parts)
        #expect(merged?.decidedBy == rule, "\(merged?.rule ?? "")")
    }

    @Test func `reports that are no parts at all are nothing to merge`() {
        var part = Self.three()[0]
        part.document.shard = nil
        #expect(ShardMerging.merge([part]) == nil)
        #expect(ShardMerging.merge([]) == nil)
    }
}
