import ArgumentParser
import Configuration
import JSON
import Releases
import Reporting
import Verification

/// `stagectl history`
struct HistoryCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Releases of this environment, newest first, and where they tend.",
        discussion: """
            Filters add up: a release is shown that meets all of them. What follows the last one that is shown is asked \
            for with --after and its run.

            --trends computes deployment frequency, lead time, change failure rate and time to restore from the \
            releases, each with the number of its samples, and the least stable checks from the newest 100 runs of \
            suites. What has no samples is not shown as a number.
            """)
    static let schema = "stagectl.history/v1"

    @OptionGroup var global: GlobalOptions
    @OptionGroup var regions: RegionOptions
    @OptionGroup var selection: HistoryFlags

    @Argument(help: "Only releases of these services.")
    var services: [String] = []

    @Flag(help: "Figures of delivery and of checks instead of the list, over --since to --until (else 30 days).")
    var trends = false

    func validate() throws {
        try selection.validate()
        if trends, !selection.outcome.isEmpty || selection.commit != nil || selection.after != nil {
            throw ValidationError(
                "--trends counts all releases of a time, so --outcome, --commit and --after do not go with it")
        }
    }

    func run(in session: Session) async throws -> CommandResult {
        var named: Set<String> = []
        let services = (services + selection.services).filter { named.insert($0).inserted }
        _ = try session.place(services, all: services.isEmpty, in: regions)
        let environment = try session.environment()
        let now = LogTimeText.now()
        let query = selection.query(
            environment: environment.name, services: services, regions: regions.names, now: now)
        // One more than is shown says whether there is more.
        var further = query
        further.limit += 1
        let state = try session.state()
        async let listed = state.releases(further)
        let window = selection.window(now: now)
        let figures = trends ? try await session.trends(of: services, regions: regions.names, window: window) : nil
        let found = try await listed
        let releases = Array(found.prefix(query.limit))
        let next = found.count > releases.count ? releases.last?.run : nil
        var document: JSONValue = [
            "schema": .string(Self.schema), "environment": .string(session.environmentName),
            "releases": .array(releases.map(ReleaseJSON.release)),
            "next": next.map(JSONValue.string) ?? .null, "trends": .null, "error": .null,
        ]
        if let figures {
            document["trends"] = TrendsJSON.document(figures)
            return CommandResult(document, text: TrendsText.text(figures))
        }
        return CommandResult(document, text: text(of: releases, next: next, in: environment, session.console))
    }

    private func text(of releases: [ReleaseDocument], next: String?, in environment: Environment, _ console: Console)
        -> String
    {
        guard !releases.isEmpty else { return selection.isNarrowed ? "no such release" : "no release yet" }
        var table = TextTable(["RUN", "STARTED", "OUTCOME", "SERVICES", "COMMIT", "BY"])
        for release in releases {
            table.add([
                release.run, Timestamp.toTheSecond(release.started), ReleaseText.word(release),
                subjects(of: release, in: environment),
                release.services.compactMap(\.commit).first.map { String($0.prefix(12)) } ?? "–", release.initiator,
            ])
        }
        return table.text(for: console) + (next.map { "\nthere is more: --after \($0)" } ?? "")
    }
}

extension HistoryCommand {
    /// What the release was about.
    private func subjects(of release: ReleaseDocument, in environment: Environment) -> String {
        guard release.kind != .infra else {
            return "infra" + (release.infrastructure.map { ": " + $0.counts } ?? "")
        }
        return release.services.map { service in
            // What serves is not what the release was about where that was taken back.
            let isBack = [.failed, .rolledBack].contains(service.outcome)
            let refused = service.candidate.flatMap { isBack && $0 != service.revision ? " (not \($0))" : nil } ?? ""
            return "\(environment.key(of: service.service, in: service.region)) \(service.revision ?? "–")\(refused)"
        }.joined(separator: ", ")
    }
}

extension Session {
    /// - Parameter window: nil for the usual one.
    fileprivate func trends(
        of services: [String], regions: [String], window: HistoryFlags.Window
    ) async throws -> Trends {
        // Beside each other: both are somewhere on the other end of a network.
        async let suites = verdictRecords().trends { run in
            !window.isAsked || window.milliseconds.contains(Int64(run.startedAt * 1000))
        }
        let deliveries = try await state().deliveries(environment: environmentName, since: window.before).filter {
            (services.isEmpty || services.contains($0.service)) && (regions.isEmpty || regions.contains($0.region))
        }
        let kept = try await suites
        var checks = kept.checks
        if !services.isEmpty {
            let suites = Set(try environment().services.filter { services.contains($0.name) }.flatMap(\.suites))
            checks.removeAll { check in !suites.contains(String(check.entry.suite.prefix { $0 != "@" })) }
        }
        return Trends(
            delivery: DeliveryTrends(deliveries, window: window.milliseconds), suiteRuns: kept.runs,
            checks: checks)
    }
}
