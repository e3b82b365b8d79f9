import Configuration

/// A Cloud Run job that is run once against the target: all of its tasks must succeed.
package struct JobCheck: Hashable, Sendable {
    package var job: Template
    /// Nil for the target's own.
    package var region: Template?
    /// Which of the job's containers is told `arguments` and `environment`; nil where it has one.
    package var container: String?
    /// Nil for the job's own.
    package var arguments: [Template]?
    package var environment: [CommandCheck.Variable]
    package var taskCount: Int?
    /// How many tasks may have been tried more than once; no condition allows any number.
    package var retried: [NumberCondition]
    package var belowMilliseconds: Int?
    package var timeoutMilliseconds: Int

    package init(
        job: Template, region: Template? = nil, container: String? = nil, arguments: [Template]? = nil,
        environment: [CommandCheck.Variable] = [], taskCount: Int? = nil, retried: [NumberCondition] = [],
        belowMilliseconds: Int? = nil, timeoutMilliseconds: Int = 600_000
    ) {
        self.job = job
        self.region = region
        self.container = container
        self.arguments = arguments
        self.environment = environment
        self.taskCount = taskCount
        self.retried = retried
        self.belowMilliseconds = belowMilliseconds
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    package func request(in scope: CheckScope) throws(Template.Unresolved) -> JobProbeRequest {
        var request = JobProbeRequest(
            job: try job.render(scope.values), region: try region?.render(scope.values), container: container,
            taskCount: taskCount, timeoutMilliseconds: timeoutMilliseconds, key: scope.trace.traceID)
        if let arguments {
            var rendered: [String] = []
            for argument in arguments { rendered.append(try argument.render(scope.values)) }
            request.arguments = rendered
        }
        request.environment["TARGET_URL"] = scope.baseURL
        request.environment["TRACEPARENT"] = scope.trace.header
        for variable in environment { request.environment[variable.name] = try variable.value.render(scope.values) }
        return request
    }

    func measure(_ probe: (any JobProbe)?, in scope: CheckScope) async -> Measurement {
        guard let probe else { return Measurement(.error, summary: "this run cannot run Cloud Run jobs") }
        do throws(Template.Unresolved) {
            let request = try request(in: scope)
            if let name = scope.secret(in: (request.arguments ?? []) + request.environment.values) {
                return Measurement(
                    .error,
                    summary: "`\(name)` would be written into the execution, where everybody reads it who may "
                        + "see the job",
                    likely: LikelyCause(
                        cause: "a job is told its variables in the clear",
                        fix: "give the job itself the secret, from Secret Manager"))
            }
            return judge(await probe.run(request), of: request, in: scope)
        } catch {
            return .unresolved(error)
        }
    }

    /// Pure.
    package func judge(
        _ outcome: JobProbeOutcome, of request: JobProbeRequest, in scope: CheckScope
    ) -> Measurement {
        var evidence = Evidence(url: "job:\(request.job)", traceID: scope.trace.traceID)
        switch outcome {
        case .failure(let failure): return .failure(failure, evidence: evidence)
        case .ran(let seen, let milliseconds):
            evidence.job = seen
            evidence.exitCode = seen.failedTasks.first?.exitCode ?? (seen.state == .succeeded ? 0 : nil)
            let problems = problems(of: seen, milliseconds)
            var measurement = Measurement(
                problems.isEmpty ? .passed : seen.isConclusive ? .failed : .error,
                summary: problems.isEmpty
                    ? "\(seen.succeeded) of \(Counted.text(seen.tasks, "task")) of `\(seen.execution)` succeeded"
                    : problems.joined(separator: "; "),
                likely: problems.isEmpty ? nil : seen.cause, evidence: evidence, milliseconds: milliseconds)
            if seen.state == .unfinished { measurement.conditions = [.failure(.timeout)] }
            return measurement
        }
    }

    private func problems(of seen: JobEvidence, _ milliseconds: Double) -> [String] {
        let name = "execution `\(seen.execution)`"
        var problems: [String] = []
        switch seen.state {
        case .unfinished:
            return [
                "\(name) did not end within \(timeoutMilliseconds) ms: \(seen.succeeded) of \(Counted.text(seen.tasks, "task")) "
                    + "succeeded, \(seen.failed) failed; it was told to end"
            ]
        case .cancelled:
            problems.append(
                "\(name) was cancelled by somebody: \(seen.succeeded) of \(Counted.text(seen.tasks, "task")) succeeded")
        case .failed:
            problems.append(
                "\(seen.failed) of \(Counted.text(seen.tasks, "task")) of `\(seen.execution)` failed\(seen.firstFailure)"
            )
        case .succeeded where seen.succeeded < seen.tasks || seen.tasks == 0:
            problems.append(
                "\(name) says that it succeeded, and \(seen.succeeded) of \(Counted.text(seen.tasks, "task")) did")
        case .succeeded: break
        }
        if seen.lost > 0 { problems.append("nobody says what became of \(Self.tasks(seen.lost))") }
        let unmet = retried.compactMap { $0.unmet(by: Double(seen.retried)) }
        if !unmet.isEmpty {
            problems.append(
                "\(Self.tasks(seen.retried)) had to be tried more than once, wanted \(unmet.joined(separator: " and "))"
            )
        }
        if let belowMilliseconds, !(milliseconds < Double(belowMilliseconds)) {
            problems.append(
                "it took \(JUnitDocument.seconds(milliseconds)) s, wanted less than \(belowMilliseconds) ms")
        }
        return problems
    }

    private static func tasks(_ count: Int) -> String { "\(count) task\(count == 1 ? "" : "s")" }
}

extension JobEvidence {
    /// Whether it says something about the target: an execution that was cut short or lost says nothing.
    fileprivate var isConclusive: Bool {
        switch state {
        case .failed: true
        case .succeeded: succeeded == tasks && tasks > 0
        case .cancelled, .unfinished: false
        }
    }

    fileprivate var firstFailure: String {
        guard let task = failedTasks.first else { return message.map { ": \($0)" } ?? "" }
        let last = task.lines.last { !$0.allSatisfy(\.isWhitespace) } ?? task.message
        return ": task \(task.index) \(task.ending)" + (last.map { ": \(TextCondition.short($0))" } ?? "")
    }

    fileprivate var cause: LikelyCause? {
        let fix = logURI.map { "read the log of the execution: \($0)" } ?? "read the log of the execution"
        switch state {
        case .failed where failedTasks.contains { $0.signal == 9 }:
            return LikelyCause(
                cause: "a task was ended from outside: its timeout, or more memory than it has", fix: fix)
        case .failed, .unfinished: return LikelyCause(cause: "a task of the job did not do what it should", fix: fix)
        case .cancelled, .succeeded: return nil
        }
    }
}

extension JobEvidence.FailedTask {
    fileprivate var ending: String {
        if let exitCode { return "ended with \(exitCode)" }
        if let signal { return "was ended by signal \(signal)" }
        return "did not succeed"
    }
}
