import Releases
import Testing
import Verification

@testable import Loop

struct JournalScript {
    var entries: [LoopEntry] = []
    private var time = 0.0

    init(_ order: LoopOrder) {
        add(.began(order))
    }

    mutating func add(_ event: LoopEntry.Event, after seconds: Double = 1) {
        time += seconds
        entries.append(LoopEntry(time: time, event: event))
    }

    var progress: LoopProgress { LoopProgress(replaying: entries) }
    var next: LoopAction { LoopPlanner.next(progress) }

    /// An iteration up to its verdict; `failing` are P1 checks.
    mutating func iterate(
        _ number: Int, failing: [String], passed: Int = 1, source: IterationVerdict.Source = .serving,
        serving: [String: String] = [:]
    ) {
        add(.iterationBegan(number, head: "c\(number)"))
        add(.gate(ReadinessFinding(unready: [], seconds: 0)))
        add(.releaseIntended(run: "r\(number)"))
        add(
            .released(
                IterationRelease(
                    run: "r\(number)", state: source == .serving ? .passed : .refused, serving: serving)))
        add(.verified(verdict(failing: failing, passed: passed, source: source)))
    }

    /// What failed fails again, and there is nothing to search.
    mutating func confirm() {
        let failing = progress.current?.failing.map(\.name) ?? []
        add(.reran(RerunFinding(passed: [], failed: failing)))
        add(.reran(RerunFinding(passed: [], failed: failing)))
        add(.bisectBegan(nil))
        add(.diagnosed(DiagnosisRecord(folder: "/f")))
    }

    mutating func fix(_ identity: String, cost: Double? = nil) {
        add(.fixIntended)
        add(.fixed(FixRecord(files: ["a"], identity: identity, cost: cost)))
        add(.committed(commit: identity))
    }
}

func check(_ id: String) -> CheckReference {
    CheckReference(suite: "s", id: id, service: "backend", priority: .p1, status: .failed)
}

func verdict(
    failing: [String], passed: Int = 1, source: IterationVerdict.Source = .serving
) -> IterationVerdict {
    IterationVerdict(
        source: source, result: failing.isEmpty ? .pass : .fail, rule: "", passed: ["P1": passed],
        failed: failing.map(check))
}

@Suite struct LoopPlannerTests {
    private let order = LoopOrder(
        run: "l", environment: "local", mender: .command("fix"), limits: LoopLimits(iterations: 5, noProgress: 2))

    @Test func `an iteration asks, releases, verifies, asks again, diagnoses, mends and commits`() {
        var script = JournalScript(order)
        #expect(script.next == .beginIteration(1))
        script.add(.iterationBegan(1, head: "c1"))
        #expect(script.next == .awaitReadiness)
        script.add(.gate(ReadinessFinding(unready: [], seconds: 0)))
        #expect(script.next == .release(run: nil))
        script.add(.releaseIntended(run: "r1"))
        #expect(script.next == .release(run: "r1"))
        script.add(.released(IterationRelease(run: "r1", state: .passed)))
        #expect(script.next == .verify)
        script.add(.verified(verdict(failing: ["a", "b"])))
        #expect(script.next == .rerun([check("a"), check("b")]))
        script.add(.reran(RerunFinding(passed: ["s/b"], failed: ["s/a"])))
        #expect(script.next == .rerun([check("a")]))
        script.add(.reran(RerunFinding(passed: [], failed: ["s/a"])))
        #expect(script.next == .planBisect)
        script.add(.bisectBegan(nil))
        #expect(script.next == .diagnose)
        script.add(.diagnosed(DiagnosisRecord(folder: "/f")))
        #expect(script.next == .fix)
        script.add(.fixIntended)
        #expect(script.next == .fix)
        script.add(.fixed(FixRecord(files: ["x"], identity: "p")))
        #expect(script.next == .commit)
        script.add(.committed(commit: "c2"))
        #expect(script.next == .beginIteration(2))
    }

    @Test func `a protected branch is left before anything else`() {
        var order = order
        (order.branch, order.makesBranch) = ("loop/l", true)
        var script = JournalScript(order)
        #expect(script.next == .makeBranch("loop/l"))
        script.add(.branchMade)
        #expect(script.next == .beginIteration(1))
    }

    private func rule(of action: LoopAction) -> StopRule? {
        if case .stop(let record) = action { record.rule } else { nil }
    }

    @Test func `only a pass of everything is the goal`() {
        var script = JournalScript(order)
        script.iterate(1, failing: [])
        #expect(rule(of: script.next) == .goal)
        for change in ["missing", "notRun", "blocked", "incomplete", "candidate"] {
            var script = JournalScript(order)
            script.iterate(1, failing: ["a"])
            var found = verdict(failing: [])
            switch change {
            case "missing": found.missing = 1
            case "incomplete": found.result = .incomplete
            case "candidate": found.source = .candidate
            default: found.counts[change] = 1
            }
            script.add(.verified(found))
            #expect(rule(of: script.next) != .goal, "\(change)")
        }
    }

    @Test func `what passes when it is asked again is tried again as a whole, and mended by nobody`() {
        var script = JournalScript(order)
        script.iterate(1, failing: ["a"])
        for _ in 0..<2 {
            script.add(.reran(RerunFinding(passed: ["s/a"], failed: [])))
            #expect(script.next == .verify)
            script.add(.verified(verdict(failing: ["a"])))
        }
        script.add(.reran(RerunFinding(passed: ["s/a"], failed: [])))
        #expect(script.next == .diagnose)
        script.add(.diagnosed(DiagnosisRecord(folder: "/f")))
        #expect(rule(of: script.next) == .flakyOnly)
        script.add(.verified(verdict(failing: [])))
        #expect(rule(of: script.next) == .goal)
        #expect(script.progress.current?.flaky == ["s/a"])
    }

    @Test func `a candidate whose failures were flaky is released again`() {
        var script = JournalScript(order)
        script.iterate(1, failing: ["a"], source: .candidate)
        script.add(.reran(RerunFinding(passed: ["s/a"], failed: [])))
        #expect(script.next == .release(run: nil))
        script.add(.releaseIntended(run: "r1b"))
        #expect(script.next == .release(run: "r1b"))
    }

    @Test func `a release that was stopped and is made anew is no further one`() {
        var script = JournalScript(order)
        script.add(.iterationBegan(1, head: "c1"))
        script.add(.gate(ReadinessFinding(unready: [], seconds: 0)))
        for run in ["r1", "r2"] { script.add(.releaseIntended(run: run)) }
        #expect(script.next == .release(run: "r2"))
        #expect(script.progress.current?.releases == 1)
    }

    @Test func `a service that does not serve is mended where somebody can, and named where nobody can`() {
        for (mender, isStopped) in [(LoopOrder.Mender.nobody, true), (.command("fix"), false)] {
            var order = order
            order.mender = mender
            var script = JournalScript(order)
            script.add(.iterationBegan(1, head: nil))
            script.add(
                .gate(ReadinessFinding(unready: [.init(service: "auth", diagnosis: ["503"])], seconds: 120)))
            #expect(script.next == .diagnose)
            script.add(.diagnosed(DiagnosisRecord(folder: "/f")))
            #expect(rule(of: script.next) == (isStopped ? .blocked : nil))
            if !isStopped { #expect(script.next == .fix) }
        }
    }

    @Test func `bounds of iterations, time and money end it, each by its name`() {
        var order = order
        order.limits = LoopLimits(iterations: 1)
        var script = JournalScript(order)
        script.iterate(1, failing: ["a"])
        script.confirm()
        #expect(rule(of: script.next) == .iterations)

        order.limits = LoopLimits(seconds: 60)
        script = JournalScript(order)
        script.iterate(1, failing: ["a"])
        script.confirm()
        #expect(script.next == .fix)
        #expect(rule(of: LoopPlanner.next(script.progress, working: 60)) == .time)
        // A night in which nobody worked at it is not counted.
        script.add(.takenUp(by: "ada"), after: 50_000)
        #expect(script.next == .fix)

        order.limits = LoopLimits(cost: 1)
        script = JournalScript(order)
        script.iterate(1, failing: ["a", "b"])
        script.confirm()
        script.fix("p1", cost: 1.25)
        script.iterate(2, failing: ["b"], passed: 2)
        script.confirm()
        #expect(rule(of: script.next) == .cost)

        order.limits = LoopLimits(cost: 1, costOfFix: 0.6)
        script = JournalScript(order)
        script.iterate(1, failing: ["a", "b"])
        script.confirm()
        #expect(script.next == .fix)
        script.fix("p1")
        script.iterate(2, failing: ["b"], passed: 2)
        script.confirm()
        #expect(rule(of: script.next) == .cost)
    }

    @Test func `iterations that mend nothing end it, and one that mends begins the count anew`() {
        var script = JournalScript(order)
        for (number, passed) in [(1, 1), (2, 1), (3, 2), (4, 2)] {
            script.iterate(number, failing: ["a"], passed: passed)
            script.confirm()
            #expect(script.next == .fix, "\(number)")
            script.fix("p\(number)")
        }
        #expect(script.progress.iterationsWithoutProgress == 1)
        script.iterate(5, failing: ["a"], passed: 2)
        script.confirm()
        var order = order
        order.limits.iterations = 10
        script.entries[0].event = .began(order)
        #expect(rule(of: script.next) == .noProgress)
    }

    @Test func `fixes that are refused, fail or come twice end it`() {
        let cases: [(FixRecord, StopRule)] = [
            (
                FixRecord(refusals: [.init(path: "environments/suites/a.yaml", rule: "judge", why: "it judges")]),
                .fixRefused
            ),
            (FixRecord(failure: "exit 1"), .fixFailed), (FixRecord(files: ["a"], identity: "p1"), .sameFix),
        ]
        for (fix, expected) in cases {
            var script = JournalScript(order)
            script.iterate(1, failing: ["a", "b"])
            script.confirm()
            script.fix("p1")
            script.iterate(2, failing: ["a"], passed: 2)
            script.confirm()
            script.add(.fixIntended)
            script.add(.fixed(fix))
            #expect(rule(of: script.next) == expected)
        }
    }

    @Test func `what serves and is worse goes back to the best iteration, then the loop ends`() {
        var script = JournalScript(order)
        script.iterate(1, failing: ["a"], passed: 5, serving: ["backend": "b-1", "auth": "a-1"])
        script.confirm()
        script.fix("p1")
        script.iterate(2, failing: ["a", "c"], passed: 4, serving: ["backend": "b-2", "auth": "a-1"])
        script.confirm()
        #expect(script.next == .rollBack(run: nil, to: ["backend": "b-1"]))
        script.add(.rollbackIntended(run: "back", to: ["backend": "b-1"]))
        #expect(script.next == .rollBack(run: "back", to: ["backend": "b-1"]))
        var failed = script
        failed.add(
            .rolledBack(RollbackRecord(run: "back", outcome: .needsAttention, failure: Failure(.needsAttention, "x"))))
        #expect(rule(of: failed.next) == .attention)
        script.add(.rolledBack(RollbackRecord(run: "back", outcome: .rolledBack)))
        #expect(rule(of: script.next) == .regression)
    }

    @Test func `a candidate that is worse was never served, so nothing goes back`() {
        var script = JournalScript(order)
        script.iterate(1, failing: ["a"], passed: 5, serving: ["backend": "b-1"])
        script.confirm()
        script.fix("p1")
        script.iterate(2, failing: ["a", "c"], passed: 4, source: .candidate, serving: ["backend": "b-1"])
        script.confirm()
        #expect(script.next == .fix)
    }

    @Test func `releases that a person must look at, or that never began, end it`() {
        for (state, expected) in [(IterationRelease.State.attention, StopRule.attention), (.impossible, .blocked)] {
            var script = JournalScript(order)
            script.add(.iterationBegan(1, head: nil))
            script.add(.gate(ReadinessFinding(unready: [], seconds: 0)))
            script.add(.releaseIntended(run: "r1"))
            script.add(
                .released(IterationRelease(run: "r1", state: state, failure: Failure(.conflict, "locked"))))
            #expect(rule(of: script.next) == expected)
        }
    }
}
