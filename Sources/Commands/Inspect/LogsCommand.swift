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

    @Argument(help: "The service.")
    var service: String

    @Option(help: "The revision (else the one that serves).")
    var revision: String?

    @Option(help: "How many lines.")
    var limit = 100

    func validate() throws {
        guard (1...1000).contains(limit) else { throw ValidationError("--limit is a number from 1 to 1000") }
    }

    func run(in session: Session) async throws -> CommandResult {
        guard let selected = try session.select([service], all: false).first else {
            throw Failure(.internalError, "no service was selected")
        }
        let platform = try await session.platformAccess().platform
        let identity = try session.identity(of: selected)
        guard let observation = try await platform.observe(identity) else {
            throw Failure(.conflict, "`\(service)` is not deployed", hint: "stagectl deploy \(service)")
        }
        guard let name = revision ?? observation.servingRevision ?? observation.latestCreatedRevision else {
            throw Failure(.conflict, "`\(service)` has no revision", hint: "stagectl status \(service)")
        }
        if let revision {
            let known = try await platform.revisions(of: identity).map(\.name)
            guard known.contains(revision) else {
                throw Failure(
                    .usage, "`\(service)` has no revision `\(SafeText.line(revision))`",
                    details: [.init("revisions", known.prefix(10).joined(separator: ", "))],
                    hint: "stagectl traffic show \(service)")
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
