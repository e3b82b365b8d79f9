/// Runs a Cloud Run job that is there already, and waits for what becomes of it.
package protocol JobProbe: Sendable {
    /// Never throws: that a job could not be run is a measurement too. An execution that is given up is told to end.
    func run(_ request: JobProbeRequest) async -> JobProbeOutcome
}

package struct JobProbeRequest: Hashable, Sendable {
    package var job: String
    /// Nil for the target's own.
    package var region: String?
    /// Nil where the job has one container.
    package var container: String?
    /// Nil for the job's own.
    package var arguments: [String]?
    /// Added to the job's own.
    package var environment: [String: String]
    /// Nil for the job's own.
    package var taskCount: Int?
    package var timeoutMilliseconds: Int
    /// By which the execution is found should its start not be answered; no other request has it.
    package var key: String

    package init(
        job: String, region: String? = nil, container: String? = nil, arguments: [String]? = nil,
        environment: [String: String] = [:], taskCount: Int? = nil, timeoutMilliseconds: Int, key: String
    ) {
        self.job = job
        self.region = region
        self.container = container
        self.arguments = arguments
        self.environment = environment
        self.taskCount = taskCount
        self.timeoutMilliseconds = timeoutMilliseconds
        self.key = key
    }
}

package enum JobProbeOutcome: Hashable, Sendable {
    case ran(JobEvidence, milliseconds: Double)
    case failure(ProbeFailure)
}

/// What became of an execution.
package struct JobEvidence: Codable, Hashable, Sendable {
    package enum State: String, Codable, Hashable, Sendable, CaseIterable {
        case succeeded, failed, cancelled
        /// It went on when nobody waited any more, and was told to end.
        case unfinished
    }

    /// A task that did not succeed.
    package struct FailedTask: Codable, Hashable, Sendable {
        package var index: Int
        package var exitCode: Int?
        package var signal: Int?
        /// What Cloud Run says of it.
        package var message: String?
        /// The last ones that it wrote, oldest first.
        package var lines: [String]

        package init(
            index: Int, exitCode: Int? = nil, signal: Int? = nil, message: String? = nil, lines: [String] = []
        ) {
            self.index = index
            self.exitCode = exitCode
            self.signal = signal
            self.message = message
            self.lines = lines
        }
    }

    package var execution: String
    package var state: State
    /// What Cloud Run says of it.
    package var message: String?
    package var tasks: Int
    package var succeeded: Int
    package var failed: Int
    package var cancelled: Int
    /// Tasks that were tried more than once.
    package var retried: Int
    /// The first of them.
    package var failedTasks: [FailedTask]
    package var logURI: String?

    package init(
        execution: String, state: State, message: String? = nil, tasks: Int, succeeded: Int = 0, failed: Int = 0,
        cancelled: Int = 0, retried: Int = 0, failedTasks: [FailedTask] = [], logURI: String? = nil
    ) {
        self.execution = execution
        self.state = state
        self.message = message
        self.tasks = tasks
        self.succeeded = succeeded
        self.failed = failed
        self.cancelled = cancelled
        self.retried = retried
        self.failedTasks = failedTasks
        self.logURI = logURI
    }

    /// Tasks of which nobody says what became of them.
    package var lost: Int { state == .unfinished ? 0 : max(0, tasks - succeeded - failed - cancelled) }
}

extension Redactor {
    func redact(_ job: JobEvidence) -> JobEvidence {
        var job = job
        job.message = redact(job.message)
        job.logURI = redact(job.logURI)
        job.failedTasks = job.failedTasks.map { task in
            var task = task
            task.message = redact(task.message)
            task.lines = task.lines.map { redact($0) }
            return task
        }
        return job
    }
}
