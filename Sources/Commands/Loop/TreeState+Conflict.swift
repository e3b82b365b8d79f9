import Loop
import Releases

extension TreeState {
    /// Why the loop does not go on with this tree: what is there is not what it left, so it is somebody's own work, and
    /// would be taken for a fix or be put back. Nil where it is just as the loop left it.
    func conflict(withLoopAt commit: String, on branch: String) -> Failure? {
        guard !isClean || head != commit || self.branch != branch else { return nil }
        var details: [Failure.Detail] = []
        if self.branch != branch {
            details.append(.init("branch", "\(self.branch ?? "none"); the loop's is \(branch)"))
        }
        if head != commit {
            details.append(.init("commit", "\(head?.prefix(12) ?? "none"); the loop is at \(commit.prefix(12))"))
        }
        if let operation { details.append(.init("unfinished", "git \(operation)")) }
        details += changes.prefix(10).map { .init("changed", $0) }
        let isCommitted = isClean && head != commit && self.branch == branch
        return Failure(
            .conflict, "the working tree is not as the loop left it", details: details,
            hint: isCommitted
                ? "to try what was committed: stagectl abort, then stagectl loop again"
                : "commit or stash it elsewhere, git switch \(branch), then: stagectl resume")
    }
}
