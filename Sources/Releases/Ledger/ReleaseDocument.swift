/// One release as it is recorded and printed: the schema `stagectl.release/v1`, whose keys are a contract.
package struct ReleaseDocument: Codable, Hashable, Sendable {
    package var schema = "stagectl.release/v1"
    package var run: String
    package var kind: RunKind
    package var environment: String
    /// RFC 3339.
    package var started: String
    package var finished: String?
    package var initiator: String
    package var outcome: ReleaseOutcome
    package var services: [ServiceResult]
    package var steps: [StepResult]
    package var verdict: VerdictSummary
    package var report: String?
    package var error: Failure?
    /// What was to stop this release and did not, with the reasons that were given; nil where nothing was.
    package var overrides: [String: String]?
    /// What did not go well and changed no outcome: hooks and webhooks; nil for nothing.
    package var warnings: [String]?
    /// What Terraform has done in this run; nil where it had nothing to do, and in records of earlier versions.
    package var infrastructure: InfrastructureRecord?

    package init(
        run: String, kind: RunKind, environment: String, started: String, finished: String?, initiator: String,
        outcome: ReleaseOutcome, services: [ServiceResult], steps: [StepResult], verdict: VerdictSummary,
        report: String? = nil, error: Failure? = nil, overrides: [String: String]? = nil
    ) {
        self.run = run
        self.kind = kind
        self.environment = environment
        self.started = started
        self.finished = finished
        self.initiator = initiator
        self.outcome = outcome
        self.services = services
        self.steps = steps
        self.verdict = verdict
        self.report = report
        self.error = error
        self.overrides = overrides
    }
}

package enum RunKind: String, Codable, Hashable, Sendable {
    case deploy, rollback
    /// Terraform alone, without a service.
    case infra
    /// Old revisions, tags and images are cleared away; never a part of the history.
    case prune
}

package enum ReleaseOutcome: String, Codable, Hashable, Sendable {
    case promoted, unchanged, held
    case rolledBack = "rolled-back"
    case failed
    case needsAttention = "needs-attention"
}

extension ServiceResult {
    package func isOf(_ placement: Placement) -> Bool {
        service == placement.name && region == placement.region
    }
}

/// What the release did to one service. `revision` and `traffic` speak of what serves now, whatever failed.
package struct ServiceResult: Codable, Hashable, Sendable {
    package var service: String
    package var region: String
    package var outcome: ReleaseOutcome
    package var revision: String?
    package var previousRevision: String?
    /// The revision that this run made or chose, also when it never got traffic.
    package var candidate: String?
    package var image: String?
    /// Of an image that this run built; nil in records of earlier versions.
    package var imageReport: ImageReport?
    package var commit: String?
    /// When the commit was made, RFC 3339; nil where it is not what was checked out, and in records of earlier versions.
    package var committed: String?
    package var dirty: Bool
    package var url: String?
    package var candidateUrl: String?
    package var traffic: [TrafficEntry]
    package var diagnosis: Diagnosis?
    /// Where its image was verified before; nil where it was not taken from another environment.
    package var promotedFrom: PromotedFrom?
    /// How it compared with what served; nil where it was not compared, and in records of earlier versions.
    package var canary: CanaryFindings?
    /// When callers first met the candidate, RFC 3339; nil where they did not, where nothing served before it, and in
    /// records of earlier versions.
    package var servedSince: String?
    /// Still open on the old revision when the release ended; nil where nobody counted or could tell.
    package var openConnections: Int?
    /// The execution of its migration in this run that cannot be taken back; nil for none, and in records of earlier
    /// versions.
    package var irreversibleMigration: String?
    /// `--set-env` of this release: recorded, and drift afterwards.
    package var environmentOverrides: [String]
    /// The revision passed every gate and took all traffic in this run.
    package var witnessedHealthy: Bool

    package init(service: String, region: String, outcome: ReleaseOutcome) {
        self.service = service
        self.region = region
        self.outcome = outcome
        self.dirty = false
        self.traffic = []
        self.environmentOverrides = []
        self.witnessedHealthy = false
    }
}

package struct TrafficEntry: Codable, Hashable, Sendable {
    package var revision: String
    package var percent: Int
    package var tag: String?

    package init(revision: String, percent: Int, tag: String?) {
        self.revision = revision
        self.percent = percent
        self.tag = tag
    }
}

package struct StepResult: Codable, Hashable, Sendable {
    package enum Status: String, Codable, Hashable, Sendable {
        case done, skipped, failed, undone
        /// Never started, since something before it failed.
        case notRun = "not-run"
        case inDoubt = "in-doubt"
        /// Waits for a person.
        case held
    }

    package var id: String
    package var status: Status
    package var seconds: Double
    package var note: String?

    package init(id: String, status: Status, seconds: Double, note: String? = nil) {
        self.id = id
        self.status = status
        self.seconds = seconds
        self.note = note
    }
}
