import Configuration
import JSON
import Releases
import Reporting
import State
import Transport

/// Runs a plan, the same for every command that has one.
extension Session {
    func release(
        _ plan: Plan, access: PlatformAccess, change: ChangeFlags, holding held: HeldLocks = HeldLocks(),
        report: String?, first: [String] = []
    ) async throws -> CommandResult {
        if change.dryRun { return CommandResult(ReleaseJSON.plan(plan), text: ReleaseText.plan(plan)) }
        let decoded = try DecodedPlan(decoding: plan.serialized())
        return try await execute(decoded.plan, access: access, report: report, first: first) { roles in
            ReleaseExecutor(decoded, holding: held, roles: roles)
        } action: { executor in
            await executor.run()
        }
    }

    /// A dry run of what would be refused: the plan, and why it would not be carried out.
    func plan(_ plan: Plan, refusedFor failure: Failure) -> CommandResult {
        var document = ReleaseJSON.plan(plan)
        document["error"] = ReleaseJSON.failure(failure)
        return CommandResult(
            document, text: ReleaseText.plan(plan), status: ExitStatus(failure), failure: failure)
    }

    /// - Parameters:
    ///   - entries: the journal so far, when the run was begun before.
    ///   - first: checks that a candidate is asked before all others (`SUITE/ID`).
    func execute(
        _ plan: Plan, resuming entries: [JournalEntry] = [], access: PlatformAccess, report: String?,
        first: [String] = [],
        _ make: (ReleaseRoles) -> ReleaseExecutor, action: (ReleaseExecutor) async throws -> ReleaseDocument
    ) async throws -> CommandResult {
        if let report { try ReportFiles.prepare(report) }
        hideSecrets(of: try environment())
        let progress = ReleaseProgress(
            console: console, plan: plan, resuming: Progress(replaying: entries))
        let state = try state()
        let logs = StepLogs(folder: try stateFolder() + "/logs/\(plan.run)", beside: progress, console: console)
        let underWay = RunUnderWay(plan, resuming: entries, store: state)
        var verifier = try verifier(on: access.platform)
        verifier.counts = access.counts
        verifier.first = first
        let recorder = try await recorder(of: plan.run)
        verifier.recorder = recorder
        var roles = ReleaseRoles(
            platform: access.platform, builders: try builders(), verifier: verifier,
            journal: underWay,
            ledger: state, images: state, lock: state, observer: logs,
            connections: access.connections, jobs: access.platform, hooks: try hookRunner(),
            process: ProcessLife.this, now: { Timestamp.beginning() })
        roles.infrastructure = try infrastructureApplier()
        roles.digest = Fingerprint.sha256
        let executor = make(roles)
        self.underWay = underWay
        var document = try await withLiveView(progress) { try await action(executor) }
        // Whoever goes on with what is left, on whichever machine, need not wait for this process.
        await (state as? BucketState)?.endPresence(in: plan.run)
        await recorder.finish()
        for index in document.services.indices {
            guard let command = document.services[index].diagnosis?.command else { continue }
            document.services[index].diagnosis?.command = repeatedOptions.added(to: command)
        }
        if document.error?.category == .interrupted {
            let left = Self.leftBehind(by: document)
            document.error?.details += left
        }
        document = try await runEndHooks(of: document, in: try environment(), observer: logs, ledger: state)
        do {
            document.report = try await writeReport(of: document, recorder.evidence, folder: report)
        } catch {
            // What was released stays released: the report alone is missing.
            console.problem(FailureText.text(FailureLifting.lift(error), palette: Palette(isEnabled: false)))
        }
        return CommandResult(
            ReleaseJSON.release(document),
            text: ReleaseText.summary(document, palette: console.style.resultPalette),
            status: ExitStatus(document), failure: document.briefError)
    }

    /// What a safe stop leaves: traffic as it was, and revisions that nobody is sent to.
    private static func leftBehind(by release: ReleaseDocument) -> [Failure.Detail] {
        let candidates = release.services.compactMap { service in
            service.candidate.map { candidate in
                Failure.Detail(
                    "left", candidate + (candidate == service.revision ? ", closed to the public" : ", without traffic")
                )
            }
        }
        return (release.services.isEmpty ? [] : [.init("traffic", "as it was before")]) + candidates
    }

    /// Values of variables whose names say that they are secret, and what this process itself signs in with.
    func hideSecrets(of environment: Environment) {
        var secrets = environment.services.flatMap(\.allVariables).compactMap { variable -> String? in
            guard variable.isSensitive, case .literal(let value) = variable.value else { return nil }
            return value
        }
        secrets += ((environment.hooks ?? []) + environment.services.flatMap { $0.hooks ?? [] })
            .flatMap(\.environment).compactMap { variable -> String? in
                guard SensitiveName.matches(variable.name), case .literal(let value) = variable.value else {
                    return nil
                }
                return value
            }
        secrets += [ProcessEnvironment.nonEmpty("STAGECTL_ACCESS_TOKEN")].compactMap(\.self)
        // A short word may be part of any line.
        console.hide(secrets.filter { $0.utf8.count >= 6 })
    }

    /// Keeps the step list moving while the work lasts, and ends it before anything else is printed.
    private func withLiveView(
        _ progress: ReleaseProgress, _ work: () async throws -> ReleaseDocument
    ) async throws -> ReleaseDocument {
        let ticking = Task { await progress.tick() }
        let result: Result<ReleaseDocument, any Error>
        do { result = .success(try await work()) } catch { result = .failure(error) }
        ticking.cancel()
        await ticking.value
        return try result.get()
    }
}

extension ReleaseDocument {
    /// Without the checks that the text above has told already.
    fileprivate var briefError: Failure? {
        guard let error, error.category == .checks, services.contains(where: { $0.diagnosis != nil }) else {
            return error
        }
        return Failure(error.category, error.summary, hint: error.hint)
    }
}
