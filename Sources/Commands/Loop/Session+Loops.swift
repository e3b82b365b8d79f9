import JSON
import Loop
import Releases
import Reporting
import State
import Verification

/// Loops that were begun before: for `resume`, `abort`, `show`.
extension Session {
    /// The unfinished loop that is meant by a name, or by none: its own, that of a release that it made, or the last one
    /// where no release was begun after it. Nil where a release is meant.
    func unfinishedLoop(_ name: String?) async throws -> (store: SQLiteLoopJournal, loop: StoredLoop)? {
        guard let store = try knownLoops() else { return nil }
        let unfinished = try await store.unfinishedLoops(environment: environmentName)
        let open = unfinished.loops
        if let name {
            let known = try await store.read(loop: name)
            let own: StoredLoop? =
                if let known { known } else { try await owner(ofRelease: name, in: store) }
            if let known, !open.contains(where: { $0.run == known.run }) {
                throw Failure(
                    .conflict, "loop `\(name)` has ended already, or belongs to another environment",
                    details: [.init("environment", known.environment)], hint: "stagectl show \(name)")
            }
            return own.flatMap { own in open.first { $0.run == own.run } }.map { (store, $0) }
        }
        for loop in unfinished.unreadable {
            console.problem("loop `\(loop.run)` is left out: \(loop.failure.summary)")
        }
        guard let last = open.last else { return nil }
        // Names begin with the time.
        guard let release = try await state().unfinishedRuns(environment: environmentName).last, release > last.run
        else { return (store, last) }
        let owner = try await owner(ofRelease: release, in: store)
        return owner.flatMap { owner in open.first { $0.run == owner.run } }.map { (store, $0) }
    }

    /// Nil also where the journal of its loop cannot be read: a release has a journal of its own, and can be ended.
    private func owner(ofRelease run: String, in store: SQLiteLoopJournal) async throws -> StoredLoop? {
        do {
            return try await store.loop(ofRelease: run)
        } catch {
            console.problem("the loop of release `\(run)` is left out: \(FailureLifting.lift(error).summary)")
            return nil
        }
    }

    func resumeLoop(_ store: SQLiteLoopJournal, _ loop: StoredLoop, dryRun: Bool) async throws -> CommandResult {
        guard let order = loop.order else { throw Failure(.internalError, "loop `\(loop.run)` has no order") }
        let progress = LoopProgress(replaying: loop.entries)
        if dryRun { return remaining(of: progress, "would go on with iteration \(progress.current?.number ?? 1)") }
        if order.mender == .person { try FixStepPerson.demandTerminal() }
        try await store.claim(loop: loop.run, process: ProcessLife.this)
        let engine = LoopEngine(self, store, order, resuming: loop.entries)
        try await engine.append(.takenUp(by: initiator))
        return try await engine.run()
    }

    /// Ends it: a release that was cut is undone, a fix that was cut is put away.
    func abortLoop(_ store: SQLiteLoopJournal, _ loop: StoredLoop, dryRun: Bool) async throws -> CommandResult {
        guard let order = loop.order else { throw Failure(.internalError, "loop `\(loop.run)` has no order") }
        let progress = LoopProgress(replaying: loop.entries)
        if dryRun { return remaining(of: progress, "would be ended") }
        try await store.claim(loop: loop.run, process: ProcessLife.this)
        let engine = LoopEngine(self, store, order, resuming: loop.entries)
        try await engine.append(.takenUp(by: initiator))
        let open = Set(try await state().unfinishedRuns(environment: environmentName))
        for run in loop.entries.compactMap(\.announcedRun).filter(open.contains) {
            _ = try await takeUp(run) { try await $0.abort() }
        }
        try await engine.dropTags(of: loop.entries.compactMap(\.announcedCandidate))
        var why = "it was ended by \(initiator)"
        if let reason = try await engine.putTreeBack() {
            why += "; the tree is left as it is: \(reason)"
            console.progress("  ! the tree is left as it is: \(reason)")
        }
        let record = StopRecord(.aborted, why)
        try await engine.append(.stopped(record))
        return await LoopResult(engine).result(of: record)
    }

    private func remaining(of progress: LoopProgress, _ words: String) -> CommandResult {
        let document = LoopDocument(progress, outcome: StopRecord(.interrupted, words))
        return CommandResult(ReleaseJSON.encoded(document), text: "loop \(document.run) \(words)")
    }

    /// The document of a loop, ended or not; nil where none has the name.
    func shownLoop(_ name: String) async throws -> CommandResult? {
        guard let store = try knownLoops(), let loop = try await store.read(loop: name) else { return nil }
        let progress = LoopProgress(replaying: loop.entries)
        let document = LoopDocument(
            progress, outcome: progress.stopped ?? StopRecord(.interrupted, "it has not ended: stagectl resume \(name)")
        )
        var lines = document.iterations.map { iteration in
            "  \(iteration.number)  \(iteration.run ?? "no release")  \(iteration.verdict?.result.rawValue ?? "no verdict")"
                + (iteration.fix?.commit.map { "  fixed by \($0.prefix(12))" } ?? "")
        }
        lines += LoopText.stop(document)
        return CommandResult(ReleaseJSON.encoded(document), text: lines.joined(separator: "\n"))
    }
}
