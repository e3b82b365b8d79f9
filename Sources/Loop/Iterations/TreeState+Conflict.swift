package import Releases

extension TreeState {
    /// Why the loop does not go on with this tree: what is there is not what it left, so it is somebody's own work, and
    /// would be taken for a fix or be put back. Nil where it is just as the loop left it.
    package func conflict(withLoopAt commit: String, on branch: String) -> Failure? {
        guard !isClean || head != commit || self.branch != branch else { return nil }
        let isCommitted = isClean && head != commit && self.branch == branch
        return Failure(
            .conflict, "the working tree is not as the loop left it",
            details: moves(fromLoopAt: commit, on: branch) + changes.prefix(10).map { .init("changed", $0) },
            hint: isCommitted
                ? "to try what was committed: stagectl abort, then stagectl loop again"
                : "commit or stash it elsewhere, git switch \(branch), then: stagectl resume")
    }

    /// Why what a fix left that was cut, or is not to be tried, is not put away: HEAD is somebody else's, so nobody can tell which of the changes are the
    /// fix's, and which are theirs. Nil where HEAD and branch are as the loop left them; the changes are the fix's then.
    package func conflict(withCutFixAt commit: String, on branch: String, ofLoop run: String) -> Failure? {
        let moves = moves(fromLoopAt: commit, on: branch)
        guard !moves.isEmpty else { return nil }
        var steps: [String] = []
        if let operation { steps.append("finish or end the \(operation)") }
        if self.branch != branch {
            steps.append("commit or stash what is yours")
            steps.append("git switch \(branch)")
        } else if let head, head != commit {
            steps.append("to keep the commit: git branch NAME \(head.prefix(12))")
            steps.append("git reset \(commit.prefix(12))")
        }
        return Failure(
            .conflict, "HEAD is not where the fix of the loop left it",
            details: moves + changes.prefix(10).map { .init("changed", $0) }
                + [.init("to end the loop and leave it so", "stagectl abort \(run)")],
            hint: (steps + ["then: stagectl resume \(run)"]).joined(separator: ", "))
    }

    /// In what HEAD differs from where the loop left it, whatever the files are like.
    package func moves(fromLoopAt commit: String, on branch: String) -> [Failure.Detail] {
        var details: [Failure.Detail] = []
        if self.branch != branch {
            details.append(.init("branch", "\(self.branch ?? "none"); the loop's is \(branch)"))
        }
        if head != commit {
            details.append(.init("commit", "\(head?.prefix(12) ?? "none"); the loop is at \(commit.prefix(12))"))
        }
        if let operation { details.append(.init("unfinished", "git \(operation)")) }
        return details
    }
}
