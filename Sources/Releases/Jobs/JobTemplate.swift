/// Everything that makes a job.
package struct JobTemplate: Codable, Hashable, Sendable {
    /// What each task runs: image, command, variables, resources and account. What concerns serving (ports, probes,
    /// scaling) is left out. Its labels are those of the job and of every execution.
    package var task: RevisionTemplate
    /// 1 to 10,000.
    package var taskCount: Int
    /// How many run at the same time; nil for as many as Cloud Run will.
    package var parallelism: Int?
    /// How often a task that fails is tried again, 0 to 10. None by default: a migration that failed half-way is not
    /// begun again by itself.
    package var maxRetries: Int
    /// Of one attempt of a task.
    package var timeoutSeconds: Int

    package init(
        task: RevisionTemplate, taskCount: Int = 1, parallelism: Int? = nil, maxRetries: Int = 0,
        timeoutSeconds: Int = 600
    ) {
        self.task = task
        self.taskCount = taskCount
        self.parallelism = parallelism
        self.maxRetries = maxRetries
        self.timeoutSeconds = timeoutSeconds
    }
}

/// What one execution has different from its job; nil leaves the job's own.
package struct JobOverrides: Codable, Hashable, Sendable {
    /// Which of several containers; nil where the job has one.
    package var container: String?
    /// Empty takes the job's arguments away.
    package var arguments: [String]?
    /// Added to the job's, or in place of those with the same names.
    package var environment: [EnvironmentVariable]
    package var taskCount: Int?
    package var timeoutSeconds: Int?

    package init(
        container: String? = nil, arguments: [String]? = nil, environment: [EnvironmentVariable] = [],
        taskCount: Int? = nil, timeoutSeconds: Int? = nil
    ) {
        self.container = container
        self.arguments = arguments
        self.environment = environment
        self.taskCount = taskCount
        self.timeoutSeconds = timeoutSeconds
    }
}
