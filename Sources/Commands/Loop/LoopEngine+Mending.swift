import Configuration
import JSON
import Loop
import Releases
import Reporting
import Verification

/// Causes, brief, fix and commit.
extension LoopEngine {
    func diagnose() async throws {
        guard let iteration = progress.current else { return }
        let session = try session()
        let folder = try folder(of: iteration.number)
        let (groups, seconds) = try await timed { () -> [FailureGroup] in
            let evidence = try evidence(of: iteration, session)
            let release = try await iteration.releaseRun.asyncMap { try await session.state().release(run: $0) } ?? nil
            var good: [String: String] = [:]
            for service in Set(try placements(in: session).map(\.service.name)) {
                good[service] = try await lastGood(of: service, before: iteration, session)?.run
            }
            var facts = await LoopFacts(session).gathered(
                of: evidence, release: release, since: good, unready: iteration.gate?.unready ?? [])
            // What passed when it was asked again is no failure of a cause.
            facts.failed.removeAll { iteration.passedOnRerun.contains($0.name) }
            var groups = Causes.groups(of: facts)
            if let search = iteration.bisect {
                let subjects = facts.changes.flatMap(\.commits).map { ($0.id, $0.subject) }
                groups = search.told(
                    in: groups, subjects: Dictionary(subjects, uniquingKeysWith: { first, _ in first }))
            }
            var brief = Brief(try occasion(of: iteration, evidence, session), facts, groups)
            if let search = iteration.bisect, search.next == nil { suspect(search, in: &brief) }
            try Folders.writePrivately(
                Array(console.redacted(BriefJSON.render(brief)).utf8), to: folder + "/brief.json")
            try Folders.writePrivately(
                Array(console.redacted(BriefMarkdown.render(brief)).utf8), to: folder + "/brief.md")
            return groups
        }
        // Facts that a signal cut short are no facts: who resumes the loop gathers them.
        try Task.checkCancellation()
        for line in LoopText.causes(groups) { console.progress(line) }
        console.progress("  brief    \(folder)/brief.md")
        try await append(.diagnosed(DiagnosisRecord(folder: folder, groups: groups, seconds: seconds)))
    }

    private func occasion(
        of iteration: IterationProgress, _ evidence: RunEvidence, _ session: Session
    ) throws -> Brief.Occasion {
        let settings = try session.environment().loop ?? LoopSettings()
        let verdict = iteration.verdict
        let isBlocked = iteration.isBlocked
        let listed = verdict?.listed ?? evidence.index?.entries.count
        var occasion = Brief.Occasion(
            run: order.run, iteration: iteration.number, environment: order.environment,
            verdict: verdict?.result ?? (isBlocked ? .incomplete : .inconclusive),
            rule: verdict?.rule
                ?? (isBlocked ? "blocked on deployment: no suite was run" : "no suite was run"),
            byHand: LoopFacts.byHand(evidence), candidate: try candidate(of: iteration),
            flaky: iteration.flakyAlone.sorted(),
            rules: Brief.Rules(
                allow: settings.allow, deny: settings.deny, maxFiles: settings.maxFiles, maxLines: settings.maxLines,
                seconds: settings.fixTimeoutSeconds,
                notes: Self.rulesOfFixes
                    + settings.beforeDeploy.map { "must succeed then: " + $0.arguments.joined(separator: " ") }),
            distance: listed.map { Self.distance(listed: $0, iteration) })
        occasion.configuration = session.global.config.map(Folders.absolute)
        return occasion
    }

    /// docs/loop.md has all of them: these are what an honest fix could run into.
    private static let rulesOfFixes = [
        "suites, index, waivers, gates, tests and what they run judge the fix, and are not its to change; nor are CI's files, "
            + ".gitignore and git's settings",
        "no added sleeps, no marks that skip tests, nothing that makes a failure a success (|| true, continue-on-error)",
        "change the working tree alone: commits, branches, tags and stashes are the loop's",
    ]

    private static func distance(listed: Int, _ iteration: IterationProgress) -> Brief.Distance {
        guard let verdict = iteration.verdict else {
            return Brief.Distance(listed: listed, passed: 0, failing: 0, notRun: listed)
        }
        // Tests beside the index are not of it.
        return Brief.Distance(
            listed: listed, passed: verdict.passedOfIndex ?? 0,
            failing: verdict.failedOfIndex ?? iteration.failing.count,
            notRun: listed - (verdict.ranOfIndex ?? 0))
    }

    /// What failed on a candidate that was taken away is asked of another one.
    private func candidate(of iteration: IterationProgress) throws -> Brief.Candidate? {
        guard iteration.verdict?.source == .candidate, let run = iteration.releaseRun else { return nil }
        let flags = try deployFlags()
        return Brief.Candidate(
            tag: flags.tag ?? "c-" + run.suffix(6),
            flags: flags.candidate(tag: Brief.Candidate.newTag, askedFor: "asked by hand").words)
    }

    private func suspect(_ search: BisectSearch, in brief: inout Brief) {
        let subjects = Dictionary(
            brief.changes.flatMap(\.commits).map { ($0.id, $0.subject) }, uniquingKeysWith: { first, _ in first })
        let found = search.suspects.map { commit in
            Brief.Suspect(
                kind: .commit, service: search.order.check.service, name: commit, detail: subjects[commit] ?? "",
                why: search.firstBadCommit == nil
                    ? "`\(search.order.check.name)` passed before these commits and fails after them"
                    : "`\(search.order.check.name)` passes at its parent and fails at it: both were deployed and asked "
                        + "(git show \(commit.prefix(12)))")
        }
        // The others were asked, or are before one that was good.
        let searched = Set(search.order.commits + [search.order.good])
        brief.suspects = found + brief.suspects.filter { $0.kind != .commit || !searched.contains($0.name) }
    }

    /// The newest release of a service before this iteration whose suites passed. Services are deployed by themselves too.
    func lastGood(
        of service: String, before iteration: IterationProgress, _ session: Session
    ) async throws -> ReleaseDocument? {
        let own = Set(progress.iterations.compactMap(\.releaseRun))
        return try await session.state().releases(
            LedgerQuery(environment: order.environment, services: [service], outcomes: [.promoted], limit: 50)
        ).first { release in
            release.kind == .deploy && release.run != iteration.releaseRun && release.verdict.result == .pass
                && release.verdict.counts["total"] ?? 0 > 0
                && (!own.contains(release.run) || isVerified(release.run))
        }
    }

    private func isVerified(_ run: String) -> Bool {
        progress.iterations.contains { $0.releaseRun == run && $0.verdict?.result == .pass }
    }

    // MARK: - Fix

    private func step(_ iteration: IterationProgress) async throws -> FixStep {
        let session = try session()
        var settings = try session.environment().loop ?? LoopSettings()
        settings.fixTimeoutSeconds = min(settings.fixTimeoutSeconds, secondsLeft)
        return try await session.fixStep(
            order, iteration: iteration.number, settings: settings,
            head: iteration.head ?? order.head, folder: try folder(of: iteration.number))
    }

    /// Of the loop's own time; a fix gets no more than the whole has.
    private var secondsLeft: Int { max(1, Int(min(order.limits.seconds - progress.workedSeconds, 1e9))) }

    func fix() async throws {
        guard let iteration = progress.current else { return }
        let step = try await step(iteration)
        // Also of one that is begun again: each costs something.
        try await append(.fixIntended)
        let record = try await step.run()
        if record.isAccepted {
            console.progress(LoopText.fix(record))
        }
        try await append(.fixed(record))
    }

    func commit() async throws {
        guard let iteration = progress.current, let fix = iteration.fix else { return }
        let step = try await step(iteration)
        let settings = try session().environment().loop ?? LoopSettings()
        let signer = settings.signOff ? try await step.tree.committer() : nil
        let id = try await step.commit(
            fix,
            FixStep.message(
                run: order.run, iteration: iteration.number, groups: iteration.diagnosis?.groups ?? [],
                summary: fix.summary, signer: signer))
        console.progress("  commit   \(id.prefix(12)) on \(order.branch ?? "")")
        try await append(.committed(commit: id))
    }
}

extension Optional {
    fileprivate func asyncMap<Other>(_ transform: (Wrapped) async throws -> Other) async rethrows -> Other? {
        guard let self else { return nil }
        return try await transform(self)
    }
}
