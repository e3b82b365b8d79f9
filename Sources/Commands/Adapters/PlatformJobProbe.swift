import Releases
import Verification

/// Job checks: an execution of a job of this environment, on whatever platform it has.
struct PlatformJobProbe: JobProbe {
    let jobs: any JobPlatform
    let project: String
    /// Of the target; a request may name another.
    let region: String
    /// Between looks at a log that shows nothing yet: Cloud Logging takes some seconds.
    var pauses: [Duration] = [.seconds(1), .seconds(2)]

    /// Enough to see what is the matter; the rest is where the log is.
    private static let shownTasks = 5
    private static let shownLines = 20
    private static let platformStream = "varlog/system"

    func run(_ request: JobProbeRequest) async -> JobProbeOutcome {
        let began = ContinuousClock.now
        do {
            let execution = try await jobs.run(
                JobIdentity(project: project, region: request.region ?? region, name: request.job),
                overrides: overrides(of: request), key: request.key)
            let left = .milliseconds(request.timeoutMilliseconds) - (.now - began)
            let (seen, isGivenUp) = try await end(of: execution, within: max(left, .zero))
            let milliseconds = (ContinuousClock.now - began).milliseconds
            return .ran(await evidence(of: seen, isGivenUp: isGivenUp), milliseconds: milliseconds)
        } catch {
            let failure = FailureLifting.lift(error)
            let reason = ([failure.summary] + failure.details.map { "\($0.label) \($0.value)" })
                .joined(separator: "; ")
            return .failure(
                ProbeFailure(
                    failure.category == .deadline ? .timeout : .other, reason,
                    milliseconds: (ContinuousClock.now - began).milliseconds))
        }
    }

    private func overrides(of request: JobProbeRequest) -> JobOverrides {
        JobOverrides(
            container: request.container, arguments: request.arguments,
            environment: request.environment.sorted { $0.key < $1.key }.map {
                EnvironmentVariable(name: $0.key, value: .literal($0.value))
            }, taskCount: request.taskCount)
    }

    /// An execution for which nobody waits any more is told to end, also by whoever is stopped himself.
    private func end(
        of execution: ExecutionIdentity, within deadline: Duration
    ) async throws -> (ExecutionObservation, isGivenUp: Bool) {
        do {
            return (try await jobs.wait(for: execution, within: deadline), false)
        } catch {
            let cancelling = Task { [jobs] in
                try await jobs.cancel(execution)
                return try await jobs.execution(execution)
            }
            let last = try? await cancelling.value
            guard FailureLifting.lift(error).category == .deadline, let last else { throw error }
            return (last, true)
        }
    }

    private func evidence(of seen: ExecutionObservation, isGivenUp: Bool) async -> JobEvidence {
        let state: JobEvidence.State =
            switch seen.state {
            case _ where isGivenUp: .unfinished
            case .succeeded: .succeeded
            case .failed: .failed
            case .cancelled: .cancelled
            case .pending, .running, .cancelling: .unfinished
            }
        return JobEvidence(
            execution: seen.identity.name, state: state, message: seen.message, tasks: seen.counts.total,
            succeeded: seen.counts.succeeded, failed: seen.counts.failed, cancelled: seen.counts.cancelled,
            retried: seen.counts.retried, failedTasks: await failedTasks(of: seen), logURI: seen.logURI)
    }

    /// What cannot be read changes nothing about how the execution ended.
    private func failedTasks(of seen: ExecutionObservation) async -> [JobEvidence.FailedTask] {
        guard seen.state != .succeeded, let tasks = try? await jobs.tasks(of: seen.identity) else { return [] }
        var failed: [JobEvidence.FailedTask] = []
        for task in tasks.filter({ $0.state == .failed }).prefix(Self.shownTasks) {
            failed.append(
                JobEvidence.FailedTask(
                    index: task.index, exitCode: task.exitCode, signal: task.signal, message: task.message,
                    lines: await lines(ofTask: task.index, in: seen.identity)))
        }
        return failed
    }

    private func lines(ofTask index: Int, in execution: ExecutionIdentity) async -> [String] {
        for pause in pauses + [.zero] {
            guard let lines = try? await jobs.lines(ofTask: index, in: execution, limit: Self.shownLines) else { break }
            // What the platform itself says of the end is told by the task already.
            let own = lines.filter { $0.stream != Self.platformStream }
            if !own.isEmpty { return own.map(\.text) }
            guard pause > .zero, (try? await Task.sleep(for: pause)) != nil else { break }
        }
        return []
    }
}
