import ArgumentParser
import Configuration
import JSON
import Releases
import Reporting

/// `stagectl history`
struct HistoryCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Releases of this environment, newest first.")
    static let schema = "stagectl.history/v1"

    @OptionGroup var global: GlobalOptions
    @OptionGroup var regions: RegionOptions

    @Argument(help: "Only releases of this service.")
    var service: String?

    @Option(help: "How many.")
    var limit = 20

    func validate() throws {
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit is a number from 1 to 10000") }
    }

    func run(in session: Session) async throws -> CommandResult {
        _ = try session.place(service.map { [$0] } ?? [], all: service == nil, in: regions)
        let environment = try session.environment()
        let releases = try await session.state().releases(
            environment: environment.name, service: service, regions: regions.names, limit: limit)
        var table = TextTable(["RUN", "STARTED", "OUTCOME", "SERVICES", "COMMIT", "BY"])
        for release in releases {
            table.add([
                release.run, Timestamp.toTheSecond(release.started), release.outcome.rawValue,
                release.services.map { "\(environment.key(of: $0.service, in: $0.region)) \($0.revision ?? "–")" }
                    .joined(separator: ", "),
                release.services.compactMap(\.commit).first.map { String($0.prefix(12)) } ?? "–", release.initiator,
            ])
        }
        return CommandResult(
            [
                "schema": .string(Self.schema), "environment": .string(session.environmentName),
                "releases": .array(releases.map(ReleaseJSON.release)), "error": .null,
            ], text: releases.isEmpty ? "no release yet" : table.text)
    }
}

/// `stagectl show`
struct ShowCommand: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "One release, whole.")
    static let schema = "stagectl.release/v1"

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The run.")
    var run: String

    func run(in session: Session) async throws -> CommandResult {
        guard let release = try await session.state().release(run: run) else {
            if try await session.state().read(run: run) != nil {
                throw Failure(
                    .conflict, "run `\(run)` has not ended, so there is no record of it yet",
                    hint: "stagectl resume \(run) finishes it, stagectl abort \(run) undoes it")
            }
            throw Failure(.usage, "no release is called `\(run)`", hint: "stagectl history")
        }
        let palette = session.console.style.resultPalette
        var lines = release.steps.map { "  \($0.id)  \($0.status.rawValue)  \(Seconds.text($0.seconds))" }
        lines.append(ReleaseText.summary(release, palette: palette))
        return CommandResult(ReleaseJSON.release(release), text: lines.joined(separator: "\n"))
    }
}
