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
        case .build, .push, .lock, .candidate, .tag, .shift, .open, .assertTraffic, .record: nil
        }
    }
}

/// The closed list of what can be done to the world. A new kind is a compile error wherever it must be handled.
package enum Action: Codable, Hashable, Sendable {
    /// Makes the image. Repeating it gives the same image; undone by nothing, an unused image does no harm.
    case build(BuildRequest, builder: String)
    /// Puts the image where the platform finds it. Repeating changes nothing (a digest names its content).
    case push(builder: String)
    /// Takes the lease on the service and looks again. Repeating renews; undone by release at the end of the run.
    case lock
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
    /// Allows everybody to call a service that has now been verified for the first time. Repeatable.
    case open
    /// Looks whether the candidate really serves its share at the public URL. Reads only.
    case assertTraffic(percent: Int)
    /// Leaves run, commit and revision on the service's annotations. Repeatable.
    case record

    /// Whether it may leave the service another one than it was; building, waiting and measuring do not.
    package var changesService: Bool {
        switch self {
        case .candidate, .tag, .shift, .open, .record: true
        case .build, .push, .lock, .ready, .health, .smoke, .assertTraffic: false
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
        case .build, .push, .lock, .candidate, .ready, .tag, .health, .smoke, .shift: false
        }
    }
}
