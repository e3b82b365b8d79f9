import ArgumentParser
import Configuration
import JSON
import Releases
import Reporting

/// `stagectl lock …`
struct LockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock", abstract: "Who may change a service now.",
        subcommands: [LockShowCommand.self, LockReleaseCommand.self])
}

/// `stagectl lock show`
struct LockShowCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "The holders of all locks, and who took one away last.")
    static let schema = "stagectl.lock/v1"

    @OptionGroup var global: GlobalOptions
    @OptionGroup var regions: RegionOptions

    @Argument(help: "Services; all when none is named.")
    var services: [String] = []

    func run(in session: Session) async throws -> CommandResult {
        let state = try session.state()
        var locks: [JSONValue] = []
        let environment = try session.environment()
        var table = TextTable(environment.placeHeadings + ["HOLDER", "RUN", "COMMIT", "SINCE"])
        for placement in try session.place(services, all: services.isEmpty, in: regions) {
            guard let holder = try await state.holder(service: placement.key, environment: environment.name)
            else { continue }
            var document = ReleaseJSON.encoded(holder)
            document["service"] = .string(placement.service.name)
            document["region"] = .string(placement.region)
            locks.append(document)
            table.add(
                environment.cells(of: placement.identity) + [
                    holder.who, holder.run, holder.commit.map { String($0.prefix(12)) } ?? "–", holder.since,
                ])
        }
        let releases = try await state.forcedReleases(environment: session.environmentName, limit: 10)
        var text = locks.isEmpty ? "no lock is held" : table.text(for: session.console)
        for release in releases {
            text += "\n\(release.time)  \(release.who) took the lock of \(release.service)"
            text += " from \(release.holder?.who ?? "nobody"): \(release.reason)"
        }
        return CommandResult(
            [
                "schema": .string(Self.schema), "environment": .string(session.environmentName),
                "locks": .array(locks), "releases": .array(releases.map { document(of: $0, in: environment) }),
                "error": .null,
            ], text: text)
    }
}

/// `stagectl lock release`
struct LockReleaseCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Take a lock from whoever holds it; who did that, and why, is kept.",
        discussion: """
            For a holder that is gone for good. One that still runs is stopped by this at its next step, and says so. \
            A lease runs out by itself half a minute after its holder died.
            """)
    static let schema = "stagectl.lock/v1"

    @OptionGroup var global: GlobalOptions
    @OptionGroup var change: ChangeFlags
    @OptionGroup var regions: RegionOptions

    @Argument(help: "Services whose locks to take away.")
    var services: [String]

    @Option(help: "Why, for the record.")
    var reason = "no reason was given"

    func run(in session: Session) async throws -> CommandResult {
        let state = try session.state()
        let environment = try session.environment()
        let selected = try session.place(services, all: false, in: regions)
        if !change.dryRun {
            try await session.confirm(
                "whoever holds \(selected.map(\.key.description).joined(separator: ", ")) stops at its next step",
                isGiven: change.yes)
        }
        var released: [JSONValue] = []
        var lines: [String] = []
        for key in selected.map(\.key) {
            var release = ForcedRelease(
                service: key, environment: session.environmentName, who: session.initiator, reason: reason,
                time: Timestamp.now())
            release.holder =
                change.dryRun
                ? try await state.holder(service: key, environment: session.environmentName)
                : try await state.breakLock(release)
            if let holder = release.holder {
                let verb = change.dryRun ? "would be taken" : "taken"
                lines.append("\(key): \(verb) from \(holder.who), run \(holder.run)")
                released.append(document(of: release, in: environment))
            } else {
                lines.append("\(key): nobody holds its lock")
            }
        }
        return CommandResult(
            [
                "schema": .string(Self.schema), "environment": .string(session.environmentName), "locks": [],
                "releases": .array(released), "error": .null,
            ], text: lines.joined(separator: "\n"))
    }
}

private func document(of release: ForcedRelease, in environment: Environment) -> JSONValue {
    var document = ReleaseJSON.encoded(release)
    document["service"] = .string(release.service.service)
    let region = release.service.region ?? (environment.hasSeveralRegions ? nil : environment.regions.first)
    document["region"] = region.map(JSONValue.string) ?? .null
    return document
}
