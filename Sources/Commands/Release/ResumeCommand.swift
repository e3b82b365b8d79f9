import ArgumentParser
import JSON
import Releases

/// `stagectl resume`
struct ResumeCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Finish an interrupted run (the last one, if none is named).")
    static let schema = "stagectl.release/v1"

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The run.")
    var run: String?

    func run(in session: Session) async throws -> CommandResult {
        try await session.takeUp(run) { await $0.resume() }
    }
}

/// `stagectl abort`
struct AbortCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "abort", abstract: "Undo an interrupted run (the last one, if none is named).")
    static let schema = "stagectl.release/v1"

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The run.")
    var run: String?

    func run(in session: Session) async throws -> CommandResult {
        var result = try await session.takeUp(run) { await $0.abort() }
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
    func takeUp(
        _ name: String?, action: (ReleaseExecutor) async -> ReleaseDocument
    ) async throws -> CommandResult {
        let state = try state()
        let open = try await state.unfinishedRuns(environment: environmentName)
        guard let run = name ?? open.last else {
            throw Failure(
                .usage, "no run is unfinished in `\(environmentName)`",
                hint: "stagectl history --env \(environmentName)")
        }
        guard let journal = try await state.read(run: run) else {
            throw Failure(.usage, "no run is called `\(run)`", hint: "stagectl history")
        }
        guard open.contains(run) else {
            throw Failure(
                .conflict, "run `\(run)` has ended already, or belongs to another environment",
                details: [.init("environment", journal.environment)], hint: "stagectl show \(run)")
        }
        let decoded = try DecodedPlan(decoding: journal.plan)
        let access = try await platformAccess()
        return try await execute(access: access, run: run, waitLock: nil, report: nil) { roles in
            ReleaseExecutor(decoded, resuming: journal.entries, roles: roles)
        } action: { executor in
            await action(executor)
        }
    }
}
