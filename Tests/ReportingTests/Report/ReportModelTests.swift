import Releases
import Reporting
import Testing
import Verification

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
        #expect(first.command == "stagectl smoke backend --env staging --only item-3")
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
