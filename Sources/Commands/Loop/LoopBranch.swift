import Configuration
import Loop
import Releases
import State

/// Where a loop's fixes go: never to a protected branch, never with changes that were there before.
struct LoopBranch {
    private let settings: LoopSettings

    init(_ settings: LoopSettings) {
        self.settings = settings
    }

    /// Throws `conflict` for a tree that is not clean, and `usage` where a commit could not be made.
    func settle(_ order: inout LoopOrder, in session: Session) async throws {
        let commits: Bool
        switch order.mender {
        case .command, .person: commits = true
        case .watched, .nobody: commits = false
        }
        let tree: RepositoryTree
        let state: TreeState
        do {
            tree = try await RepositoryTree.open(at: try session.configuration().root)
            state = try await tree.state()
        } catch {
            guard commits else { return }
            throw error
        }
        order.head = state.head ?? ""
        order.startedOn = state.branch
        order.tree = tree.root
        try await session.knownLoops()?.refuseSecond(onTree: tree.root)
        guard commits else { return }
        guard state.head != nil else {
            throw Failure(.usage, "the repository has no commit yet", hint: "git commit, then again")
        }
        guard state.isClean else {
            throw Failure(
                .conflict, "the working tree has changes that are not the loop's",
                details: state.changes.prefix(20).map { .init("changed", $0) }
                    + (state.operation.map { [.init("unfinished", "git \($0)")] } ?? []),
                hint: "commit or stash them; what is to be ignored belongs into .gitignore")
        }
        _ = try await tree.committer()
        let protected = settings.protectedBranches.map { PathPattern($0) }
        let isOwn = state.branch.map { branch in !protected.contains { $0.matches(branch) } } ?? false
        order.makesBranch = !isOwn
        order.branch = isOwn ? state.branch : settings.branch.replacing("{run}", with: order.run)
        if let branch = order.branch, protected.contains(where: { $0.matches(branch) }) {
            throw Failure(
                .configuration, "`loop.branch` names `\(branch)`, which is protected",
                hint: "branch: loop/{run} in environments/\(session.environmentName).yaml")
        }
    }
}
