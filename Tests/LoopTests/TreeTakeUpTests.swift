import Releases
import Testing

@testable import Loop

/// A loop is taken up without taking anything away that is somebody's own.
@Suite struct TreeTakeUpTests {
    private static let head = String(repeating: "a", count: 40)
    private static let other = String(repeating: "b", count: 40)

    /// A loop that stands after some of the events of a fix.
    private static func progress(_ events: [LoopEntry.Event]) -> LoopProgress {
        var order = LoopOrder(run: "l", environment: "local", mender: .command("fix"))
        order.limits = LoopLimits(cost: 1, costOfFix: 0.6)
        order.branch = "loop/l"
        var script = JournalScript(order)
        script.add(.iterationBegan(1, head: head))
        for event in events { script.add(event) }
        return script.progress
    }

    private static let judged = FixRecord(files: ["a"], identity: "p", tree: "t")
    private static let cut = progress([.fixIntended])
    private static let accepted = progress([.fixIntended, .fixed(judged)])
    private static let refused = progress([
        .fixIntended, .fixed(FixRecord(refusals: [.init(path: "a", rule: "deny", why: "denied")])),
    ])

    private static let own = TreeState(head: head, branch: "loop/l")
    private static let changed = TreeState(head: head, branch: "loop/l", changes: ["a"])
    private static let committed = TreeState(head: other, branch: "loop/l")
    private static let switched = TreeState(head: head, branch: "main", changes: ["mine"])
    private static let merging = TreeState(head: head, branch: "loop/l", changes: ["a"], operation: "merge")

    private static func decision(
        _ progress: LoopProgress, _ tree: TreeState, hasRemains: Bool = true, isOwnCommit: Bool = false
    ) -> String {
        switch TreeTakeUp(progress, tree: tree, hasRemains: hasRemains, isOwnCommit: isOwnCommit) {
        case .goOn: "goOn"
        case .putAway(let commit): commit == head ? "putAway" : "elsewhere"
        case .giveUpFix: "giveUpFix"
        case .refuse(let failure): failure.category == .conflict ? "refuse" : "\(failure)"
        }
    }

    @Test func `what a cut fix left is put away only where HEAD and branch are the loop's`() {
        for (tree, expected) in [
            (Self.own, "putAway"), (Self.changed, "putAway"), (Self.committed, "refuse"), (Self.switched, "refuse"),
            (Self.merging, "refuse"), (TreeState(head: Self.head, branch: nil), "refuse"),
        ] {
            #expect(Self.decision(Self.cut, tree) == expected, "\(tree)")
        }
        // One that was put back in order left nothing.
        #expect(Self.decision(Self.cut, Self.own, hasRemains: false) == "goOn")
        #expect(Self.decision(Self.cut, Self.changed, hasRemains: false) == "refuse")
    }

    @Test func `a fix that was judged is committed, given up where it is gone, and never taken from another commit`() {
        #expect(Self.decision(Self.accepted, Self.changed) == "goOn")
        #expect(Self.decision(Self.accepted, Self.own) == "giveUpFix")
        #expect(Self.decision(Self.accepted, Self.committed) == "refuse")
        #expect(Self.decision(Self.accepted, Self.committed, isOwnCommit: true) == "goOn")
        #expect(Self.decision(Self.accepted, Self.switched) == "refuse")
        #expect(Self.decision(Self.refused, Self.committed) == "goOn")
        let done = Self.progress([.fixIntended, .fixed(Self.judged), .committed(commit: Self.other)])
        #expect(Self.decision(done, Self.committed) == "goOn")
        #expect(Self.decision(done, Self.changed) == "refuse")
    }

    @Test func `a fix that was given up is asked for again`() {
        var script = JournalScript(
            LoopOrder(run: "l", environment: "local", mender: .command("fix"), branch: "loop/l", head: Self.head))
        script.iterate(1, failing: ["a"])
        script.confirm()
        script.add(.fixIntended)
        script.add(.fixed(Self.judged))
        #expect(script.next == .commit)
        script.add(.fixGivenUp)
        #expect(script.next == .fix)
    }

    @Test func `the hint is what to type where HEAD is somebody else's`() throws {
        let committed = try #require(Self.committed.conflict(withCutFixAt: Self.head, on: "loop/l", ofLoop: "l"))
        #expect(committed.hint?.contains("git branch NAME bbbbbbbbbbbb") == true)
        #expect(committed.hint?.contains("git reset aaaaaaaaaaaa, then: stagectl resume l") == true)
        #expect(committed.details.contains { $0.value == "stagectl abort l" })
        let switched = try #require(Self.switched.conflict(withCutFixAt: Self.head, on: "loop/l", ofLoop: "l"))
        #expect(switched.hint == "commit or stash what is yours, git switch loop/l, then: stagectl resume l")
        #expect(switched.details.contains { $0.value == "mine" })
        #expect(Self.changed.conflict(withCutFixAt: Self.head, on: "loop/l", ofLoop: "l") == nil)
    }

    @Test func `a fix that is cut costs something each time, so the bound is met`() {
        var order = LoopOrder(run: "l", environment: "local", mender: .command("fix"))
        order.limits = LoopLimits(cost: 1, costOfFix: 0.4)
        var script = JournalScript(order)
        script.iterate(1, failing: ["a"])
        script.confirm()
        script.add(.fixIntended)
        #expect(script.progress.cost == 0.4)
        #expect(script.next == .fix)
        script.add(.takenUp(by: "ada"))
        script.add(.takenUp(by: "ada"))
        #expect(script.progress.cost == 0.4)
        script.add(.fixIntended)
        #expect(script.progress.cost == 0.8)
        var ended = false
        if case .stop(let record) = script.next { ended = record.rule == .cost }
        #expect(ended)
        // One that ends says what it cost itself.
        script.add(.fixed(FixRecord(files: ["a"], identity: "p", cost: 0.1)))
        #expect(script.progress.cost == 0.5)
    }
}
