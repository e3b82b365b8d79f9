/// The next thing that a loop does.
package enum LoopAction: Hashable, Sendable {
    case makeBranch(String)
    case beginIteration(Int)
    /// Ask what is deployed whether it serves, and wait for it.
    case awaitReadiness
    /// - run: of a release that was begun and not ended; nil for a new one.
    case release(run: String?)
    case verify
    /// Checks that failed, once more.
    case rerun([CheckReference])
    /// Find out whether there are commits to search.
    case planBisect
    /// - run: of a probe that was begun and not ended.
    case probe(commit: String, run: String?)
    case diagnose
    case fix
    case commit
    /// - to: revisions, by service.
    case rollBack(run: String?, to: [String: String])
    case waitForChange
    case stop(StopRecord)
    /// Nothing: it has ended.
    case ended
}
