import ArgumentParser
import Configuration
import Releases
import Reporting

/// `stagectl prune`
struct PruneCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Clear away old revisions, tags and images, by policy.",
        discussion: """
            Never what serves, has a tag of a person, is there to go back to, waits for traffic, or belongs to a run \
            that has not ended. `prune:` of an environment or a service says how much stays; --dry-run shows what would \
            go, and why the rest stays.
            """)
    static let schema = PruneDocument.schema

    @OptionGroup var global: GlobalOptions
    @OptionGroup var change: ChangeFlags
    @OptionGroup var regions: RegionOptions

    @Argument(help: "Services to prune.")
    var services: [String] = []

    @Flag(help: "Every service of the environment.")
    var all = false

    @Option(name: .customLong("wait-lock"), help: "Wait so long for a lock that somebody holds (30s, 5m).")
    var waitLock: DurationArgument?

    func run(in session: Session) async throws -> CommandResult {
        let selected = try session.place(services, all: all, in: regions)
        let access = try await session.platformAccess()
        let cut = try await session.cutPrunes(of: selected)
        if !change.dryRun {
            for run in cut { try await session.close(prune: run, access) }
        }
        return try await session.withLocks(of: selected, patience: waitLock?.duration, dryRun: change.dryRun) {
            locked in
            var report = try await session.planPrune(of: selected, run: locked.run, access)
            if change.dryRun { report.notes += cut.map { "run \($0) was cut: the next prune closes it" } }
            guard !change.dryRun, report.plan.changes else {
                return report.result(isDryRun: change.dryRun, on: session.console)
            }
            try await session.demandConfirmation(report.consequence, isGiven: change.yes)
            report.document = try await session.execute(prune: report.plan, holding: locked.held, access)
            return report.result(isDryRun: false, on: session.console)
        }
    }
}
