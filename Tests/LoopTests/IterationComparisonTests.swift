import Releases
import Testing
import Verification

@testable import Loop

/// How iterations are held against one another, and against the time that they have.
struct IterationComparisonTests {
    private static let order = LoopOrder(
        run: "l", environment: "local", mender: .command("fix"), limits: LoopLimits(iterations: 5, noProgress: 2))

    private static func rule(_ action: LoopAction) -> StopRule? {
        if case .stop(let record) = action { record.rule } else { nil }
    }

    @Test func `what passes when it is asked again makes no iteration worse`() {
        var script = JournalScript(Self.order)
        script.iterate(1, failing: ["greeting"], passed: 2, serving: ["backend": "b-1"])
        script.confirm()
        script.fix("p1")
        script.iterate(2, failing: ["greeting", "moody"], passed: 1, serving: ["backend": "b-2"])
        script.add(.reran(RerunFinding(passed: ["s/moody"], failed: ["s/greeting"])))
        script.add(.reran(RerunFinding(passed: [], failed: ["s/greeting"])))
        script.add(.bisectBegan(nil))
        script.add(.diagnosed(DiagnosisRecord(folder: "/f")))
        #expect(script.next == .fix, "no regression, and nothing to go back to")
        #expect(script.progress.iterations.map(IterationScore.init).count == 2)
    }

    @Test func `a check that passed once and then fails for good is no flaky one`() {
        var script = JournalScript(Self.order)
        script.iterate(1, failing: ["moody"])
        script.add(.reran(RerunFinding(passed: ["s/moody"], failed: [])))
        script.add(.verified(verdict(failing: ["moody"])))
        script.add(.reran(RerunFinding(passed: [], failed: ["s/moody"])))
        let iteration = script.progress.current
        #expect(iteration?.flaky == ["s/moody"] && iteration?.flakyAlone == [])
        #expect(iteration?.failing.map(\.name) == ["s/moody"])
    }

    @Test func `when the time is over nothing more is searched, and no further iteration begins`() {
        var order = Self.order
        order.limits.seconds = 60
        var script = JournalScript(order)
        script.iterate(1, failing: ["a"])
        script.add(.reran(RerunFinding(passed: [], failed: ["s/a"])))
        script.add(.reran(RerunFinding(passed: [], failed: ["s/a"])))
        script.add(.bisectBegan(BisectOrder(check: check("a"), good: "g", commits: ["c1", "c2", "c3"])), after: 100)
        #expect(script.next == .diagnose)
        script.add(.diagnosed(DiagnosisRecord(folder: "/f")))
        #expect(Self.rule(script.next) == .time)

        var late = JournalScript(order)
        late.iterate(1, failing: ["a"])
        late.confirm()
        late.add(.fixIntended)
        late.add(.fixed(FixRecord(files: ["a"], identity: "p")), after: 100)
        #expect(late.next == .commit, "what was made is kept")
        late.add(.committed(commit: "c"))
        #expect(Self.rule(late.next) == .time)

        var cut = JournalScript(order)
        cut.iterate(1, failing: ["a"])
        cut.confirm()
        cut.add(.fixIntended)
        cut.add(.fixed(FixRecord(files: [], identity: nil, failure: "took longer than it may")), after: 100)
        #expect(Self.rule(cut.next) == .time)
    }
}
