import ArgumentParser

/// `stagectl local …`
struct LocalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "local",
        abstract: "The built-in local Cloud Run.",
        subcommands: [
            LocalUpCommand.self, LocalDownCommand.self, LocalStatusCommand.self, LocalResetCommand.self,
            LocalServeCommand.self, LocalLogsCommand.self, LocalFaultsCommand.self,
        ])
}
