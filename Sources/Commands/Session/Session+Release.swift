import JSON
import Releases
import Reporting
import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

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
        _ make: (ReleaseRoles) -> ReleaseExecutor, action: (ReleaseExecutor) async throws -> ReleaseDocument
    ) async throws -> CommandResult {
        currentRun = run
        let progress = ReleaseProgress(console: console)
        let state = try state()
        let roles = ReleaseRoles(
            platform: access.platform, builders: try builders(), verifier: try verifier(), journal: state,
            ledger: state, images: state,
            lock: WaitingLock(inner: state, patience: waitLock ?? .zero) { [console] in console.progress($0) },
            observer: StepLogs(folder: try stateFolder() + "/logs/\(run)", beside: progress, console: console),
            process: LockProcess(host: Self.hostName, id: getpid()), now: { Timestamp.now() })
        let executor = make(roles)
        defer { currentRun = nil }
        var document = try await withLiveView(progress) { try await action(executor) }
        if let report {
            document.report = try ReportFiles.write(document, folder: report, redacting: console.redacted)
        }
        return CommandResult(
            ReleaseJSON.release(document),
            text: ReleaseText.summary(document, palette: Palette(isEnabled: console.style.usesColor)),
            status: ExitStatus(document), failure: document.error)
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
