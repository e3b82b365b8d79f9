import ArgumentParser
import Configuration
import JSON
import Releases
import Reporting

/// `stagectl lock …`
struct LockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock", abstract: "Who may change a service now.", subcommands: [LockShowCommand.self])
}

/// `stagectl lock show`
struct LockShowCommand: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "The holders of all locks.")
    static let schema = "stagectl.lock/v1"

    @OptionGroup var global: GlobalOptions

    @Argument(help: "Services; all when none is named.")
    var services: [String] = []

    func run(in session: Session) async throws -> CommandResult {
        let state = try session.state()
        var locks: [JSONValue] = []
        var table = TextTable(["SERVICE", "HOLDER", "RUN", "COMMIT", "SINCE"])
        for service in try session.select(services, all: services.isEmpty) {
            guard let holder = try await state.holder(service: service.name, environment: session.environmentName)
            else { continue }
            var document = ReleaseJSON.encoded(holder)
            document["service"] = .string(service.name)
            locks.append(document)
            table.add([
                service.name, holder.who, holder.run, holder.commit.map { String($0.prefix(12)) } ?? "–", holder.since,
            ])
        }
        return CommandResult(
            [
                "schema": .string(Self.schema), "environment": .string(session.environmentName),
                "locks": .array(locks), "error": .null,
            ], text: locks.isEmpty ? "no lock is held" : table.text)
    }
}
