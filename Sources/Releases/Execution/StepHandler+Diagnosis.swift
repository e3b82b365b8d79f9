/// What is seen of a failure, gathered for its diagnosis.
extension StepHandler {
    func notReady(_ service: PlannedService, message: String, output: StepOutput) async throws -> StepError {
        let revision = try await revisionOfThisRun(service)
        var output = output
        let deciding = revision?.condition ?? Condition(state: .failed, message: message)
        let others = (revision?.conditions ?? [:]).sorted { $0.key < $1.key }.map(\.value)
        var symptoms = Symptoms(
            service: service.service, identity: service.identity, revision: revision?.name,
            conditions: [deciding] + others.filter { $0.state == .failed && $0 != deciding }, statements: [message])
        // Where no container ran there are no lines to wait for.
        let ran = DiagnosisRules.refused(symptoms) == nil
        (symptoms.lines, symptoms.logProblem) = await readLog(of: revision?.name, service, isAwaited: ran)
        let diagnosis = DiagnosisRules.notReady(symptoms)
        output.diagnosis = diagnosis
        return StepError(
            Failure(
                .release, "revision of `\(service.key)` did not become ready: \(diagnosis.cause)",
                details: [.init("revision", revision?.name ?? "none"), .init("Cloud Run", message)],
                hint: diagnosis.fix), output: output)
    }

    /// A write that the platform refuses, with what is known about such refusals. Nothing else about the failure
    /// changes.
    func explainingRefusal(
        of service: PlannedService, _ write: () async throws -> StepOutput
    ) async throws -> StepOutput {
        do {
            return try await write()
        } catch let failure as Failure {
            let symptoms = Symptoms(
                service: service.service, identity: service.identity,
                statements: [failure.summary] + failure.details.map(\.value))
            guard let diagnosis = DiagnosisRules.refused(symptoms) else { throw failure }
            var output = StepOutput()
            output.diagnosis = diagnosis
            var explained = failure
            explained.hint = diagnosis.command ?? diagnosis.fix
            throw StepError(explained, output: output)
        }
    }

    /// What a candidate that nobody is served by shows of itself.
    func symptoms(_ service: PlannedService, revision: String?) async -> Symptoms {
        let (lines, problem) = await readLog(of: revision, service)
        return Symptoms(
            service: service.service, identity: service.identity, revision: revision, lines: lines, logProblem: problem)
    }

    private static let linesRead = 200
    /// Cloud Logging shows an entry some seconds after it was written; 20 seconds in all.
    private static let pauses = [0.1, 0.2, 0.4, 0.8, 1.6, 3.0, 4.0, 5.0, 5.0]
    /// What an instance wrote arrives in several batches: the platform's own line may come before the stack trace.
    private static let settling = Duration.milliseconds(500)

    /// The revision's own last lines. A log that cannot be read hides no failure: it is told why.
    private func readLog(
        of revision: String?, _ service: PlannedService, isAwaited: Bool = true
    ) async -> (lines: [LogLine], problem: String?) {
        guard let revision else { return ([], nil) }
        var problem: String?
        for pause in isAwaited ? Self.pauses : [0] {
            do {
                let lines = try await roles.platform.logs(
                    of: revision, service: service.identity, limit: Self.linesRead)
                problem = nil
                if !lines.isEmpty { return (await settled(lines, of: revision, service), nil) }
            } catch is CancellationError {
                return ([], nil)
            } catch let failure as Failure {
                problem = failure.summary
                // Whoever may not read the log now may not in a second either.
                if failure.category == .permission { break }
            } catch {
                problem = "unexpected error"
            }
            do { try await roles.clock.sleep(for: .seconds(pause)) } catch { return ([], problem) }
        }
        return ([], problem)
    }

    /// The lines once two looks show the same.
    private func settled(_ lines: [LogLine], of revision: String, _ service: PlannedService) async -> [LogLine] {
        var lines = lines
        for _ in 0..<4 {
            do { try await roles.clock.sleep(for: Self.settling) } catch { return lines }
            let again = try? await roles.platform.logs(of: revision, service: service.identity, limit: Self.linesRead)
            guard let again, again != lines, !again.isEmpty else { return lines }
            lines = again
        }
        return lines
    }
}
