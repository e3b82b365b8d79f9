import JSON
import Reporting
import Testing
import Verification

/// Five runs that were called ready, by their numbers.
@Suite struct SeedReportTests {
    @Test(arguments: [
        (
            SeedRun.partOfTheIndex, Verdict.Result.fail, VerdictRule.failed, ReportedVerdict.Headline.hold, 466, 146, 7,
            313
        ),
        (.unavailableService, .fail, .failed, .failed, 1000, 14, 5, 981),
        (.skippedModules, .incomplete, .indexCoverage, .hold, 153, 123, 0, 30),
        (.timedOut, .fail, .failed, .hold, 1000, 22, 1, 977),
        (.lostConnections, .fail, .failed, .hold, 25, 22, 3, 0),
    ])
    func `the verdict is the honest one, in every rendering`(
        run: SeedRun, result: Verdict.Result, rule: VerdictRule, headline: ReportedVerdict.Headline, total: Int,
        passed: Int, failed: Int, idle: Int
    ) throws {
        let report = run.report
        #expect(report.verdict.result == result && report.verdict.decidedBy == rule, "\(report.verdict.rule)")
        #expect(report.verdict.headline == headline)
        #expect(report.counts.total == total && report.counts[.passed] == passed && report.counts[.failed] == failed)
        #expect(report.counts.total - report.counts.ran == idle)

        for rendering in [ReportRendering.html, .md, .txt] {
            let text = Self.plain(rendering.text(of: report))
            #expect(text.contains(headline.rawValue) && text.contains(result.rawValue), "\(rendering)")
            #expect(!text.contains("RELEASE"), "\(rendering)")
        }
        let json = try JSONValue(parsing: ReportJSON.render(report))
        #expect(json["verdict"]?["headline"]?.string == headline.rawValue)
        #expect(json["counts"]?["total"]?.integer == Int64(total) && json["checks"]?.array?.count == total)
        #expect(json["counts"]?["passed"]?.integer == Int64(passed))
        #expect(
            ReportJUnit.render(report).contains(
                "tests=\"\(total)\" failures=\"\(failed)\" errors=\"0\" skipped=\"\(idle)\""))
    }

    /// What each report held, where its reader looks for it. Names and numbers in the order of their row.
    private static let held: [SeedRun: [String]] = [
        .partOfTheIndex: [
            "P2 $80K MRR protected 10 10 0 0 0", "P4 $30K MRR protected 15 15 0 0 0",
            "P6 $5K MRR protected 15 15 0 0 0",
            "P1 $120K MRR at risk 338 24 1 0 313", " 466 146 7 0 313",
            "p1 P1 team 25 24 1 0 0", "websocket-events P3 team 5 2 3 0 0", "agent-pipeline P3 team 6 3 3 0 0",
            "message-flow P3 team 5 5 0 0 0", "critical-path P3 team 6 6 0 0 0", "startup-resilience P3 team 6 6 0 0 0",
            "7 checks", "the service does not accept the token", "the upgrade was answered with 403, wanted 101",
            "p1/test_002_websocket_authentication_real", "agent-pipeline/test_real_pipeline_error_handling",
            "websocket-events/test_concurrent_websocket_real",
            "p1/api-95 p95 not measured – to – 100 ms 0 0 uncertain",
            "p1/websocket-95 p95 not measured – to – 50.0 ms 0 0 uncertain",
            "p1/agent-start-95 p95 not measured – to – 500 ms 0 0 uncertain",
            "20 of 20 accepted, 20 at once", "153 of 466 tests of the index ran (32 %), 146 passed",
            "45 min 41 s at this pace", "15 min 00 s", "5882 ms on average, 10.2 in a minute",
            "backend-00222-tmm", "auth-00222-tmm 100 %", "backend: healthy", "auth: healthy",
            "1 vCPU, 512 MiB", "commit 0e37b561b", "run the 313 tests of the index that have no result",
        ],
        .unavailableService: [
            "P1 $120K MRR at risk 1000 14 5 0 981", "websocket-events P1 team 5 3 2 0 0",
            "agent-pipeline P1 team 6 3 3 0 0", "coordination P1 team 1 1 0 0 0", "5 checks",
            "websocket-events/api-95 p95 85.0 ms – to – 100 ms 1 0 uncertain",
            "websocket-events/websocket-95 p95 42.0 ms – to – 50.0 ms 1 0 uncertain",
            "websocket-events/agent-start-95 p95 380 ms – to – 500 ms 1 0 uncertain",
            "19 of 1000 tests of the index ran (1 %), 14 passed", "1 min 12 s",
            "backend: not healthy", "0 of 1", "status 503", "at risk: P1 ($120K MRR)",
        ],
        .skippedModules: [
            "P1 $120K MRR protected 25 25 0 0 0 1 min 02 s", "P2 $80K MRR protected 10 10 0 0 0 23.6 s",
            "P3 $50K MRR not proven 73 43 0 0 30", "P5 $10K MRR protected 15 15 0 0 0 11.8 s",
            "core-1-5 P3 team 28 28 0 0 0 53.8 s", "core-6-10 P3 team 30 0 0 0 30",
            "30 skipped: the environment was not found", "not proven: P3 ($50K MRR)",
            "p1/answers-50 p50 not measured – to – 500 ms 0 0 uncertain",
            "p1/answers-99 p99 not measured – to – 2000 ms 0 0 uncertain",
            "p1/cold-start-95 p95 not measured – to – 5000 ms 0 0 uncertain", "10 of 10 accepted, 10 at once",
            "123 of 153 tests of the index ran (80 %), 123 passed", "3 min 06 s",
            "find out why 30 checks did not run",
        ],
        .timedOut: [
            "P1 $120K MRR at risk 1000 22 1 0 977", "p1/test_023_streaming_partial_results_real",
            "no answer in time: 30 s", "the stream sends nothing before the time is over", "30000 ms",
            "p1/average-95 p95 97.2 ms – to – 100 ms 1 0 uncertain", "20 of 20 accepted, 20 at once",
            "23 of 1000 tests of the index ran (2 %), 22 passed", "240 min 00 s",
            "netra-backend-staging-00222-tmm 100 %",
            "0e37b561b", "78 % smaller than backend-00221-old", "1 vCPU, 512 MiB", "a month", "backend: healthy",
            "auth: healthy",
        ],
        .lostConnections: [
            "P1 $120K MRR at risk 25 22 3 0 0", "closed with 1011", "the handler of the connection failed", "3 checks",
            "p1/test_001_websocket_connection_real", "p1/test_003_websocket_message_send_real",
            "9 routes answered 404: /api/auth/sessions", "2 routes answered 403: /api/chat/stream", "35 min 00 s",
            "25 of 25 tests of the index ran (100 %), 22 passed", "84000 ms on average, 0.7 in a minute",
        ],
    ]

    @Test(arguments: SeedRun.allCases)
    func `everything that the report held has its place in the page and in Markdown`(run: SeedRun) {
        let report = run.report
        let texts = [Self.plain(HTMLReport.render(report) { _ in "HASH" }), Self.plain(MarkdownReport.render(report))]
        for words in Self.held[run] ?? [] {
            for (text, name) in zip(texts, ["html", "md"]) {
                // A window is a row of a table on the page.
                let isThere = text.contains(words) || text.contains(words.replacing(": ", with: " "))
                #expect(isThere, "\(name): \(words)")
            }
        }
    }

    @Test(arguments: SeedRun.allCases)
    func `every table adds up to all checks`(run: SeedRun) {
        let report = run.report
        func sums(_ counts: [VerdictCounts]) -> [Int] {
            CheckStatus.allCases.map { status in counts.reduce(0) { $0 + $1[status] } }
        }
        let all = sums([report.counts])
        #expect(sums(report.priorities.map(\.counts)) == all)
        #expect(sums(report.suites.map(\.counts)) == all)
        #expect(sums(report.modules.map(\.counts)) == all)
        #expect(report.checks.count == report.counts.total)
        #expect(report.notRun.reduce(0) { $0 + $1.count } == report.counts.total - report.counts.ran)
    }

    @Test func `value is protected only where every check of the priority passed`() {
        func standings(_ run: SeedRun) -> [Priority: PriorityStanding.State] {
            Dictionary(run.report.priorities.map { ($0.priority, $0.state) }, uniquingKeysWith: { $1 })
        }
        #expect(
            standings(.partOfTheIndex) == [
                .p1: .atRisk, .p2: .protected, .p3: .atRisk, .p4: .protected, .p5: .protected, .p6: .protected,
            ])
        #expect(standings(.skippedModules)[.p3] == .unproven && standings(.skippedModules)[.p2] == .protected)
    }

    @Test func `failures that look alike are one cluster, with the checks that it holds`() throws {
        let clusters = SeedRun.partOfTheIndex.report.clusters
        let first = try #require(clusters.first)
        #expect(clusters.count == 1 && first.checks.count == 7 && first.priority == .p1)
        #expect(first.cause == "the service does not accept the token")
    }

    @Test(arguments: SeedRun.allCases)
    func `a limit that one sample kept is not met, and one that nobody measured neither`(run: SeedRun) {
        let objectives = run.report.objectives
        #expect(objectives.count == run.targets.count)
        #expect(objectives.allSatisfy { $0.result == .uncertain && $0.samples < 2 })
    }

    @Test func `progress towards the index is rounded down, and tells what is missing`() throws {
        let index = try #require(SeedRun.partOfTheIndex.report.index)
        #expect(index.listed == 466 && index.ran == 153 && index.percent == 32 && index.missing == ["other": 313])
    }

    @Test func `what did not run is the first thing to do when nothing failed`() {
        let report = SeedRun.skippedModules.report
        #expect(report.recommendations.first?.evidence == "30 skipped: the environment was not found")
    }

    /// Without marks and tags, each space once.
    private static func plain(_ text: String) -> String {
        var result = ""
        var isTag = false
        for character in text {
            if character == "<" { isTag = true }
            if isTag || "|`\n".contains(character) {
                if result.last != " " { result.append(" ") }
            } else if character != " " || result.last != " " {
                result.append(character)
            }
            if character == ">" { isTag = false }
        }
        for (entity, character) in [("&quot;", "\""), ("**", "")] { result = result.replacing(entity, with: character) }
        return result.replacing(/&#(\d+);/) { match in
            UInt32(match.1).flatMap(Unicode.Scalar.init).map { String(Character($0)) } ?? ""
        }
    }
}
