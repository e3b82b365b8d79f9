package import Releases

/// One durable line of a loop's journal. What touches the world has its intent before it.
package struct LoopEntry: Codable, Hashable, Sendable {
    /// Version of the entry's form; readers accept every version up to their own.
    package static let currentVersion = 2

    package enum Event: Codable, Hashable, Sendable {
        case began(LoopOrder)
        /// Somebody goes on with it; the time since the entry before is nobody's work.
        case takenUp(by: String)
        case branchMade
        /// The commit that is tried; nil where there is no repository.
        case iterationBegan(Int, head: String?)
        case gate(ReadinessFinding)
        case releaseIntended(run: String)
        case released(IterationRelease)
        case verified(IterationVerdict)
        /// Of a candidate to ask again.
        case rerunIntended(run: String)
        case reran(RerunFinding)
        /// Nil where there is nothing to search.
        case bisectBegan(BisectOrder?)
        case probeIntended(run: String, commit: String)
        case probed(BisectProbe)
        case diagnosed(DiagnosisRecord)
        case fixIntended
        case fixed(FixRecord)
        /// The fix that was judged is not there any more; another one is asked for.
        case fixGivenUp
        case committed(commit: String)
        case rollbackIntended(run: String, to: [String: String])
        case rolledBack(RollbackRecord)
        case stopped(StopRecord)
    }

    package var version: Int
    /// Seconds since 1970; order is the journal's own.
    package var time: Double
    package var event: Event

    package init(time: Double, event: Event) {
        version = Self.currentVersion
        self.time = time
        self.event = event
    }
}

/// Why the loop ended.
package struct StopRecord: Codable, Hashable, Sendable {
    package var rule: StopRule
    /// In words, with what it is about.
    package var why: String
    /// What stood in the way where it was no rule of the loop's.
    package var failure: Failure?

    package init(_ rule: StopRule, _ why: String, failure: Failure? = nil) {
        self.rule = rule
        self.why = why
        self.failure = failure
    }
}
