package import Transport

/// Why work on a root did not come to its end.
package enum InfrastructureError: Error, Hashable, Sendable {
    /// The program is not installed, or cannot be started.
    case cannotStart(ProcessError)
    /// The folder of the configuration is not there.
    case noRoot(String)
    /// It ended with an error; findings as far as it gave any, and the last lines that it printed.
    case failed(command: String, exitCode: Int32, findings: [InfrastructureFinding], lastLines: [String])
    case locked(StateLockHolder, waitedSeconds: Int)
    /// An apply that failed, or was stopped, in the middle.
    case cut(TerraformProgress, findings: [InfrastructureFinding], wasStopped: Bool)
    /// Its JSON is of a kind that is not known.
    case unreadable(command: String, reason: String)
    /// The file of the plan that was shown is another one now, or gone.
    case planChanged(String)
    /// What is left would do what nobody has approved: `create google_redis_instance.cache`.
    case outgrown([String])
    case fileNotWritten(path: String, code: Int32)
}
