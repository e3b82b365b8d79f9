import Loop
import Releases
import Testing

@testable import Commands

/// A loop goes on with the tree that it left, and with no other.
@Suite struct TreeStateConflictTests {
    private static let commit = String(repeating: "a", count: 40)
    private static let other = String(repeating: "b", count: 40)

    private static let cases: [(TreeState, [String], String)] = [
        (TreeState(head: commit, branch: "loop/r1"), [], ""),
        (TreeState(head: other, branch: "loop/r1"), ["commit"], "abort"),
        (TreeState(head: other, branch: "main"), ["branch", "commit"], "git switch loop/r1"),
        (TreeState(head: commit, branch: "main"), ["branch"], "git switch loop/r1"),
        (TreeState(head: commit, branch: nil), ["branch"], "git switch loop/r1"),
        (TreeState(head: commit, branch: "loop/r1", changes: ["a", "b"]), ["changed", "changed"], "stash"),
        (TreeState(head: commit, branch: "loop/r1", operation: "merge"), ["unfinished"], "stash"),
        (TreeState(head: other, branch: "loop/r1", changes: ["a"]), ["commit", "changed"], "stash"),
    ]

    @Test(arguments: cases)
    func `another branch, commit, change or unfinished operation is told`(
        state: TreeState, details: [String], hint: String
    ) {
        let failure = state.conflict(withLoopAt: Self.commit, on: "loop/r1")
        #expect((failure?.details.map(\.label) ?? []) == details)
        #expect(failure?.hint?.contains(hint) ?? details.isEmpty)
        if let failure { #expect(failure.category == .conflict) }
    }
}
