package import Configuration

/// Measures a deployed revision. Deciding what the numbers mean is Verification's; a release only asks and obeys.
package protocol Verifier: CanaryAnalyst {
    /// The health window on one URL. `progress` is told of each sample.
    func health(
        of target: VerificationTarget, progress: @escaping @Sendable (GateProgress) -> Void
    ) async throws -> HealthResult

    /// The service's suites against one URL. `progress` is told of each finished check.
    func smoke(
        of target: VerificationTarget, priorities: [String], progress: @escaping @Sendable (GateProgress) -> Void
    ) async throws -> SmokeResult
}

/// Where to measure, and who must answer.
package struct VerificationTarget: Hashable, Sendable {
    package var service: Service
    /// Where the platform's request log is asked for who answered; nil asks nobody.
    package var identity: ServiceIdentity?
    package var url: String
    /// A sample that another revision answered is a failure; nil accepts any.
    package var revision: String?
    /// Sent as `X-Serverless-Authorization: Bearer …` to a service that is not public. Never shown.
    package var identityToken: String?
    /// References that suites may use: `deploy.revision`, `deploy.service_url`, `run.id`, …
    package var references: [String: String]
    /// Checks whose failure does not count in this release, by id, with the reason that was given.
    package var acceptedChecks: [String: String] = [:]

    package init(
        service: Service, identity: ServiceIdentity? = nil, url: String, revision: String?,
        identityToken: String? = nil, references: [String: String] = [:]
    ) {
        self.service = service
        self.identity = identity
        self.url = url
        self.revision = revision
        self.identityToken = identityToken
        self.references = references
    }
}

/// One look at the health path.
package struct HealthSample: Codable, Hashable, Sendable {
    /// Who says which revision answered.
    package enum Witness: String, Codable, Hashable, Sendable {
        case response
        /// The platform's request log, asked by the sample's trace.
        case requestLog = "request-log"
    }

    /// Nil when no response came.
    package var status: Int?
    package var milliseconds: Double
    /// Which revision answered, as far as anything says.
    package var revision: String?
    /// Who says so; nil without a revision, and in journals of earlier versions.
    package var witness: Witness?
    /// Why the sample is not healthy; nil when it is.
    package var problem: String?

    /// As the platform answers whoever may not call the service.
    package var isRefused: Bool { status == 401 || status == 403 }

    package init(
        status: Int?, milliseconds: Double, revision: String? = nil, witness: Witness? = nil, problem: String? = nil
    ) {
        self.status = status
        self.milliseconds = milliseconds
        self.revision = revision
        self.witness = witness
        self.problem = problem
    }
}

package struct HealthResult: Codable, Hashable, Sendable {
    package var healthy: Bool
    package var samples: [HealthSample]
    /// What is known about who answered, where the answers do not say; nil when they do, and in journals of earlier
    /// versions.
    package var identity: String?

    package init(healthy: Bool, samples: [HealthSample], identity: String? = nil) {
        self.healthy = healthy
        self.samples = samples
        self.identity = identity
    }
}

package struct SmokeResult: Codable, Hashable, Sendable {
    /// `pass`, `fail`, `incomplete` or `inconclusive`.
    package var verdict: VerdictSummary
    /// One line per check that is not a pass: id, and what was seen.
    package var problems: [CheckProblem]
    /// As ``HealthResult/identity``.
    package var identity: String?
    /// All of them; nil in journals of earlier versions.
    package var checks: [CheckOutcome]?

    package init(
        verdict: VerdictSummary, problems: [CheckProblem], identity: String? = nil, checks: [CheckOutcome]? = nil
    ) {
        self.verdict = verdict
        self.problems = problems
        self.identity = identity
        self.checks = checks
    }
}

package struct CheckProblem: Codable, Hashable, Sendable {
    package var check: String
    package var status: String
    /// What was seen and what was wanted.
    package var summary: String
    /// The likely cause as far as the measurement alone tells (the WebSocket diagnosis table, say).
    package var cause: String?
    package var fix: String?
    /// Of its request, by which the service's log is searched; nil where there was none, and in journals of earlier
    /// versions.
    package var trace: String?

    package init(
        check: String, status: String, summary: String, cause: String? = nil, fix: String? = nil, trace: String? = nil
    ) {
        self.trace = trace
        self.check = check
        self.status = status
        self.summary = summary
        self.cause = cause
        self.fix = fix
    }
}

/// A verdict as a release carries it: the result, the rule that decided, and counts that add up to `total`.
package struct VerdictSummary: Codable, Hashable, Sendable {
    package enum Result: String, Codable, Hashable, Sendable {
        case pass, fail, incomplete, inconclusive
    }

    package var result: Result
    package var rule: String
    package var counts: [String: Int]

    package init(result: Result, rule: String, counts: [String: Int]) {
        self.result = result
        self.rule = rule
        self.counts = counts
    }
}
