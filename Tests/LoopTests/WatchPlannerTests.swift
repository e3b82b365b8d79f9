import Releases
import Testing
import Verification

@testable import Loop

/// What a loop does next while it watches the source.
struct WatchPlannerTests {
    private let order = LoopOrder(
        run: "l", environment: "local", mender: .watched, limits: LoopLimits(iterations: 5, noProgress: 2, reruns: 2))

    private func isGoal(_ action: LoopAction) -> Bool {
        if case .stop(let record) = action { record.rule == .goal } else { false }
    }

    @Test func `a loop that watches waits for changes, also after a pass`() {
        var script = JournalScript(order)
        script.iterate(1, failing: ["a"])
        // Nothing is asked again: an answer is wanted now.
        #expect(script.next == .planBisect)
        script.add(.bisectBegan(nil))
        script.add(.diagnosed(DiagnosisRecord(folder: "/f")))
        #expect(script.next == .waitForChange)
        script.iterate(2, failing: [])
        #expect(script.next == .waitForChange)
        script.iterate(5, failing: [])
        #expect(isGoal(script.next))
    }

    @Test func `what serves stays while the source is watched, however bad, and a wait is nobody's work`() {
        var order = order
        order.limits.seconds = 60
        var script = JournalScript(order)
        script.iterate(1, failing: [], passed: 5, serving: ["backend": "b-1"])
        script.add(.iterationBegan(2, head: nil), after: 86_400)
        script.iterate(2, failing: ["a"], passed: 1, serving: ["backend": "b-2"])
        script.add(.bisectBegan(nil))
        script.add(.diagnosed(DiagnosisRecord(folder: "/f")))
        #expect(script.next == .waitForChange)
        #expect(script.progress.workedSeconds < 60)
    }

    @Test func `what cannot be released now, and time, end no watch`() {
        var order = order
        order.limits.seconds = 1
        var script = JournalScript(order)
        script.iterate(1, failing: ["a"])
        script.add(.bisectBegan(nil), after: 100)
        script.add(.diagnosed(DiagnosisRecord(folder: "/f")))
        #expect(script.next == .waitForChange)
        script.add(.iterationBegan(2, head: nil))
        script.add(.gate(ReadinessFinding(unready: [], seconds: 0)))
        script.add(.releaseIntended(run: "r2"))
        script.add(
            .released(IterationRelease(run: "r2", state: .impossible, failure: Failure(.conflict, "somebody holds it")))
        )
        #expect(script.next == .waitForChange)
    }

    @Test func `what is flaky alone does not end a watch`() {
        var order = order
        order.limits.reruns = 0
        var script = JournalScript(order)
        script.iterate(1, failing: [])
        var flaky = verdict(failing: [], passed: 1)
        flaky.result = .fail
        flaky.flaky = ["s/a"]
        script.add(.iterationBegan(2, head: nil))
        script.add(.gate(ReadinessFinding(unready: [], seconds: 0)))
        script.add(.releaseIntended(run: "r2"))
        script.add(.released(IterationRelease(run: "r2", state: .passed)))
        script.add(.verified(flaky))
        script.add(.diagnosed(DiagnosisRecord(folder: "/f")))
        #expect(script.next == .waitForChange)
    }
}
