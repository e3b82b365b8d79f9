import Releases
import Synchronization

/// What is known of a run while it runs, for whoever must tell of it without asking anybody: the journal may be on a
/// disk that hangs, the platform may not answer.
final class RunUnderWay: ReleaseObserver {
    private let plan: Plan
    private let shown: any ReleaseObserver
    private let progress: Mutex<Progress>
    private let end = Mutex<ReleaseDocument?>(nil)

    init(_ plan: Plan, resuming entries: [JournalEntry] = [], beside shown: any ReleaseObserver) {
        self.plan = plan
        self.shown = shown
        progress = Mutex(Progress(replaying: entries))
    }

    func started(step: String) {
        note(.intent(step: step))
        shown.started(step: step)
    }

    func line(_ text: String, step: String) { shown.line(text, step: step) }

    func ended(step: String, outcome: StepOutcome) {
        note(.outcome(step: step, outcome))
        shown.ended(step: step, outcome: outcome)
    }

    func undoing(reason: Failure) {
        note(.undoing(reason: reason))
        shown.undoing(reason: reason)
    }

    /// From here on the release is what this document says, and nothing can be left half done.
    func finished(as document: ReleaseDocument) {
        end.withLock { $0 = document }
    }

    /// The release as it ended, or as it stands when it is left where it is.
    func document(stoppedBy category: Failure.Category) -> (release: ReleaseDocument, isOver: Bool) {
        if let document = end.withLock({ $0 }) { return (document, true) }
        let progress = progress.withLock { $0 }
        let release = ReleaseDocument.compose(
            plan: plan, progress: progress, observations: [:], outcome: .needsAttention,
            error: Failure(
                category, "stopped at once, run `\(plan.run)` is left as it is",
                details: [.init("to undo it", "stagectl abort \(plan.run)")], hint: "stagectl resume \(plan.run)"),
            finished: Timestamp.now())
        return (release, false)
    }

    private func note(_ event: JournalEntry.Event) {
        progress.withLock { $0.apply(JournalEntry(time: Timestamp.now(), event: event)) }
    }
}
