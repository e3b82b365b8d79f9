import JSON
import Releases
import Reporting
import Transport

/// Runs a plan, the same for every command that has one.
extension Session {
    func release(
        _ plan: Plan, access: PlatformAccess, change: ChangeFlags, waitLock: Duration?, report: String?
    ) async throws -> CommandResult {
        if change.dryRun { return CommandResult(ReleaseJSON.plan(plan), text: ReleaseText.plan(plan)) }
        let decoded = try DecodedPlan(decoding: plan.serialized())
        return try await execute(access: access, run: plan.run, waitLock: waitLock, report: report) { roles in
            ReleaseExecutor(decoded, roles: roles)
        } action: { executor in
            await executor.run()
        }
    }

    func execute(
        access: PlatformAccess, run: String, waitLock: Duration?, report: String?,
        _ make: (ReleaseRoles) -> ReleaseExecutor, action: (ReleaseExecutor) async -> ReleaseDocument
    ) async throws -> CommandResult {
        currentRun = run
        let progress = ReleaseProgress(console: console)
        let state = try state()
        let roles = ReleaseRoles(
            platform: access.platform, builders: try builders(), verifier: try verifier(), journal: state,
            ledger: state, images: state,
            lock: WaitingLock(inner: state, patience: waitLock ?? .zero) { [console] in console.progress($0) },
            observer: progress, now: { Timestamp.now() })
        let executor = make(roles)
        async let ticking: Void = progress.tick()
        var document = await action(executor)
        currentRun = nil
        if let report {
            document.report = try ReportFiles.write(document, folder: report, redacting: console.redacted)
        }
        return await finish(document, ticking: ticking)
    }

    /// Ends the live view before the summary is printed.
    private func finish(_ document: ReleaseDocument, ticking: Void) async -> CommandResult {
        CommandResult(
            ReleaseJSON.release(document),
            text: ReleaseText.summary(document, palette: Palette(isEnabled: console.style.usesColor)),
            status: ExitStatus(document), failure: document.error)
    }
}
