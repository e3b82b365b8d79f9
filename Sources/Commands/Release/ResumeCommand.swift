import ArgumentParser
import JSON
import Releases
import Reporting

/// `stagectl resume`
struct ResumeCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Finish an interrupted run (the last one, if none is named).")
    static let schema = "stagectl.release/v1"

    @OptionGroup var global: GlobalOptions
    @OptionGroup var change: ChangeFlags
    @OptionGroup var freeze: FreezeFlags

    @Argument(help: "The run.")
    var run: String?

    func run(in session: Session) async throws -> CommandResult {
        if let (store, loop) = try await session.unfinishedLoop(run) {
            return try await session.resumeLoop(store, loop, dryRun: change.dryRun)
        }
        let reason = freeze.reason
        if change.dryRun { return try await session.remainingWork(.forward, of: run, override: reason) }
        let asked = Dictionary(freeze.overrides.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        return try await session.takeUp(run, unless: { try session.refusal(toResume: $0, $1, override: reason) }) {
            try await $0.resume(overriding: asked)
        }
    }
}

/// `stagectl abort`
struct AbortCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "abort", abstract: "Undo an interrupted run (the last one, if none is named).")
    static let schema = "stagectl.release/v1"

    @OptionGroup var global: GlobalOptions
    @OptionGroup var change: ChangeFlags

    @Argument(help: "The run.")
    var run: String?

    func run(in session: Session) async throws -> CommandResult {
        if let (store, loop) = try await session.unfinishedLoop(run) {
            return try await session.abortLoop(store, loop, dryRun: change.dryRun)
        }
        if change.dryRun { return try await session.remainingWork(.back, of: run) }
        var infrastructure: InfrastructureRecord?
        var result = try await session.takeUp(run) { executor in
            let release = try await executor.abort()
            infrastructure = release.infrastructure
            return release
        }
        if let infrastructure, !infrastructure.isComplete {
            result.text += "\n" + (await session.nextApply(after: infrastructure))
        }
        // Undone is what was asked for.
        if result.status == .release {
            result.status = .done
            result.failure = nil
            result.document["error"] = .null
        }
        return result
    }
}

extension Session {
    /// Goes on with a journal that has no end.
    ///
    /// - Parameter refusal: what keeps it, asked before anything is touched.
    func takeUp(
        _ name: String?, unless refusal: (Plan, Progress) throws -> Failure? = { _, _ in nil },
        action: (ReleaseExecutor) async throws -> ReleaseDocument
    ) async throws -> CommandResult {
        let (decoded, entries) = try await unfinished(name)
        if let refusal = try refusal(decoded.plan, Progress(replaying: entries)) { throw refusal }
        let isOfServices = decoded.plan.kind != .infra
        let access = isOfServices ? try await platformAccess() : try await infrastructureAccess()
        if decoded.plan.kind == .prune { return try await takeUp(prune: decoded, entries, access, action) }
        return try await execute(decoded.plan, resuming: entries, access: access, report: nil) { roles in
            ReleaseExecutor(decoded, resuming: entries, approver: initiator, roles: roles)
        } action: { executor in
            try await action(executor)
        }
    }

    func refusal(toResume plan: Plan, _ progress: Progress, override reason: String?) throws -> Failure? {
        FreezeGate.refusal(
            toResume: plan, progress, in: try environment(), at: Int(Today.secondsSince1970), override: reason)
    }

    /// - Parameter reason: of `--override freeze=REASON`.
    func remainingWork(
        _ direction: RemainingWork.Direction, of name: String?, override reason: String? = nil
    ) async throws -> CommandResult {
        let (decoded, entries) = try await unfinished(name)
        let work = RemainingWork(direction, of: decoded.plan, entries: entries)
        guard direction == .forward,
            let refusal = try refusal(toResume: decoded.plan, Progress(replaying: entries), override: reason)
        else { return work.result }
        return work.result(refusedFor: refusal)
    }

    /// A run that has no end and that nobody executes; the last one, if none is named.
    private func unfinished(_ name: String?) async throws -> (plan: DecodedPlan, entries: [JournalEntry]) {
        let state = try state()
        let open = try await state.unfinishedRuns(environment: environmentName)
        guard let run = name ?? open.last else {
            // One that was interrupted has ended, and yet something is left.
            let failed = try failedApply().map { [Failure.Detail("last apply", "run \($0.run) \($0.words)")] } ?? []
            throw Failure(
                .usage, "no run is unfinished in `\(environmentName)`", details: failed,
                hint: failed.isEmpty
                    ? "stagectl history --env \(environmentName)"
                    : "what is left of it: stagectl infra plan --env \(environmentName)")
        }
        guard let journal = try await state.read(run: run) else {
            throw Failure(.usage, "no run is called `\(SafeText.line(run))`", hint: "stagectl history")
        }
        guard open.contains(run) else {
            throw Failure(
                .conflict, "run `\(run)` has ended already, or belongs to another environment",
                details: [.init("environment", journal.environment)], hint: "stagectl show \(run)")
        }
        let decoded = try DecodedPlan(decoding: journal.plan)
        // Who goes on with a plan means the one that was shown.
        guard decoded.plan.isAsFingerprinted(Fingerprint.sha256) else {
            throw Failure(
                .conflict, "the plan of run `\(run)` is not the one that was made",
                details: [.init("fingerprint", decoded.plan.fingerprint)], hint: "stagectl show \(run)")
        }
        try await refuseWhileExecuted(decoded.plan, by: journal.process)
        return (decoded, journal.entries)
    }

    /// Two processes must not execute one run. A holder that died on this machine is known to be dead; one on
    /// another machine is believed alive until its lease has run out.
    ///
    /// - Parameter executor: as the journal has it: a run that still builds holds no lock yet.
    private func refuseWhileExecuted(_ plan: Plan, by executor: LockProcess?) async throws {
        if let executor = try await self.executor(of: plan.run, executor) {
            throw Failure(
                .conflict, "run `\(plan.run)` is being executed",
                details: [.init("process", "\(executor.id) on \(executor.host)")],
                hint: ProcessLife.isHere(executor)
                    ? "stop it first: kill -INT \(executor.id)"
                    : "wait until it has ended, or for half a minute after it was stopped there")
        }
        let state = try state()
        for service in plan.services {
            guard
                let holder = try await state.holder(service: service.key, environment: plan.environment),
                holder.run == plan.run, let process = holder.process
            else { continue }
            let isHere = ProcessLife.isHere(process)
            guard !isHere || ProcessLife.isAlive(process.id) else { continue }
            throw Failure(
                .conflict, "run `\(plan.run)` is being executed",
                details: [.init("by", holder.who), .init("process", "\(process.id) on \(process.host)")],
                hint: isHere
                    ? "stop it first: kill -INT \(process.id)"
                    : "wait until its lease has run out, half a minute after it stopped")
        }
    }
}
