package import Releases

/// What becomes of the working tree when somebody takes a loop up. Pure: what is somebody's own is neither taken for a fix
/// nor put back.
package enum TreeTakeUp: Hashable, Sendable {
    /// It is as the loop left it, or the loop's next step looks at it itself.
    case goOn
    /// What is there was left by a fix that nobody saw end.
    case putAway(commit: String)
    /// The fix that was judged is not there any more, and nothing else is: another one may be asked for.
    case giveUpFix
    case refuse(Failure)

    /// - Parameters:
    ///   - tree: as it is now.
    ///   - hasRemains: a fix of the iteration began and was not put back in order.
    ///   - isOwnCommit: HEAD's commit carries the mark of the iteration.
    package init(_ progress: LoopProgress, tree: TreeState, hasRemains: Bool, isOwnCommit: Bool) {
        guard let order = progress.order, let branch = order.branch, let iteration = progress.current,
            let head = iteration.commit ?? iteration.head
        else {
            self = .goOn
            return
        }
        guard iteration.isFixIntended, iteration.commit == nil, iteration.fix == nil ? hasRemains : true else {
            self = tree.conflict(withLoopAt: head, on: branch).map(Self.refuse) ?? .goOn
            return
        }
        let moved = tree.conflict(withCutFixAt: head, on: branch, ofLoop: order.run)
        guard let fix = iteration.fix else {
            self = moved.map(Self.refuse) ?? .putAway(commit: head)
            return
        }
        // One that came to nothing was put back before that was journaled, and ends the loop.
        guard fix.isAccepted, !(isOwnCommit && tree.branch == branch) else {
            self = .goOn
            return
        }
        if let moved {
            self = .refuse(moved)
        } else {
            self = tree.isClean ? .giveUpFix : .goOn
        }
    }
}
