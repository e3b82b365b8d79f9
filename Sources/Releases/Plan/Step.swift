package import Configuration

/// One thing that a run does. Steps whose needs are met run at the same time.
package struct Step: Codable, Hashable, Sendable {
    /// `action:service`, unique in the plan.
    package var id: String
    /// What it is done to. Images are made once for all regions: such a step has no region.
    package var service: ServiceKey
    package var action: Action
    /// Ids of the steps that must be done (or skipped) before.
    package var needs: [String]
    /// Seconds until the step counts as failed.
    package var deadlineSeconds: Int

    package init(_ id: String, service: ServiceKey, action: Action, needs: [String], deadlineSeconds: Int) {
        self.id = id
        self.service = service
        self.action = action
        self.needs = needs
        self.deadlineSeconds = deadlineSeconds
    }

    /// The gate that this step is, as `--override` names it.
    package var gate: String? {
        switch action {
        case .ready: "ready"
        case .health: "health"
        case .smoke: "smoke"
        case .analyse: "canary"
        case .applyInfrastructure, .build, .push, .lock, .migrate, .candidate, .tag, .shift, .hold, .open,
            .assertTraffic, .keep, .drain,
            .retire, .hook, .untag, .deleteRevision, .deleteImage,
            .record:
            nil
        }
    }
}

/// The closed list of what can be done to the world. A new kind is a compile error wherever it must be handled.
package enum Action: Codable, Hashable, Sendable {
    /// Carries out one plan of Terraform. In doubt, what is left of it is planned anew, and only what was approved is done.
    /// Undone by nothing: see `StepHandler.applyInfrastructure`.
    case applyInfrastructure(InfrastructureApproval)
    /// Makes the image. Repeating it gives the same image; undone by nothing, an unused image does no harm.
    case build(BuildRequest, builder: String)
    /// Puts the image where the platform finds it. Repeating changes nothing (a digest names its content).
    case push(builder: String)
    /// Takes the lease on the service and looks again. Repeating renews; undone by release at the end of the run.
    case lock
    /// Runs the service's migration as a job. Never started twice by one run: an execution carries the run's key. Undone
    /// by nothing; where it says so, traffic that has moved is not moved back by itself after it.
    case migrate
    /// Creates the revision without traffic. Not repeatable blindly: in doubt, the run label on the service's
    /// revisions tells whether it happened. Undone by restoring the traffic; the revision stays, unused.
    case candidate
    /// Waits for the candidate's readiness. Reads only.
    case ready
    /// Gives the candidate, or a revision that exists already, its own URL. Sets an absolute state: repeatable.
    case tag(revision: String?)
    /// Measures the candidate's URL. Reads only.
    case health
    /// Runs the suites against the candidate's URL.
    case smoke(priorities: [String])
    /// Gives the candidate this share. Sets an absolute state: repeatable. Undone by restoring the snapshot.
    case shift(percent: Int)
    /// Compares the candidate with what serves by asking both. Reads only; what earlier steps found out goes on in it.
    case analyse(AnalysisStep)
    /// Stands still until a person says how it goes on. Changes nothing.
    case hold(percent: Int)
    /// Allows everybody to call a service that has now been verified for the first time. Repeatable.
    case open
    /// Looks whether the candidate really serves its share at the public URL. Reads only.
    case assertTraffic(percent: Int)
    /// Watches over the candidate for so long, while the old revision can take over again at once. Reads only.
    case keep(seconds: Int)
    /// Counts what is still open on the old revision, and waits so long for its end. Reads only.
    case drain(seconds: Int)
    /// Takes the old revision's own URL away. Sets an absolute state: repeatable.
    case retire
    /// Runs a command of the team's. Not repeatable unless it says so: in doubt, a person looks. Undone by nothing.
    case hook(Hook, at: Hook.Moment)
    /// Takes stagectl's own tags away that nothing needs any more. Sets an absolute state: repeatable; undone by nothing.
    case untag([String])
    /// Deletes a revision that nothing needs. Repeating finds it gone; undone by nothing.
    case deleteRevision(String)
    /// Deletes an image that no revision runs. Repeating finds it gone; undone by nothing.
    case deleteImage(ImageReference)
    /// Leaves run, commit and revision on the service's annotations. Repeatable.
    case record

    /// Whether it may leave the service another one than it was; building, waiting and measuring do not.
    package var changesService: Bool {
        switch self {
        case .candidate, .tag, .shift, .open, .retire, .record: true
        case .applyInfrastructure, .build, .push, .lock, .migrate, .ready, .health, .smoke, .analyse, .hold,
            .assertTraffic, .keep, .drain,
            .hook, .untag, .deleteRevision, .deleteImage:
            false
        }
    }

    /// Whether callers or data of the service can notice it.
    package var changesWhatServes: Bool {
        switch self {
        case .applyInfrastructure, .migrate, .candidate, .shift, .open, .hook: true
        case .build, .push, .lock, .ready, .tag, .health, .smoke, .analyse, .hold, .assertTraffic, .keep, .drain,
            .retire, .untag, .deleteRevision, .deleteImage, .record:
            false
        }
    }

    /// Whether it gives a candidate a share of the traffic.
    package var movesTraffic: Bool {
        if case .shift = self { true } else { false }
    }

    /// Whether a run that is taken up does it again although it was done.
    package var isLookedAtAgain: Bool {
        switch self {
        case .open, .assertTraffic, .record: true
        case .applyInfrastructure, .build, .push, .lock, .migrate, .candidate, .ready, .tag, .health, .smoke, .analyse,
            .hold, .shift, .keep,
            .drain, .retire, .hook, .untag, .deleteRevision, .deleteImage:
            false
        }
    }
}
