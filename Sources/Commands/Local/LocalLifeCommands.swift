import ArgumentParser
import JSON
import LocalCloudRun
import Releases

/// `stagectl local up`
struct LocalUpCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Start the local Cloud Run in the background.")
    static let schema = "stagectl.local/v1"

    @OptionGroup var global: GlobalOptions
    @OptionGroup var local: LocalOptions
    @OptionGroup var change: ChangeFlags

    func run(in session: Session) async throws -> CommandResult {
        let launcher = LocalLauncher(session: session, options: local.values)
        if change.dryRun {
            let settings = try launcher.settings()
            let record = await ServerRecord.running(stateFolder: settings.stateFolder)
            return LocalStatusCommand.result(
                record, changes: record == nil,
                text: record == nil
                    ? "would start on port \(settings.port), services on \(settings.ingressPort), runtime "
                        + settings.runtime : nil)
        }
        return LocalStatusCommand.result(try await launcher.runningServer())
    }
}

/// `stagectl local status`
struct LocalStatusCommand: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "status", abstract: "Whether it runs, and where.")
    static let schema = "stagectl.local/v1"

    @OptionGroup var global: GlobalOptions
    @OptionGroup var local: LocalOptions

    func run(in session: Session) async throws -> CommandResult {
        let settings = try LocalLauncher(session: session, options: local.values).settings()
        return Self.result(await ServerRecord.running(stateFolder: settings.stateFolder))
    }

    /// - Parameter changes: of a dry run: whether the command would do something.
    static func result(_ record: ServerRecord?, changes: Bool? = nil, text: String? = nil) -> CommandResult {
        guard let record else {
            return CommandResult(
                document(["running": false], changes: changes),
                text: text ?? "not running; `stagectl local up` or any deploy to `local` starts it")
        }
        return CommandResult(
            document(
                [
                    "running": true, "pid": .integer(Int64(record.pid)), "port": .integer(Int64(record.apiPort)),
                    "ingressPort": .integer(Int64(record.ingressPort)), "endpoint": .string(record.endpoint),
                    "runtime": .string(record.runtime),
                ], changes: changes),
            text: text ?? """
                running   pid \(record.pid), runtime \(record.runtime)
                API       \(record.endpoint)
                services  http://SERVICE.localhost:\(record.ingressPort)
                """)
    }

    private static func document(_ members: [String: JSONValue], changes: Bool?) -> JSONValue {
        var document = JSONValue.object(members)
        document["schema"] = .string(schema)
        document["error"] = .null
        if let changes { document["changes"] = .bool(changes) }
        return document
    }
}

/// `stagectl local down`
struct LocalDownCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "Stop it and every instance; services and revisions are kept.")
    static let schema = "stagectl.local/v1"

    @OptionGroup var global: GlobalOptions
    @OptionGroup var local: LocalOptions
    @OptionGroup var change: ChangeFlags

    func run(in session: Session) async throws -> CommandResult {
        let settings = try LocalLauncher(session: session, options: local.values).settings()
        if change.dryRun {
            let record = await ServerRecord.running(stateFolder: settings.stateFolder)
            return LocalStatusCommand.result(
                record, changes: record != nil,
                text: record.map { "would stop the server (pid \($0.pid)) and every instance" })
        }
        let ending = try await LocalEnding.stop(settings)
        return CommandResult(
            [
                "schema": .string(Self.schema), "running": false, "stopped": .bool(ending != .wasNotRunning),
                "error": .null,
            ],
            text: ending.rawValue)
    }
}

/// `stagectl local reset`
struct LocalResetCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset", abstract: "Stop it and forget all its services and revisions.")
    static let schema = "stagectl.local/v1"

    @OptionGroup var global: GlobalOptions
    @OptionGroup var local: LocalOptions
    @OptionGroup var change: ChangeFlags

    func run(in session: Session) async throws -> CommandResult {
        let settings = try LocalLauncher(session: session, options: local.values).settings()
        let document: JSONValue = [
            "schema": .string(Self.schema), "running": false, "stateFolder": .string(settings.stateFolder),
            "changes": .bool(Folders.exists(settings.stateFolder)), "error": .null,
        ]
        // `--state` may name any folder: one that never was a local Cloud Run's is not ours to empty.
        guard !Folders.exists(settings.stateFolder) || Folders.exists(settings.stateFolder + "/state.sqlite") else {
            throw Failure(
                .usage, "`\(settings.stateFolder)` is not the state of a local Cloud Run, so nothing was removed",
                hint: "see --state and STAGECTL_LOCAL_STATE")
        }
        if change.dryRun {
            return CommandResult(document, text: "would stop the server and empty \(settings.stateFolder)")
        }
        try await session.confirm(
            "every service, revision and log in \(settings.stateFolder) will be gone", isGiven: change.yes)
        _ = try await LocalEnding.stop(settings)
        try Folders.remove(settings.stateFolder)
        return CommandResult(document, text: "everything in \(settings.stateFolder) was removed")
    }
}

/// `stagectl local logs`
struct LocalLogsCommand: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "logs", abstract: "The server's own log.")
    static let schema = "stagectl.local/v1"

    @OptionGroup var global: GlobalOptions
    @OptionGroup var local: LocalOptions

    func run(in session: Session) async throws -> CommandResult {
        let settings = try LocalLauncher(session: session, options: local.values).settings()
        let lines = Folders.lastLines(of: settings.stateFolder + "/server.log", count: 200)
        return CommandResult(
            [
                "schema": .string(Self.schema), "lines": .array(lines.map(JSONValue.string)), "error": .null,
            ], text: lines.joined(separator: "\n"))
    }
}
