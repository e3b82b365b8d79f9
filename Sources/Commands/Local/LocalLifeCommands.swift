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

    func run(in session: Session) async throws -> CommandResult {
        let record = try await LocalLauncher(session: session, options: local.values).runningServer()
        return LocalStatusCommand.result(record)
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

    static func result(_ record: ServerRecord?) -> CommandResult {
        guard let record else {
            return CommandResult(
                ["schema": .string(schema), "running": false, "error": .null],
                text: "not running; `stagectl local up` or any deploy to `local` starts it")
        }
        return CommandResult(
            [
                "schema": .string(schema), "running": true, "pid": .integer(Int64(record.pid)),
                "port": .integer(Int64(record.apiPort)), "ingressPort": .integer(Int64(record.ingressPort)),
                "endpoint": .string(record.endpoint), "runtime": .string(record.runtime), "error": .null,
            ],
            text: """
                running   pid \(record.pid), runtime \(record.runtime)
                API       \(record.endpoint)
                services  http://SERVICE.localhost:\(record.ingressPort)
                """)
    }
}

/// `stagectl local down`
struct LocalDownCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "Stop it and every instance; services and revisions are kept.")
    static let schema = "stagectl.local/v1"

    @OptionGroup var global: GlobalOptions
    @OptionGroup var local: LocalOptions

    func run(in session: Session) async throws -> CommandResult {
        let settings = try LocalLauncher(session: session, options: local.values).settings()
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
            "error": .null,
        ]
        if change.dryRun {
            return CommandResult(document, text: "would stop the server and empty \(settings.stateFolder)")
        }
        // `--state` may name any folder: one that never was a local Cloud Run's is not ours to empty.
        guard !Folders.exists(settings.stateFolder) || Folders.exists(settings.stateFolder + "/state.sqlite") else {
            throw Failure(
                .usage, "`\(settings.stateFolder)` is not the state of a local Cloud Run, so nothing was removed",
                hint: "see --state and STAGECTL_LOCAL_STATE")
        }
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
