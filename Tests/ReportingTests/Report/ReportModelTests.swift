import Configuration
import Loop
import Releases
import Reporting
import Testing
import Verification

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct ReportModelTests {
    private let promoted = FixedRelease(fails: false).report
    private let undone = FixedRelease(fails: true).report

    @Test func `the headline is what came of the release`() {
        #expect(promoted.verdict.headline == .release && promoted.verdict.result == .pass)
        #expect(undone.verdict.headline == .rolledBack && undone.verdict.decidedBy == .failed)
    }

    @Test func `each result belongs to a revision, an image and a commit`() throws {
        let target = try #require(promoted.targets.first)
        #expect(target.revision == "backend-00008-new" && target.digest?.hasPrefix("sha256:5") == true)
        #expect(target.commit?.hasPrefix("c0ffee") == true && target.region == "us-central1")
        #expect(promoted.checks.filter { $0.status.hasRun }.allSatisfy { $0.target == 0 })
    }

    @Test func `steps begin when what they need has ended, within the second of the journal`() {
        let starts = promoted.steps.compactMap(\.start)
        #expect(starts.count == promoted.steps.count && starts[0] == 0)
        #expect(abs(starts[1] - 8.4) < 0.8 && starts == starts.sorted() || starts[2] < starts[3])
    }

    @Test func `traffic is told from before the release to its end`() throws {
        #expect(promoted.traffic.map { $0.shares.map(\.percent) } == [[100], [90, 10], [100]])
        let service = try #require(promoted.services.first)
        #expect(service.trafficBefore.map(\.revision) == ["backend-00007-old"])
        #expect(service.trafficAfter.map(\.revision) == ["backend-00008-new"])
    }

    @Test func `what costs is estimated from a dated list, region by region`() throws {
        let cost = try #require(promoted.services.first?.resources?.cost)
        // 2 vCPU and 1 GiB for 730 hours: idle (2 + 1) × 0.0000025, busy 2 × 0.000024 + 0.0000025, for 2,628,000 s.
        #expect(abs(cost.idle - 19.71) < 0.005 && abs(cost.busyInstance - 132.714) < 0.005)
        #expect(abs(cost.ceiling - 1327.14) < 0.05 && cost.tier == 1)
        #expect(promoted.prices?.asOf == "2025-10" && promoted.prices?.url == "https://cloud.google.com/run/pricing")
        var resources = try #require(promoted.services.first?.resources)
        #expect(PriceTable.cloudRun.estimate(resources, region: "mars-north1") == nil)
        resources.isBilledByInstance = true
        #expect(PriceTable.cloudRun.estimate(resources, region: "us-central1")?.millionRequests == 0)
    }

    @Test(arguments: [
        ("2025-10-31T00:00:00Z", 0, false), ("2026-09-30T00:00:00Z", 11, false), ("2026-10-01T00:00:00Z", 12, true),
    ])
    func `a list of prices tells its month, and that it is old after a year`(moment: String, months: Int, isOld: Bool) {
        let source = PriceTable.cloudRun.source.shown(at: moment)
        #expect(source.ageMonths == months && source.isOld == isOld)
        var report = promoted
        report.prices = source
        let text = TextReport.render(report)
        #expect(text.contains("price list of 2025-10"))
        #expect(text.contains("12 months old, so look the prices up again") == isOld)
        #expect(MarkdownReport.render(report).contains("look the prices up again") == isOld)
        #expect(HTMLReport.render(report) { _ in "" }.contains("look the prices up again") == isOld)
    }

    /// Somebody has to read the list once a year; a failure would be of a day and not of a change.
    @Test func `the list of prices is not old today, or this says so`() throws {
        let days = Int64(Date().timeIntervalSince1970 * 1000)
        let source = PriceTable.cloudRun.source.shown(at: MomentText.rfc3339(milliseconds: days))
        let months = try #require(source.ageMonths)
        if source.isOld { print("warning: the price table is \(months) months old: look at \(source.url)") }
    }

    @Test func `a build that failed is what is to be mended, and no check is`() throws {
        var report = undone
        report.checks = []
        report.clusters = []
        report.flaky = []
        report.objectives = []
        report.slowest = []
        report.notRun = []
        report.counts = VerdictCounts()
        report.services[0].diagnosis = nil
        report.services[0].outcome = .failed
        report.steps = [ReportedStep].init(report.steps.prefix(1))
        report.steps[0].status = .failed
        report.failure = Failure(
            .release, "`make` ended with exit code 2", details: [.init("output", "shop.c:3: error")],
            hint: "run `make` in `/shop`")
        let found = Recommendation.all(for: report)
        let first = try #require(found.first)
        #expect(first.action == "run `make` in `/shop`" && first.command == "stagectl why \(report.subject.run ?? "")")
        #expect(first.evidence == "step build:backend failed: `make` ended with exit code 2: shop.c:3: error")
        #expect(!found.contains { $0.command?.contains("smoke") == true || $0.action.contains("commit what") })
    }

    @Test func `limits are met with a bound below them, missed above, and uncertain without a bound`() {
        #expect(promoted.objectives.map(\.result) == [.met, .met, .uncertain])
        #expect(undone.objectives.map(\.result) == [.met, .missed, .uncertain])
    }

    @Test func `changes are told against the last run that ran checks`() throws {
        let changes = try #require(promoted.changes)
        #expect(changes.run == "r20260104020000-old4" && changes.fixed.map(\.check) == ["critical/item-0"])
        #expect(undone.changes?.broken.map(\.check).contains("critical/item-3") == true)
    }

    @Test func `counts that disagree with the verdict are told`() {
        // Three tests of the index have no result, and the release's verdict does not count them.
        #expect(promoted.notes.isEmpty && promoted.counts.total == 12)
    }

    @Test func `a recommendation names its numbers, and a retry says its command`() throws {
        let first = try #require(undone.recommendations.first)
        #expect(first.action == "P1: look at the log lines of the revision" && first.evidence.contains("answered 503"))
        // What serves now is not what failed, so asking it again would say nothing.
        #expect(first.command == "stagectl logs backend --env staging --revision backend-00008-new")
        #expect(!undone.recommendations.contains { $0.command?.contains("smoke") == true })
        #expect(promoted.recommendations.contains { $0.action.contains("passed only after a retry") })
    }

    @Test(arguments: [
        ("answered 503, wanted 200 within 120 ms", "answered 503, wanted 200 within N ms"),
        ("closed with 1011", "closed with 1011"), ("p95 is 212.5 ms", "pN is N.N ms"),
        ("run 4bf92f3577b34da6 failed", "run # failed"), ("GET https://a.test/x answered 404", "GET … answered 404"),
        ("345 bytes of 512 bytes", "N bytes of N bytes"),
    ])
    func `a signature leaves out what differs from one failure to the next`(text: String, signature: String) {
        #expect(FailureSignature.shape(of: text) == signature)
    }

    @Test func `a check that ran again in the same run replaces what was there`() {
        let release = FixedRelease(fails: false)
        var evidence = RunEvidence(run: "r", environment: "e", tool: "t", parts: release.parts)
        for part in release.parts { evidence.add(part) }
        #expect(evidence.parts.count == release.parts.count)
    }
}
