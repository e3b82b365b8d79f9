/// Where jobs run: a migration before traffic moves, or a check that has to run in the cloud.
///
/// Every function throws ``Failure``. Writes are sent once; where the answer is lost, the platform is asked whether the
/// write was taken, which the caller's key tells. A key is a text of the caller's own that no other write has.
package protocol JobPlatform: Sendable {
    /// Nil when there is no such job.
    func job(_ job: JobIdentity) async throws -> JobObservation?

    /// Creates the job or replaces what it is, and waits until it can be run. Labels and annotations of others stay.
    ///
    /// Throws `release` when Cloud Run cannot use the template, `conflict` when somebody else changes the job at the same
    /// time, `deadline` when it is not ready in time.
    func put(
        _ template: JobTemplate, as job: JobIdentity, key: String, within deadline: Duration
    ) async throws -> JobObservation

    /// Starts an execution. It carries `key` in the variable ``JobRun/keyVariable``.
    func run(_ job: JobIdentity, overrides: JobOverrides, key: String) async throws -> ExecutionIdentity

    /// Nil when there is no such execution.
    func execution(_ execution: ExecutionIdentity) async throws -> ExecutionObservation?

    /// Until the execution has ended. Throws `deadline` for one that goes on; whether it may is for the caller to say
    /// (``cancel(_:)``).
    func wait(for execution: ExecutionIdentity, within deadline: Duration) async throws -> ExecutionObservation

    /// Tells the execution to end; one that has ended is left as it is.
    func cancel(_ execution: ExecutionIdentity) async throws

    /// With its executions. A job that is not there is deleted already.
    func delete(_ job: JobIdentity) async throws

    func delete(_ execution: ExecutionIdentity) async throws

    /// Newest first, 1 to 1000.
    func executions(of job: JobIdentity, limit: Int) async throws -> [ExecutionObservation]

    /// All of them, by index.
    func tasks(of execution: ExecutionIdentity) async throws -> [TaskObservation]

    /// The last lines that a task wrote, oldest first.
    func lines(ofTask index: Int, in execution: ExecutionIdentity, limit: Int) async throws -> [LogLine]
}

package enum JobRun {
    /// By which an execution is found whose start was not answered.
    package static let keyVariable = "STAGECTL_EXECUTION_KEY"
    /// By which a job is found whose change was not answered.
    package static let keyAnnotation = "stagectl.dev/key"
}
