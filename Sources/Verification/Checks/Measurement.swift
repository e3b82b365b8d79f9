/// One attempt of one check: what was measured, and what is wrong with it.
package struct Measurement: Sendable {
    package enum Outcome: Hashable, Sendable {
        case passed, failed, error
    }

    package struct Captured: Hashable, Sendable {
        package var value: String
        package var isSecret: Bool
    }

    package var outcome: Outcome
    package var summary: String?
    package var likely: LikelyCause?
    package var evidence: Evidence
    package var milliseconds: Double
    /// What a retry policy may go by.
    package var conditions: Set<RetryCondition> = []
    package var captures: [String: Captured] = [:]
    /// Made for this measurement alone; no report may hold them.
    package var secrets: [String] = []
    /// Of an external runner: its tests.
    package var external: ExternalResults?

    package init(
        _ outcome: Outcome, summary: String? = nil, likely: LikelyCause? = nil, evidence: Evidence = Evidence(),
        milliseconds: Double = 0, conditions: Set<RetryCondition> = []
    ) {
        self.outcome = outcome
        self.summary = summary
        self.likely = likely
        self.evidence = evidence
        self.milliseconds = milliseconds
        self.conditions = conditions
    }

    static func unresolved(_ error: Template.Unresolved) -> Measurement {
        Measurement(.error, summary: "`${\(error.name)}` has no value in this run")
    }

    static func malformedHeader(_ name: String) -> Measurement {
        Measurement(.error, summary: "header `\(name)` would contain a line break")
    }

    /// No answer came.
    static func failure(_ failure: ProbeFailure, evidence: Evidence) -> Measurement {
        Measurement(
            .error, summary: failure.sentence, likely: FailureDiagnosis.explain(failure), evidence: evidence,
            milliseconds: failure.milliseconds, conditions: [.failure(failure.kind)])
    }
}

extension ProbeFailure {
    var sentence: String {
        switch kind {
        case .connect: "no connection: \(reason)"
        case .timeout: "no answer in time: \(reason)"
        case .tls: "TLS failed: \(reason)"
        case .lost: "the connection was lost: \(reason)"
        case .malformed: "the answer breaks the protocol: \(reason)"
        case .other: reason
        }
    }
}
