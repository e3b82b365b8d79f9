import ArgumentParser
import Configuration
import JSON
import Releases
import Reporting

/// `stagectl status`
struct StatusCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "What serves, which commit, health, drift, lock.",
        discussion: """
            --watch looks again and again until Ctrl-C, which ends with exit code 130. On a terminal the same lines are \
            drawn anew; elsewhere they are printed, with the time, whenever something has changed.
            """)
    static let schema = "stagectl.status/v1"

    @OptionGroup var global: GlobalOptions
    @OptionGroup var regions: RegionOptions

    @Argument(help: "Services; all when none is named.")
    var services: [String] = []

    @Flag(name: .customLong("watch"), help: "Go on looking until Ctrl-C.")
    var watches = false

    @Option(help: "Seconds between two looks of --watch: 1 to 3600.")
    var interval: Int?

    func validate() throws {
        if watches, global.output == .json {
            throw ValidationError("-o json is one document and --watch never ends, so they do not go together")
        }
        if let interval, !(1...3600).contains(interval) {
            throw ValidationError("--interval is a number of seconds from 1 to 3600, not `\(interval)`")
        }
        if interval != nil, !watches { throw ValidationError("--interval goes with --watch") }
    }

    func run(in session: Session) async throws -> CommandResult {
        let selected = try session.place(services, all: services.isEmpty, in: regions)
        guard !watches else {
            let watch = StatusWatch(console: session.console, interval: .seconds(interval ?? 5))
            try await watch.run { try await look(at: selected, in: session) }
        }
        let status = try await look(at: selected, in: session)
        return CommandResult(status.document, text: status.text(for: session.console))
    }

    private func look(at selected: [Placement], in session: Session) async throws -> StatusText {
        let environment = try session.environment()
        let access = try await session.platformAccess()
        let facts = try await session.facts(
            of: selected, source: nil, repository: nil, platform: access.platform, digests: false)
        let state = try session.state()
        let unfinished = try await session.unfinishedRuns()
        let releases = try await session.lastReleases(of: selected, facts: facts)
        session.hideSecrets(of: environment)
        var documents: [JSONValue] = []
        var status = StatusText(
            table: TextTable(environment.placeHeadings + ["READY", "REVISION", "TRAFFIC", "COMMIT", "LOCK", "URL"]))
        for placement in selected {
            var row = ServiceStatus(
                placement: placement, facts: facts[placement.key] ?? ServiceFacts(observation: nil),
                holder: try await state.holder(service: placement.key, environment: environment.name),
                endpoint: access.endpoint)
            row.unfinishedRun = unfinished.run(of: placement.identity)
            row.overrides = try await session.overrides(of: row.servingRevision, placement)
            row.release = releases[placement.key]
            row.urls = Session.urls(in: placement.region, facts)
            row.repeatedOptions = session.repeatedOptions
            documents.append(row.document)
            status.table.add(environment.cells(of: placement.identity) + row.cells)
            status.notes += row.drift.map { "\(placement.key): \($0)" }
        }
        status.notes += unfinished.notes
        status.document = [
            "schema": .string(Self.schema), "environment": .string(session.environmentName),
            "services": .array(documents), "unfinishedRuns": .array(unfinished.names.map(JSONValue.string)),
            "unreadableRuns": .array(unfinished.unreadable.map { .string($0.run) }),
            "error": .null,
        ]
        return status
    }
}

/// One line of `status`.
struct ServiceStatus {
    var placement: Placement
    var facts: ServiceFacts
    var holder: LockHolder?
    /// The API's base URL where it is not Google's own.
    var endpoint: String?
    var unfinishedRun: String?
    /// Names of variables that came with `--set-env` and are in no file.
    var overrides: [String] = []
    /// What the last release left; nil for what the service itself says of it.
    var release: LastRelease?
    /// URLs of other services of the region, by name.
    var urls: [String: String] = [:]

    /// What the lines to type of its drift must say as well.
    var repeatedOptions: RepeatedOptions?

    var servingRevision: String? { observation?.servingRevision }

    private var service: Service { placement.service }
    private var observation: ServiceObservation? { facts.observation }
    private var serving: RevisionObservation? {
        facts.revisions.first { $0.name == observation?.servingRevision }
    }

    /// In which configuration, last release and live service are not the same.
    var differences: [ServiceDifference] {
        var found = ServiceComparison(
            placement, facts: facts, release: release ?? recorded, overrides: overrides, urls: urls, endpoint: endpoint
        ).differences
        for index in found.indices {
            found[index].command = found[index].command.map { repeatedOptions?.added(to: $0) ?? $0 }
        }
        return found
    }

    /// The differences in sentences, each with the line that ends it.
    var drift: [String] {
        var sentences = differences.compactMap(\.sentence)
        if !overrides.isEmpty {
            sentences.append(
                "set for this release only, not in the configuration: \(overrides.joined(separator: ", "))")
        }
        return sentences
    }

    /// What the service itself says of its last release.
    private var recorded: LastRelease? {
        observation.flatMap { LastRelease(of: placement, $0, document: nil, journal: nil) }
    }

    var document: JSONValue {
        [
            "service": .string(service.name), "region": .string(placement.region),
            "revision": text(observation?.servingRevision), "commit": text(serving?.labels[ReleaseLabel.commit]),
            "url": text(placement.publicURL ?? observation?.url),
            "urls": .array((observation?.urls ?? []).map(JSONValue.string)),
            "ready": .bool(serving?.condition.state == .succeeded),
            "public": .bool(observation?.isPublic ?? false),
            "traffic": TrafficDocument.entries(observation?.trafficStatuses ?? []),
            "drift": .array(drift.map(JSONValue.string)),
            "differences": .array(differences.map(DifferenceJSON.difference)),
            "run": text(unfinishedRun), "servingRun": text(serving?.labels[ReleaseLabel.run]),
            "lock": holder.map(ReleaseJSON.encoded) ?? .null,
        ]
    }

    var cells: [String] {
        [
            serving?.condition.state == .succeeded ? "yes" : "no",
            observation?.servingRevision ?? "–", TrafficPlan.text(observation?.trafficStatuses ?? []),
            serving?.labels[ReleaseLabel.commit].map { String($0.prefix(12)) } ?? "–",
            holder.map { "\($0.who) (\($0.run))" } ?? "–", placement.publicURL ?? observation?.url ?? "–",
        ]
    }

    private func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
}
