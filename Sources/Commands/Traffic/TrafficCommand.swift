import ArgumentParser
import Configuration
import Releases

/// `stagectl traffic …`
struct TrafficCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "traffic",
        abstract: "Show or change who gets how much.",
        subcommands: [
            TrafficShowCommand.self, TrafficSetCommand.self, TrafficPromoteCommand.self, TrafficRepairCommand.self,
        ])
}

/// `stagectl traffic show`
struct TrafficShowCommand: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "The split as it is.")
    static let schema = TrafficDocument.schema

    @OptionGroup var global: GlobalOptions
    @OptionGroup var regions: RegionOptions

    @Argument(help: "Services; all when none is named.")
    var services: [String] = []

    func run(in session: Session) async throws -> CommandResult {
        let selected = try session.place(services, all: services.isEmpty, in: regions)
        let access = try await session.platformAccess()
        var observations: [ServiceObservation] = []
        for placement in selected {
            if let observation = try await access.platform.observe(placement.identity) {
                observations.append(observation)
            } else if !services.isEmpty {
                throw Failure(
                    .conflict, "`\(placement.key)` is not deployed", hint: "stagectl deploy \(placement.key.arguments)")
            }
        }
        return try TrafficDocument.result(observations, in: session.environment(), on: session.console)
    }
}

/// `stagectl traffic set`
struct TrafficSetCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Set the split by hand: SERVICE REVISION=PERCENT…")
    static let schema = TrafficDocument.schema

    @OptionGroup var global: GlobalOptions
    @OptionGroup var change: ChangeFlags
    @OptionGroup var regions: RegionOptions

    @Argument(help: "The service.")
    var service: String

    @Argument(help: "REVISION=PERCENT, adding up to 100.")
    var shares: [Assignment]

    func validate() throws {
        var total = 0
        for share in shares {
            guard let percent = Int(share.value), (0...100).contains(percent) else {
                throw ValidationError("`\(share.name)=\(share.value)`: a percentage is a whole number from 0 to 100")
            }
            total += percent
        }
        guard total == 100 else { throw ValidationError("the percentages add up to \(total), not 100") }
        guard Set(shares.map(\.name)).count == shares.count else {
            throw ValidationError("a revision is named twice")
        }
    }

    func run(in session: Session) async throws -> CommandResult {
        let platform = try await session.platformAccess().platform
        let placement = try await session.placeOne(
            service, in: regions, having: shares.map(\.name), on: platform)
        return try await session.changeTraffic(of: [placement], dryRun: change.dryRun) { observation, revisions in
            let known = Set(revisions.map(\.name))
            for share in shares where !known.contains(share.name) {
                throw Failure(
                    .usage, "`\(placement.key)` has no revision `\(share.name)`",
                    details: [.init("revisions", revisions.prefix(10).map(\.name).joined(separator: ", "))],
                    hint: "stagectl traffic show \(placement.key.arguments)")
            }
            let tags = observation.trafficStatuses.filter { $0.tag != nil }
                .map { TrafficTarget(revision: $0.revision, percent: 0, tag: $0.tag) }
            // A share of nothing asks for nothing.
            let asked = shares.map { TrafficTarget(revision: $0.name, percent: Int($0.value) ?? 0) }
            return tags + asked.filter { $0.percent > 0 }
        }
    }
}

/// `stagectl traffic repair`
struct TrafficRepairCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Where the split asked for and the real one differ, ask for the real one; drop leftover tags.")
    static let schema = TrafficDocument.schema

    @OptionGroup var global: GlobalOptions
    @OptionGroup var change: ChangeFlags
    @OptionGroup var regions: RegionOptions

    @Argument(help: "The service.")
    var service: String

    func run(in session: Session) async throws -> CommandResult {
        let placements = try session.place([service], all: false, in: regions)
        return try await session.changeTraffic(of: placements, dryRun: change.dryRun) { observation, _ in
            TrafficRepair.targets(of: observation)
        }
    }
}
