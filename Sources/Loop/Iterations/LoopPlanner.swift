import Releases
import Verification

/// What a loop does next. Pure: the same journal at the same time means the same thing to whoever takes it up.
package enum LoopPlanner {
    /// - Parameter working: seconds of work since the last entry.
    package static func next(_ progress: LoopProgress, working: Double = 0) -> LoopAction {
        guard progress.stopped == nil, let order = progress.order else { return .ended }
        if let rollback = progress.rollback { return afterRegression(rollback, progress) }
        if order.makesBranch, !progress.branchMade, let branch = order.branch { return .makeBranch(branch) }
        guard let iteration = progress.current else { return .beginIteration(1) }
        return measuring(iteration, order) ?? deciding(iteration, progress, order, working)
            ?? mending(iteration, progress, order, working)
    }

    // MARK: - Release and suites

    /// Nil when what can be known of the iteration is known.
    private static func measuring(_ iteration: IterationProgress, _ order: LoopOrder) -> LoopAction? {
        guard let gate = iteration.gate else { return .awaitReadiness }
        guard gate.unready.isEmpty else { return nil }
        guard let release = iteration.release else { return .release(run: iteration.releaseRun) }
        switch release.state {
        case .attention:
            return stop(
                .attention, "release \(release.run) needs a person: \(release.failure?.summary ?? "it is held")",
                release)
        case .impossible where order.mender == .watched && iteration.number < order.limits.iterations:
            return .waitForChange
        case .impossible:
            return stop(
                .blocked, "release \(release.run) cannot be made: \(release.failure?.summary ?? "nobody knows why")",
                release)
        case .blocked: return nil
        case .passed where iteration.verdict?.source != .serving: return .verify
        case .passed, .refused: break
        }
        guard let verdict = iteration.verdict, !verdict.isGoal else { return nil }
        let failing = iteration.failing
        // Whoever waits for an answer changes something and asks again.
        let asksAgain = order.mender != .watched
        if asksAgain, !failing.isEmpty, iteration.reruns.count < order.limits.reruns { return .rerun(failing) }
        guard iteration.isFlakyOnly else { return nil }
        // Once more as a whole: what passes when it is asked alone need not pass in company.
        let attempts = verdict.source == .serving ? iteration.verifications : iteration.releases
        guard attempts <= order.limits.reruns else { return nil }
        return verdict.source == .serving ? .verify : .release(run: nil)
    }

    private static func stop(_ rule: StopRule, _ why: String, _ release: IterationRelease) -> LoopAction {
        .stop(StopRecord(rule, why, failure: release.failure))
    }

    // MARK: - Stop rules

    private static func deciding(
        _ iteration: IterationProgress, _ progress: LoopProgress, _ order: LoopOrder, _ working: Double
    ) -> LoopAction? {
        let isWatching = order.mender == .watched
        if let verdict = iteration.verdict, verdict.isGoal {
            let isLast = iteration.number >= order.limits.iterations
            if isWatching, !isLast { return .waitForChange }
            return .stop(StopRecord(.goal, verdict.rule))
        }
        if iteration.fix != nil { return nil }
        if !iteration.isBlocked, !iteration.isFlakyOnly, !iteration.isBisectDecided { return .planBisect }
        let decision = StopDecision(progress, order, working: working)
        // What is known of a search is told, also where its time is over.
        if let search = iteration.bisect, let commit = search.next, decision.time == nil {
            return .probe(commit: commit, run: iteration.probeRun)
        }
        if iteration.diagnosis == nil { return .diagnose }
        if isWatching, iteration.isFlakyOnly, iteration.number < order.limits.iterations { return .waitForChange }
        if let back = isWatching ? nil : regression(iteration, progress) { return back }
        if let record = decision.record { return .stop(record) }
        return isWatching ? .waitForChange : nil
    }

    /// What serves is worse than what served after an earlier iteration.
    private static func regression(_ iteration: IterationProgress, _ progress: LoopProgress) -> LoopAction? {
        guard iteration.verdict?.source == .serving, let release = iteration.release,
            let best = LoopProgress.best(of: progress.iterations.dropLast()), best.verdict?.source == .serving,
            IterationScore(iteration) < IterationScore(best), let served = best.release?.serving
        else { return nil }
        let targets = served.filter { release.serving[$0.key] != $0.value }
        return targets.isEmpty ? nil : .rollBack(run: nil, to: targets)
    }

    private static func afterRegression(
        _ rollback: LoopProgress.RollbackProgress, _ progress: LoopProgress
    ) -> LoopAction {
        guard let record = rollback.record else { return .rollBack(run: rollback.run, to: rollback.targets) }
        let best = LoopProgress.best(of: progress.iterations.dropLast())?.number ?? 0
        let worse = progress.current?.number ?? 0
        guard record.failure == nil else {
            return .stop(
                StopRecord(
                    .attention,
                    "iteration \(worse) is worse than iteration \(best), and the way back failed: "
                        + (record.failure?.summary ?? ""), failure: record.failure))
        }
        return .stop(
            StopRecord(
                .regression,
                "iteration \(worse) is worse than iteration \(best), which serves again (release \(record.run))"))
    }

    // MARK: - Fix

    private static func mending(
        _ iteration: IterationProgress, _ progress: LoopProgress, _ order: LoopOrder, _ working: Double
    ) -> LoopAction {
        guard let fix = iteration.fix else { return .fix }
        let over = StopDecision(progress, order, working: working).time
        // A fix whose time the whole had no more of did not fail by itself.
        if let stop = StopDecision.record(of: fix, in: progress) {
            return .stop(fix.failure == nil ? stop : over ?? stop)
        }
        guard iteration.commit != nil else { return .commit }
        if var over {
            over.why += "; the fix is committed and was not tried"
            return .stop(over)
        }
        return .beginIteration(iteration.number + 1)
    }
}
