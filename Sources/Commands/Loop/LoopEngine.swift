import Configuration
import Loop
import Releases
import Reporting
import State
import Verification

/// Carries out what the planner decides, one journaled step after the other.
final class LoopEngine {
    /// That of the command: signals and the console are its.
    let owner: Session
    let store: any LoopJournalStore
    let order: LoopOrder
    private(set) var progress: LoopProgress
    private var underWay: LoopUnderWay?
    let clock = ContinuousClock()
    /// The source as it was before the release that is tested: what changes meanwhile is the next change.
    var watched: WatchedSourceQuiet.Digests?
    /// Nothing is under way: everything there is was told, and somebody is about to change the source.
    private(set) var isWaiting = false
    var lastSource: WatchedSource?

    init(_ session: Session, _ store: any LoopJournalStore, _ order: LoopOrder) {
        owner = session
        self.store = store
        self.order = order
        progress = LoopProgress(
            replaying: [LoopEntry(time: Today.secondsSince1970, event: .began(order))])
    }

    /// Of a loop that was begun before. Whoever takes it up has claimed it.
    init(_ session: Session, _ store: any LoopJournalStore, _ order: LoopOrder, resuming entries: [LoopEntry]) {
        owner = session
        self.store = store
        self.order = order
        progress = LoopProgress(replaying: entries)
    }

    var console: Console { owner.console }

    /// Everything read anew: a fix may have changed the configuration.
    func session() throws -> Session {
        try Session(for: owner, purpose: "loop \(order.run)/\(progress.current?.number ?? 1)")
    }

    func placements(in session: Session) throws -> [Placement] {
        var regions = RegionOptions()
        regions.names = order.regions
        return try session.place(order.services, all: order.services.isEmpty, in: regions)
    }

    func folder(of iteration: Int) throws -> String {
        try owner.folder(ofLoop: order.run, iteration: iteration)
    }

    func append(_ event: LoopEntry.Event) async throws {
        let entry = LoopEntry(time: Today.secondsSince1970, event: event)
        try await store.append(entry, toLoop: order.run)
        progress.apply(entry)
        underWay?.take(progress)
    }

    /// Until a rule ends it. Whatever stops it in the middle leaves a journal from which it goes on.
    func run() async throws -> CommandResult {
        let underWay = LoopUnderWay(progress)
        self.underWay = underWay
        owner.loopUnderWay = underWay
        console.progress(LoopText.beginning(order, isResumed: progress.current != nil))
        do {
            try await takeUpTree()
            while progress.stopped == nil {
                try Task.checkCancellation()
                let working = progress.lastTime.map { max(0, Today.secondsSince1970 - $0) } ?? 0
                do {
                    try await perform(LoopPlanner.next(progress, working: working))
                } catch  where isTold(error) {
                    try await perform(.waitForChange)
                }
            }
        } catch {
            let failure = FailureLifting.lift(error)
            let isStopped = [.interrupted, .terminated].contains(failure.category)
            var stop = StopRecord(
                isStopped ? .interrupted : .attention,
                isStopped ? "it was stopped, and goes on when it is resumed" : failure.summary, failure: failure)
            stop.failure?.hint = failure.hint ?? "stagectl resume \(order.run), or stagectl abort \(order.run)"
            if isStopped {
                stop.failure = Failure(
                    failure.category, "loop `\(order.run)` was stopped",
                    details: [.init("to end it", "stagectl abort \(order.run)")],
                    hint: "stagectl resume \(order.run)")
            }
            if isStopped, isWaiting {
                stop = StopRecord(
                    .interrupted, "it was stopped while it waited for a change",
                    failure: Failure(failure.category, "loop `\(order.run)` was stopped while it waited for a change"))
                // There is nothing to go on with, and the next watch of this tree begins anew.
                try await append(.stopped(stop))
            }
            return await LoopResult(self).result(of: stop)
        }
        return await LoopResult(self).result(of: progress.stopped ?? StopRecord(.attention, "it has no end"))
    }

    private func perform(_ action: LoopAction) async throws {
        switch action {
        case .makeBranch(let name):
            let tree = try await RepositoryTree.open(at: order.tree)
            // After a kill it may be there already.
            if try await tree.state().branch != name { try await tree.makeBranch(name, at: order.head) }
            console.progress("branch \(name)")
            try await append(.branchMade)
        case .beginIteration(let number):
            await LoopReportFiles(self)?.write(iteration: number - 1)
            if order.mender == .watched { watched = try await watchedSource().digests() }
            try await append(.iterationBegan(number, head: progress.current?.commit ?? head))
            console.progress(LoopText.iteration(number, of: order, head: progress.current?.head))
        case .awaitReadiness: try await awaitReadiness()
        case .release(let run): try await release(try await goingOn(run))
        case .verify: try await verify()
        case .rerun(let checks): try await rerun(checks)
        case .planBisect: try await planBisect()
        case .probe(let commit, let run): try await probe(commit, run)
        case .diagnose: try await diagnose()
        case .fix: try await fix()
        case .commit: try await commit()
        case .rollBack(let run, let targets): try await rollBack(try await goingOn(run), to: targets)
        case .waitForChange:
            await LoopReportFiles(self)?.write(iteration: progress.current?.number ?? 0)
            isWaiting = true
            try await waitForChange()
            isWaiting = false
        case .stop(let record): try await stop(record)
        case .ended: break
        }
    }

    /// Nil for a release that a signal ended: it was undone, so what is wanted is made anew under another name.
    func goingOn(_ run: String?) async throws -> String? {
        guard let run, let ended = try await session().state().release(run: run)?.error?.category else { return run }
        return [.interrupted, .terminated].contains(ended) ? nil : run
    }

    /// Before anything was committed.
    var head: String? { order.head.isEmpty ? nil : order.head }

    private func stop(_ record: StopRecord) async throws {
        // A fix that was accepted and is not to be tried leaves the tree as it was.
        if let fix = progress.current?.fix, progress.current?.commit == nil, fix.failure == nil, fix.refusals.isEmpty,
            let head = progress.current?.head
        {
            let tree = try await RepositoryTree.open(at: order.tree)
            if let failure = try await conflict(of: tree, withFixAt: head) { throw failure }
            let file = try folder(of: progress.current?.number ?? 0) + "/unused.patch"
            _ = try await tree.restore(to: head, branch: order.branch, keepingPatchIn: file)
            console.progress("  the tree is as it was; the change is kept in \(file)")
        }
        try await append(.stopped(record))
    }

    /// In seconds, of what is done.
    func timed<Value>(_ work: () async throws -> Value) async throws -> (Value, Double) {
        let start = clock.now
        let value = try await work()
        let span = (clock.now - start).components
        return (value, Double(span.seconds) + Double(span.attoseconds) / 1e18)
    }
}

extension Session {
    func loopJournal() throws -> SQLiteLoopJournal {
        try SQLiteLoopJournal(folder: stateFolder(), isGone: ProcessLife.isGone)
    }

    /// Nil where no loop was ever begun: looking makes no file.
    func knownLoops() throws -> SQLiteLoopJournal? {
        Folders.exists(try stateFolder() + "/loops.sqlite") ? try loopJournal() : nil
    }
}
