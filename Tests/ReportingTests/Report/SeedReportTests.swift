import Reporting
import Testing
import Verification

/// Five runs that were called ready, by their numbers.
@Suite struct SeedReportTests {
    @Test(arguments: [
        (SeedRun.partOfTheIndex, Verdict.Result.fail, VerdictRule.failed, 466, 146, 7),
        (.unavailableService, .fail, .failed, 1000, 14, 5),
        (.skippedModules, .incomplete, .indexCoverage, 466, 123, 0),
        (.timedOut, .fail, .failed, 1000, 22, 1),
        (.lostConnections, .fail, .failed, 25, 22, 3),
    ])
    func `the verdict is the honest one`(
        run: SeedRun, result: Verdict.Result, rule: VerdictRule, total: Int, passed: Int, failed: Int
    ) {
        let report = run.report
        #expect(report.verdict.result == result && report.verdict.decidedBy == rule, "\(report.verdict.rule)")
        #expect(report.verdict.headline == .hold)
        #expect(report.counts.total == total && report.counts[.passed] == passed && report.counts[.failed] == failed)
    }

    @Test(arguments: SeedRun.allCases, ReportRendering.allCases)
    func `each renders, with its verdict and its numbers`(run: SeedRun, rendering: ReportRendering) {
        let report = run.report
        let text = rendering.text(of: report)
        #expect(text.contains("\(report.counts[.passed])"))
        if rendering != .xml { #expect(text.contains("HOLD") && text.contains(report.verdict.result.rawValue)) }
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
        let standings = Dictionary(
            SeedRun.partOfTheIndex.report.priorities.map { ($0.priority, $0.state) }, uniquingKeysWith: { $1 })
        #expect(
            standings == [
                .p1: .atRisk, .p2: .protected, .p3: .atRisk, .p4: .protected, .p5: .protected, .p6: .protected,
            ])
        let skipped = Dictionary(
            SeedRun.skippedModules.report.priorities.map { ($0.priority, $0.state) }, uniquingKeysWith: { $1 })
        #expect(skipped[.p3] == .unproven && skipped[.p2] == .protected)
    }

    @Test func `failures that look alike are one cluster, with the checks that it holds`() throws {
        let clusters = SeedRun.partOfTheIndex.report.clusters
        let first = try #require(clusters.first)
        #expect(clusters.count == 1 && first.checks.count == 7 && first.priority == .p1)
        #expect(first.cause == "the service does not accept the token")
    }

    @Test func `a limit that one sample kept is not met, it is uncertain`() {
        let objectives = SeedRun.unavailableService.report.objectives
        #expect(objectives.count == 5 && objectives.allSatisfy { $0.result == .uncertain && $0.samples == 1 })
    }

    @Test func `progress towards the index is rounded down, and tells what is missing`() throws {
        let index = try #require(SeedRun.partOfTheIndex.report.index)
        #expect(index.listed == 466 && index.ran == 153 && index.percent == 32 && index.missing == ["other": 313])
    }

    @Test func `what did not run is the first thing to do when nothing failed`() {
        let report = SeedRun.skippedModules.report
        #expect(report.recommendations.first?.evidence == "30 skipped: the environment was not found")
        #expect(report.recommendations.contains { $0.action.contains("343 tests of the index") })
    }
}
