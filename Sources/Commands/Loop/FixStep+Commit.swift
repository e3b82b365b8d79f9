import Loop
import Releases
import Verification

extension FixStep {
    /// One commit of exactly the change that was judged. May be called again after a kill: a HEAD that carries the mark
    /// of this iteration is the commit already.
    /// - Returns: 40 hex digits.
    func commit(_ fix: FixRecord, _ message: FixCommitMessage) async throws -> String {
        let state = try await tree.state()
        if let now = state.head, now != head, state.branch == branch,
            FixCommitMessage.isCommit(try await tree.message(of: now), of: message.mark)
        {
            try await tree.settle(at: now)
            return now
        }
        let change = try await tree.changes(since: head).change
        // The same lines elsewhere are the same identity, and another tree.
        guard change.identity == fix.identity, fix.tree == nil || fix.tree == change.tree else {
            throw Failure(
                .conflict, "the working tree does not hold the fix any more that was judged",
                details: change.files.prefix(10).map { .init("changed", $0.path) }
                    + [.init("what was judged", patch)],
                hint: "git stash -u, then: stagectl resume, which asks for a fix again; "
                    + "to have the one that was judged: git apply \(patch) before it")
        }
        return try await tree.commit(
            change.tree, on: branch, parent: head, message: message.text, ownsBranch: ownsBranch)
    }

    /// What `message` is built from: the most important cause first.
    static func message(
        run: String, iteration: Int, groups: [FailureGroup], summary: String?, signer: String?
    ) -> FixCommitMessage {
        FixCommitMessage(
            run: run, iteration: iteration, service: groups.first?.checks.first?.service,
            priority: groups.first.map(\.priority.rawValue),
            causes: groups.map { .init($0.cause.statement, checks: $0.checks.map(\.id)) }, signer: signer,
            summary: summary)
    }
}
