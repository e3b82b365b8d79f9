import Loop
import Testing

@testable import Commands

/// Whoever was on a branch before a loop made its own is told the way back.
@Suite struct LoopOwnBranchTests {
    private static func lines(_ rule: StopRule, makesBranch: Bool = true, on branch: String = "loop/l") -> [String] {
        let order = LoopOrder(
            run: "l", environment: "local", branch: "loop/l", makesBranch: makesBranch, startedOn: "main")
        let progress = LoopProgress(replaying: [LoopEntry(time: 1, event: .began(order))])
        var document = LoopDocument(progress, outcome: StopRecord(rule, "why"))
        #expect(document.startedOn == (makesBranch ? "main" : nil))
        document.tree = LoopDocument.Tree(clean: true, head: "c0", branch: branch)
        return LoopText.stop(document)
    }

    @Test func `the end of a loop that made its branch says where it began`() {
        for rule in [StopRule.goal, .iterations, .aborted, .fixRefused] {
            #expect(Self.lines(rule).last == "it began on main: git switch main")
        }
        // One that goes on, one that made no branch, and one whose branch was left already.
        for lines in [
            Self.lines(.interrupted), Self.lines(.attention), Self.lines(.goal, makesBranch: false),
            Self.lines(.goal, on: "main"),
        ] {
            #expect(!lines.contains { $0.contains("git switch") }, "\(lines)")
        }
    }
}
