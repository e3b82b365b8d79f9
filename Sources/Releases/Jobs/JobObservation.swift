/// A job as the platform shows it.
package struct JobObservation: Hashable, Sendable {
    package var identity: JobIdentity
    package var generation: Int64
    package var observedGeneration: Int64
    package var reconciling: Bool
    package var isDeleting: Bool
    package var etag: String?
    package var labels: [String: String]
    package var annotations: [String: String]
    /// Of the write that made it what it is (``JobPlatform/put(_:as:key:within:)``); nil where somebody else did.
    package var key: String?
    package var condition: Condition

    package init(
        identity: JobIdentity, generation: Int64, observedGeneration: Int64 = 0, reconciling: Bool = false,
        isDeleting: Bool = false, etag: String? = nil, labels: [String: String] = [:],
        annotations: [String: String] = [:], key: String? = nil, condition: Condition = Condition(state: .unknown)
    ) {
        self.identity = identity
        self.generation = generation
        self.observedGeneration = observedGeneration
        self.reconciling = reconciling
        self.isDeleting = isDeleting
        self.etag = etag
        self.labels = labels
        self.annotations = annotations
        self.key = key
        self.condition = condition
    }
}

/// One execution as the platform shows it.
package struct ExecutionObservation: Hashable, Sendable {
    package enum State: String, Codable, Hashable, Sendable, CaseIterable {
        case pending, running, cancelling, succeeded, failed, cancelled

        package var isEnd: Bool {
            switch self {
            case .pending, .running, .cancelling: false
            case .succeeded, .failed, .cancelled: true
            }
        }
    }

    package var identity: ExecutionIdentity
    package var state: State
    /// What Cloud Run says of it.
    package var message: String?
    package var counts: TaskCounts
    /// What whoever ran it gave (``JobPlatform/run(_:overrides:key:)``).
    package var key: String?
    /// Seconds since 1970; nil for what has not happened yet.
    package var created: Double?
    package var started: Double?
    package var completed: Double?
    /// Where a person reads its log.
    package var logURI: String?

    package init(
        identity: ExecutionIdentity, state: State, message: String? = nil, counts: TaskCounts, key: String? = nil,
        created: Double? = nil, started: Double? = nil, completed: Double? = nil, logURI: String? = nil
    ) {
        self.identity = identity
        self.state = state
        self.message = message
        self.counts = counts
        self.key = key
        self.created = created
        self.started = started
        self.completed = completed
        self.logURI = logURI
    }
}

/// What has become of an execution's tasks so far.
package struct TaskCounts: Codable, Hashable, Sendable {
    package var total: Int
    package var running: Int
    package var succeeded: Int
    package var failed: Int
    package var cancelled: Int
    /// Tasks that were tried more than once.
    package var retried: Int

    package init(
        total: Int, running: Int = 0, succeeded: Int = 0, failed: Int = 0, cancelled: Int = 0, retried: Int = 0
    ) {
        self.total = total
        self.running = running
        self.succeeded = succeeded
        self.failed = failed
        self.cancelled = cancelled
        self.retried = retried
    }

    /// Of an execution that has ended: tasks that nobody says anything about.
    package var lost: Int { max(0, total - succeeded - failed - cancelled) }
}

/// One task as the platform shows it.
package struct TaskObservation: Hashable, Sendable {
    package var name: String
    package var index: Int
    package var state: ExecutionObservation.State
    package var message: String?
    /// Of the last attempt; nil where it did not end by itself.
    package var exitCode: Int?
    /// That ended the last attempt.
    package var signal: Int?
    /// How often it was tried again.
    package var retries: Int
    package var logURI: String?

    package init(
        name: String, index: Int, state: ExecutionObservation.State, message: String? = nil, exitCode: Int? = nil,
        signal: Int? = nil, retries: Int = 0, logURI: String? = nil
    ) {
        self.name = name
        self.index = index
        self.state = state
        self.message = message
        self.exitCode = exitCode
        self.signal = signal
        self.retries = retries
        self.logURI = logURI
    }
}
