import ArgumentParser
import Configuration
import JSON
import Releases
import Reporting

/// `stagectl status`
struct StatusCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "What serves, which commit, health, drift, lock.")
    static let schema = "stagectl.status/v1"

    @OptionGroup var global: GlobalOptions
    @OptionGroup var regions: RegionOptions

    @Argument(help: "Services; all when none is named.")
    var services: [String] = []

    func run(in session: Session) async throws -> CommandResult {
        let environment = try session.environment()
        let selected = try session.place(services, all: services.isEmpty, in: regions)
        let access = try await session.platformAccess()
        let facts = try await session.facts(
            of: selected, source: nil, repository: nil, platform: access.platform, digests: false)
        let state = try session.state()
        let unfinished = try await session.unfinishedRuns()
        var documents: [JSONValue] = []
        var table = TextTable(
            environment.placeHeadings + ["READY", "REVISION", "TRAFFIC", "COMMIT", "LOCK", "URL"])
        var notes: [String] = []
        for placement in selected {
            var row = ServiceStatus(
                placement: placement, facts: facts[placement.key] ?? ServiceFacts(observation: nil),
                holder: try await state.holder(service: placement.key, environment: environment.name),
                endpoint: access.endpoint)
            row.unfinishedRun = unfinished.run(of: placement.identity)
            row.overrides = try await overrides(of: row.servingRevision, placement, environment.name, in: state)
            row.repeatedOptions = session.repeatedOptions
            documents.append(row.document)
            table.add(environment.cells(of: placement.identity) + row.cells)
            notes += row.drift.map { "\(placement.key): \($0)" }
        }
        notes += unfinished.notes
        return CommandResult(
            [
                "schema": .string(Self.schema), "environment": .string(session.environmentName),
                "services": .array(documents), "unfinishedRuns": .array(unfinished.names.map(JSONValue.string)),
                "unreadableRuns": .array(unfinished.unreadable.map { .string($0.run) }),
                "error": .null,
            ], text: ([table.text] + notes.map { "  ! " + $0 }).joined(separator: "\n"))
    }
}

extension StatusCommand {
    /// The variables that were set for the release of this revision alone.
    private func overrides(
        of revision: String?, _ placement: Placement, _ environment: String, in state: ReleaseState
    ) async throws -> [String] {
        let releases = try await state.releases(
            environment: environment, service: placement.service.name, limit: 50)
        let results = releases.lazy.flatMap(\.services)
        // A revision never changes: what it was made with holds however it got its traffic later.
        let own = results.first {
            $0.isOf(placement) && $0.candidate == revision && !$0.environmentOverrides.isEmpty
        }
        return own?.environmentOverrides ?? []
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

    /// What the lines to type of its drift must say as well.
    var repeatedOptions: RepeatedOptions?

    var servingRevision: String? { observation?.servingRevision }

    private var service: Service { placement.service }
    private var observation: ServiceObservation? { facts.observation }
    private var serving: RevisionObservation? {
        facts.revisions.first { $0.name == observation?.servingRevision }
    }

    /// What is not as the last release left it or as it was asked for.
    var drift: [String] {
        found.map { repeatedOptions?.added(to: $0) ?? $0 }
    }

    private var found: [String] {
        guard let observation else { return ["not deployed"] }
        var result: [String] = []
        // A revision may be asked for by several lines, and by being the latest.
        let asked = observation.asServed(observation.traffic)
        for revision in Set(asked.filter { $0.percent > 0 && !$0.revision.isEmpty }.map(\.revision)).sorted() {
            let percent = asked.filter { $0.revision == revision }.reduce(0) { $0 + $1.percent }
            guard observation.share(of: revision) != percent else { continue }
            result.append(
                "traffic asked for and traffic served differ (\(revision) \(percent) %): "
                    + "stagectl traffic repair \(placement.key.arguments)")
        }
        if let created = observation.latestCreatedRevision, created != observation.servingRevision,
            observation.condition.state == .failed || created != observation.latestReadyRevision
        {
            result.append("the service's template is of `\(created)`, which is not what serves")
        } else if let created = observation.latestCreatedRevision, created != observation.servingRevision {
            result.append("the newest revision `\(created)` does not serve")
        }
        if let recorded = observation.annotations[ReleaseAnnotation.revision] {
            if recorded != observation.servingRevision {
                result.append("the last release left `\(recorded)` serving")
            } else if observation.share(of: recorded) < 100 {
                result.append(
                    "the last release left `\(recorded)` with all traffic, and it has "
                        + "\(observation.share(of: recorded)) %")
            }
        }
        if !overrides.isEmpty {
            result.append(
                "set for this release only, not in the configuration: \(overrides.joined(separator: ", "))")
        }
        if service.isPublic, !observation.isPublic, observation.annotations[ReleaseAnnotation.revision] == nil {
            result.append("closed: it has not passed its gates yet")
        }
        result += ServiceSettingDrift.find(service, observation, endpoint: endpoint).map { "\($0.text): \($0.command)" }
        return result
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
