import ArgumentParser

/// The command tree.
struct StagectlCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stagectl",
        abstract: "Ship to Cloud Run, prove that it works, or put it back.",
        discussion: "Exit codes: `stagectl help exit-codes`.",
        version: Version.current,
        subcommands: [
            DeployCommand.self, RollbackCommand.self, StatusCommand.self, HealthCommand.self, SmokeCommand.self,
            TrafficCommand.self, LoopCommand.self, ResumeCommand.self, AbortCommand.self, HistoryCommand.self,
            ShowCommand.self,
            WhyCommand.self,
            DiffCommand.self, ReportCommand.self,
            LogsCommand.self, BuildCommand.self, PruneCommand.self, ConfigCommand.self, LocalCommand.self,
            LockCommand.self,
            InfraCommand.self, DoctorCommand.self, StateCommand.self,
        ])
}

enum Version {
    static let current = "0.1.0"

    /// What servers are told.
    static let userAgent = "stagectl/\(current)"
}
