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

    @Argument(help: "Services; all when none is named.")
    var services: [String] = []

    func run(in session: Session) async throws -> CommandResult {
        let selected = try session.select(services, all: services.isEmpty)
        let access = try await session.platformAccess()
        var observations: [ServiceObservation] = []
        for service in selected {
            if let observation = try await access.platform.observe(session.identity(of: service)) {
                observations.append(observation)
            } else if !services.isEmpty {
                throw Failure(.conflict, "`\(service.name)` is not deployed", hint: "stagectl deploy \(service.name)")
            }
        }
        return TrafficDocument.result(observations, environment: session.environmentName)
    }
}

/// `stagectl traffic set`
struct TrafficSetCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Set the split by hand: SERVICE REVISION=PERCENT…")
    static let schema = TrafficDocument.schema

    @OptionGroup var global: GlobalOptions
    @OptionGroup var change: ChangeFlags

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
        try await session.changeTraffic(of: service, dryRun: change.dryRun) { observation, revisions in
            let known = Set(revisions.map(\.name))
            for share in shares where !known.contains(share.name) {
                throw Failure(
                    .usage, "`\(service)` has no revision `\(share.name)`",
                    details: [.init("revisions", revisions.prefix(10).map(\.name).joined(separator: ", "))],
                    hint: "stagectl traffic show \(service)")
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

    @Argument(help: "The service.")
    var service: String

    func run(in session: Session) async throws -> CommandResult {
        try await session.changeTraffic(of: service, dryRun: change.dryRun) { observation, _ in
            TrafficRepair.targets(of: observation)
        }
    }
}
