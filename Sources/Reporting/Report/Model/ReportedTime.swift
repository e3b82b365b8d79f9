package import Releases

/// Where the time went.
package struct TimeAnalysis: Codable, Hashable, Sendable {
    package struct Phase: Codable, Hashable, Sendable {
        /// The verb of its steps: `build`, `smoke`, …
        package var name: String
        /// Of all of its steps together; steps of several services run at the same time.
        package var seconds: Double
        package var steps: Int
    }

    /// From the first to the last moment of the run; nil where that is not known.
    package var totalSeconds: Double?
    package var phases: [Phase] = []
    /// From the first check's begin to the last one's end; nil where checks do not say when they ran.
    package var checkSeconds: Double?
    /// Of all checks together, as if one ran after the other.
    package var checkWorkSeconds = 0.0
    package var averageCheckMilliseconds: Double?
    package var checksPerMinute: Double?
}

/// One step with its place in the run.
package struct ReportedStep: Codable, Hashable, Sendable {
    package var id: String
    package var status: StepResult.Status
    /// Seconds since the run began; nil where the journal is not here.
    package var start: Double?
    package var seconds: Double
    package var note: String?
}

/// Who had which share from a moment on.
package struct TrafficMoment: Codable, Hashable, Sendable {
    package var service: String
    /// Seconds since the run began.
    package var at: Double
    package var shares: [TrafficEntry]
}

/// What the checks of one run came to.
package struct PassRate: Codable, Hashable, Sendable {
    package var run: String
    /// RFC 3339.
    package var started: String
    package var passed: Int
    package var total: Int
    package var result: String
}

/// What is different from the last run that ran checks.
package struct ReportedChanges: Codable, Hashable, Sendable {
    package struct Change: Codable, Hashable, Sendable {
        package var check: String
        /// Nil where it was not there.
        package var before: String?
        package var now: String?
    }

    package var run: String
    package var started: String
    package var result: String
    package var broken: [Change] = []
    package var fixed: [Change] = []
    package var stillFailing: [Change] = []
    package var flaky: [Change] = []
    package var notRun: [Change] = []
    package var new: [Change] = []
    package var gone: [Change] = []
    package var slower: [Change] = []

    /// Each kind with its name for people.
    package var all: [(name: String, changes: [Change])] {
        [
            ("newly failing", broken), ("fixed", fixed), ("still failing", stillFailing), ("flaky", flaky),
            ("ran before and not now", notRun), ("new", new), ("gone", gone), ("slower", slower),
        ]
    }
}

/// What to do next, and why.
package struct Recommendation: Codable, Hashable, Sendable {
    package var action: String
    package var evidence: String
    /// What to type; nil where nothing that is typed does it.
    package var command: String?
}
