import Loop
import Releases
import Reporting

/// The working tree of a loop that was begun before.
extension LoopEngine {
    /// One that is resumed tries the commit that its journal names, and nothing that came into the tree meanwhile. What a
    /// cut fix had changed is put away; where somebody else's work is, nothing is touched. Throws ``Failure`` `conflict`.
    func takeUpTree() async throws {
        guard let iteration = progress.current, order.branch != nil else { return }
        let tree = try await RepositoryTree.open(at: order.tree)
        let folder = try folder(of: iteration.number)
        let takeUp = TreeTakeUp(
            progress, tree: try await tree.state(), hasRemains: FixStepFiles.exists(FixStep.before(in: folder)),
            isOwnCommit: try await isOwnCommit(tree, of: iteration))
        switch takeUp {
        case .goOn: break
        case .refuse(let failure): throw failure
        case .putAway(let commit):
            let file = try await FixStep.putAway(
                tree, head: commit, branch: order.branch, folder: folder, as: "interrupted", console)
            if let file { console.progress("  what the interrupted fix had changed is kept in \(file)") }
        case .giveUpFix:
            console.progress("  the fix that was judged is not in the tree any more; another one is asked for")
            try await append(.fixGivenUp)
        }
    }

    /// Of a loop that is ended. It ends whatever the tree is like.
    /// - Returns: why the tree stays as it is; nil where it is the loop's.
    func putTreeBack() async throws -> String? {
        guard let iteration = progress.current, iteration.isFixIntended, iteration.commit == nil,
            let head = iteration.head, let branch = order.branch
        else { return nil }
        let folder = try folder(of: iteration.number)
        guard FixStepFiles.exists(FixStep.before(in: folder)) else { return nil }
        let tree: RepositoryTree
        do {
            tree = try await RepositoryTree.open(at: order.tree)
        } catch {
            return FailureLifting.lift(error).summary
        }
        if try await isOwnCommit(tree, of: iteration) {
            if let head = try await tree.state().head { try await tree.settle(at: head) }
            return nil
        }
        let moves = try await tree.state().moves(fromLoopAt: head, on: branch)
        guard moves.isEmpty else { return moves.map { "\($0.label) \($0.value)" }.joined(separator: ", ") }
        let file = try await FixStep.putAway(
            tree, head: head, branch: branch, folder: folder, as: "aborted", console)
        if let file { console.progress("  what the fix had changed is kept in \(file)") }
        return nil
    }

    /// HEAD or branch are somebody else's by now, so that nothing may be put back.
    func conflict(of tree: RepositoryTree, withFixAt head: String) async throws -> Failure? {
        guard let branch = order.branch else { return nil }
        return try await tree.state().conflict(withCutFixAt: head, on: branch, ofLoop: order.run)
    }

    /// HEAD is the commit of the iteration, which a kill kept out of the journal.
    private func isOwnCommit(_ tree: RepositoryTree, of iteration: IterationProgress) async throws -> Bool {
        let state = try await tree.state()
        guard let head = state.head, head != iteration.head, state.branch == order.branch else { return false }
        return FixCommitMessage.isCommit(try await tree.message(of: head), of: "\(order.run)/\(iteration.number)")
    }
}
