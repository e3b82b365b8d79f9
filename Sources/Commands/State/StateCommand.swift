import ArgumentParser
import Configuration
import JSON
import Releases
import Reporting
import State

/// `stagectl state`
struct StateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state", abstract: "Where journal, history and locks are kept, and moving them.",
        subcommands: [StateShowCommand.self, StateMoveCommand.self], defaultSubcommand: StateShowCommand.self)
}

/// `stagectl state show`
struct StateShowCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Where the state of this environment is, and what is open there.")
    static let schema = "stagectl.state/v1"

    @OptionGroup var global: GlobalOptions

    func run(in session: Session) async throws -> CommandResult {
        let place = try session.statePlace()
        let open = try await session.state().unfinishedRuns(environment: session.environmentName)
        let last = try await session.state().releases(
            environment: session.environmentName, service: nil, limit: 1
        ).first
        return CommandResult(
            [
                "schema": .string(Self.schema), "environment": .string(session.environmentName),
                "backend": .string(place.backend.rawValue), "place": .string(place.description),
                "unfinished": .array(open.map(JSONValue.string)),
                "lastRun": last.map { .string($0.run) } ?? .null, "error": .null,
            ],
            text: [
                "the state of \(session.environmentName) is in \(place.description)",
                "last release: \(last.map { "\($0.run), \(Timestamp.toTheSecond($0.started))" } ?? "none")",
                "unfinished: \(open.isEmpty ? "nothing" : open.joined(separator: ", "))",
            ].joined(separator: "\n"))
    }
}

/// `stagectl state move`
struct StateMoveCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Bring the state of this environment to a bucket, or back to this machine.",
        discussion: """
            Everything that is known is carried: journals, releases, images, lock tokens, what suites came to. Nothing is \
            removed where it \
            was, but nobody can work with it there any more. What has arrived before a move was cut is not carried \
            twice. Afterwards name the new place under `state:` in the environment's file.
            """)
    static let schema = "stagectl.state/v1"

    @OptionGroup var global: GlobalOptions
    @OptionGroup var change: ChangeFlags

    @Option(help: "gs://BUCKET/PREFIX, or sqlite for the file on this machine.")
    var to: String

    @Option(help: "From where, when that is not where the environment's file says: as in --to.")
    var from: String?

    func run(in session: Session) async throws -> CommandResult {
        let environment = try session.environment()
        let source = try from.map { try session.statePlace(named: $0) } ?? session.statePlace()
        let target = try session.statePlace(named: to)
        guard source != target else {
            throw Failure(
                .usage, "the state of `\(environment.name)` is in `\(target.description)` already",
                hint: "stagectl state show --env \(environment.name)")
        }
        var document: JSONValue = [
            "schema": .string(Self.schema), "environment": .string(environment.name),
            "backend": .string(target.backend.rawValue), "place": .string(target.description),
            "from": .string(source.description), "error": .null,
        ]
        guard let old = try session.open(source) as? any MovableState,
            let new = try session.open(target) as? any MovableState
        else { throw Failure(.internalError, "a place of state cannot be moved") }
        if change.dryRun {
            let runs = try await old.runNames(of: environment.name).count
            document["runs"] = .integer(Int64(runs))
            return CommandResult(
                document,
                text: "would carry \(Counted.text(runs, "run")) from \(source.description) to \(target.description)")
        }
        try await session.refuseWhileExecuted(anythingIn: old)
        try await session.confirm(
            "the state of \(environment.name) goes from \(source.description) to \(target.description), where "
                + "everybody must look for it from then on", isGiven: change.yes)
        let console = session.console
        let load = try await StateMove(
            of: environment.name, from: old, to: new, who: session.initiator, time: Timestamp.now()
        ) { console.progress("  \($0)") }.run()
        document["runs"] = .integer(Int64(load.runs))
        document["entries"] = .integer(Int64(load.entries))
        document["releases"] = .integer(Int64(load.releases))
        document["images"] = .integer(Int64(load.images))
        document["verdicts"] = .integer(Int64(load.verdicts))
        return CommandResult(
            document,
            text: """
                \(load.runs) runs with \(load.entries) entries, \(load.releases) releases, \(load.images) images and \
                \(load.verdicts) runs of suites are in \(target.description)
                now write into environments/\(environment.name).yaml:
                \(target.configuration)
                """)
    }
}

extension Session {
    /// A run that still builds holds no lock, and would not find its journal again.
    fileprivate func refuseWhileExecuted(anythingIn state: any MovableState) async throws {
        for run in try await state.unfinishedRuns(environment: environmentName) {
            var executor = try await (state as? BucketState)?.executor(of: run)
            if let process = try await state.read(run: run)?.process, ProcessLife.isHere(process),
                ProcessLife.isAlive(process.id)
            {
                executor = process
            }
            guard let executor else { continue }
            throw Failure(
                .conflict, "run `\(run)` is being executed, so the state cannot be moved now",
                details: [.init("process", "\(executor.id) on \(executor.host)")],
                hint: "wait until it has ended")
        }
    }

    /// A place as `--to` and `--from` name it.
    fileprivate func statePlace(named name: String) throws -> StatePlace {
        if name == StateSettings.Backend.sqlite.rawValue { return .folder(try stateFolder()) }
        guard let settings = StateSettings(url: name) else {
            throw Failure(
                .usage, "`\(SafeText.line(name))` is no place for a state", hint: "gs://BUCKET/PREFIX, or sqlite")
        }
        return StatePlace(settings, environment: environmentName, folder: try stateFolder())
    }
}

extension StatePlace {
    fileprivate var backend: StateSettings.Backend {
        switch self {
        case .folder: .sqlite
        case .bucket: .gcs
        }
    }

    /// As an environment's file has it.
    fileprivate var configuration: String {
        switch self {
        case .folder: "state: { backend: sqlite }"
        case .bucket(let bucket, let prefix):
            "state: { backend: gcs, bucket: \(bucket)" + (prefix.isEmpty ? "" : ", prefix: \(prefix)") + " }"
        }
    }
}
