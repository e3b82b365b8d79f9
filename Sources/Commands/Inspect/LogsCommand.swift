import ArgumentParser
import JSON
import Releases
import Reporting

/// `stagectl logs`
struct LogsCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "The last lines of a service, oldest first; JSON Lines with -o json.")
    static let schema = "stagectl.logs/v1"
    static let printsLines = true

    @OptionGroup var global: GlobalOptions
    @OptionGroup var regions: RegionOptions

    @Argument(help: "The service.")
    var service: String

    @Option(help: "The revision (else the one that serves).")
    var revision: String?

    @Option(help: "How many lines.")
    var limit = 100

    func validate() throws {
        guard (1...1000).contains(limit) else { throw ValidationError("--limit is a number from 1 to 1000") }
    }

    /// A revision's name tells in which region it is.
    private func place(in session: Session, on platform: any Platform) async throws -> Placement {
        let placements = try session.place([service], all: false, in: regions)
        if let revision, placements.count > 1,
            let own = try await session.place(having: [revision], among: placements, platform)
        {
            return own
        }
        return try session.placeOne(service, in: regions)
    }

    func run(in session: Session) async throws -> CommandResult {
        let platform = try await session.platformAccess().platform
        let placement = try await place(in: session, on: platform)
        let key = placement.key
        let identity = placement.identity
        guard let observation = try await platform.observe(identity) else {
            throw Failure(.conflict, "`\(key)` is not deployed", hint: "stagectl deploy \(key.arguments)")
        }
        guard let name = revision ?? observation.servingRevision ?? observation.latestCreatedRevision else {
            throw Failure(.conflict, "`\(key)` has no revision", hint: "stagectl status \(key.arguments)")
        }
        if let revision {
            let known = try await platform.revisions(of: identity).map(\.name)
            guard known.contains(revision) else {
                throw Failure(
                    .usage, "`\(key)` has no revision `\(SafeText.line(revision))`",
                    details: [.init("revisions", known.prefix(10).joined(separator: ", "))],
                    hint: "stagectl traffic show \(key.arguments)")
            }
        }
        let lines = try await platform.logs(of: name, service: identity, limit: limit)
        if session.global.output == .json {
            // The one command that prints a document per line.
            for line in lines { session.console.result(ReleaseJSON.encoded(line).serialized()) }
            return CommandResult(.null, text: "", isPrinted: true)
        }
        let text = lines.map { "\($0.time)  \($0.severity)  \(SafeText.line($0.text))" }
        return CommandResult(.null, text: text.joined(separator: "\n"))
    }
}
