/// One durable line of a run's journal. Around each effect stand an `intent` and an `outcome`; an intent without an
/// outcome is in doubt, neither done nor failed.
package struct JournalEntry: Codable, Hashable, Sendable {
    /// Version of the entry's form; readers accept every version up to their own.
    /// 2 knows runs that are held, 3 what an attempt has found out before its end, and overrides of later.
    package static let currentVersion = 3

    package enum Event: Codable, Hashable, Sendable {
        /// The step is about to touch the world.
        case intent(step: String)
        /// The platform took the write under this name; whoever resumes waits for it instead of writing again.
        case operation(step: String, name: OperationName)
        /// What the step has found out so far, for whoever goes on with it when this attempt has no end.
        case found(step: String, StepOutput)
        case outcome(step: String, StepOutcome)
        /// The run stands still at this step until a person resumes or aborts it; nil where that was asked for.
        case held(step: String, StepOutput, reason: Failure?)
        /// Somebody (`user@host`) who took the run up said why this does not stop it.
        case overridden(gate: String, reason: String, by: String)
        /// From here on the run goes back; later steps belong to the undo.
        case undoing(reason: Failure)
        case ended(outcome: ReleaseOutcome)
    }

    package var version: Int
    /// RFC 3339, for people; order is the journal's own.
    package var time: String
    package var event: Event

    package init(time: String, event: Event) {
        self.version = Self.currentVersion
        self.time = time
        self.event = event
    }
}

package enum StepOutcome: Codable, Hashable, Sendable {
    case done(StepOutput, seconds: Double)
    /// There was nothing to do; what it would have found out is known all the same.
    case skipped(StepOutput, reason: String)
    case failed(Failure, StepOutput, seconds: Double)
}

/// What a step found out that later steps need. Fields are nil where the step has nothing to say.
package struct StepOutput: Codable, Hashable, Sendable {
    package var image: ImageReference?
    package var imageBytes: Int64?
    /// Of the image that the platform is given. Nil in records of earlier versions.
    package var imageReport: ImageReport?
    package var revision: String?
    package var candidateURL: String?
    /// Of what served before, where it is asked on its own.
    package var baselineURL: String?
    package var serviceURL: String?
    /// What the service was when it was locked: to this an undo goes back.
    package var snapshot: ServiceObservation?
    package var fencingToken: Int64?
    /// The service's generation when the step was over: what the next write must find. Nil in records of earlier
    /// versions.
    package var generation: Int64?
    package var health: HealthResult?
    package var smoke: SmokeResult?
    package var canary: CanaryFindings?
    /// Of a migration: what ran before cannot run after it.
    package var isIrreversible: Bool?
    /// Of a migration: what it is called at the platform. Nil in journals of earlier versions.
    package var execution: String?
    /// What Terraform has done.
    package var infrastructure: InfrastructureRecord?
    /// Who went on with a run that was held.
    package var approval: Approval?
    /// On the old revision when nobody was sent there any more; nil where nobody can tell.
    package var openConnections: Int?
    package var traffic: [TrafficShare]?
    package var diagnosis: Diagnosis?
    /// The way back left the service alone, since it belongs to somebody else by now.
    package var isLeftToOthers: Bool?
    /// What did not go well and did not fail the step.
    package var warning: String?
    /// What a reader of the step list is told.
    package var note: String?

    package init() {}

    /// Of a step that wrote: how it left the service.
    init(leaving service: ServiceObservation) {
        traffic = service.trafficStatuses
        generation = service.generation
    }
}

/// A person went on with what was held.
package struct Approval: Codable, Hashable, Sendable {
    /// `user@host`.
    package var by: String
    /// RFC 3339.
    package var at: String
    /// Of the plan that goes on: what it says is what was approved.
    package var fingerprint: String

    package init(by: String, at: String, fingerprint: String) {
        self.by = by
        self.at = at
        self.fingerprint = fingerprint
    }
}
