import ArgumentParser
import Configuration
import JSON
import Releases
import Reporting

/// `stagectl diff`
struct DiffCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Configuration, last release and what is live; or one run against another.",
        discussion: """
            `stagectl diff` and `stagectl diff SERVICE...` hold environments/, the last release and the live service \
            against each other, and say who could have made each difference and what to type about it. Values of \
            variables are never shown, only whether they differ.

            `stagectl diff RUN RUN` says what is new from the older to the newer run, in whichever order they are named: \
            commits, image, settings, traffic, checks, steps. `stagectl history` lists the runs.
            """)
    static let schema = DifferenceJSON.schema

    @OptionGroup var global: GlobalOptions
    @OptionGroup var regions: RegionOptions

    @Flag(name: .customLong("detailed-exitcode"), help: "Exit with 2 when there is a difference.")
    var detailedExitcode = false

    @Argument(help: "Services (all when nothing is named), or two runs.")
    var names: [String] = []

    func run(in session: Session) async throws -> CommandResult {
        var result: CommandResult
        if let runs = try runs(in: session) {
            result = try await session.difference(of: runs.0, and: runs.1)
        } else {
            result = try await differences(in: session)
        }
        if detailedExitcode, result.document["different"]?.bool == true { result.status = .changesPending }
        return result
    }

    /// Nil where services are meant. What is no service's name is a run's.
    private func runs(in session: Session) throws -> (String, String)? {
        // Runs can be compared although the files say nothing that makes sense.
        let services = (try? session.environment())?.services.map(\.name) ?? []
        let strange = names.filter { !services.contains($0) }
        guard !strange.isEmpty else { return nil }
        if names.count == 2, strange.count == 2 {
            guard regions.names.isEmpty else {
                throw Failure(
                    .usage, "--region is for services; two runs are compared in all of theirs", hint: "leave it out")
            }
            return (names[0], names[1])
        }
        // A name like a run's is one: `r` and the digits of a time.
        if let run = strange.first(where: { $0.wholeMatch(of: /r\d{8,}-\w+/) != nil }) {
            throw Failure(
                .usage,
                names.count == 1
                    ? "`\(SafeText.line(run))` is one run, and it takes two to compare"
                    : "runs are compared in twos, and without services",
                hint: "stagectl diff RUN RUN")
        }
        return nil
    }

    // MARK: - Configuration, last release, live

    private func differences(in session: Session) async throws -> CommandResult {
        let environment = try session.environment()
        let selected = try session.place(names, all: names.isEmpty, in: regions)
        session.hideSecrets(of: environment)
        let access = try await session.platformAccess()
        // Values may name the URLs of services that nobody asked about.
        let wanted = Set(selected.flatMap { $0.service.referencedServices })
        let others = environment.services.filter { wanted.contains($0.name) }.flatMap { environment.placements(of: $0) }
            .filter { other in !selected.contains { $0.key == other.key } }
        let facts = try await session.facts(
            of: selected + others, source: nil, repository: nil, platform: access.platform, digests: false)
        let releases = try await session.lastReleases(of: selected, facts: facts)
        let palette = session.console.style.resultPalette
        var documents: [JSONValue] = []
        var texts: [String] = []
        var isDifferent = false
        for placement in selected {
            var status = ServiceStatus(
                placement: placement, facts: facts[placement.key] ?? ServiceFacts(observation: nil),
                endpoint: access.endpoint)
            status.release = releases[placement.key]
            status.urls = Session.urls(in: placement.region, facts)
            status.overrides = try await session.overrides(of: status.servingRevision, placement)
            status.repeatedOptions = session.repeatedOptions
            let differences = status.differences
            isDifferent = isDifferent || !differences.isEmpty
            documents.append(document(of: placement, status, differences))
            texts.append(
                DifferenceText.service(
                    placement.key.description, differences, about: status.summary, palette: palette))
        }
        return CommandResult(
            [
                "schema": .string(Self.schema), "kind": "services", "environment": .string(session.environmentName),
                "different": .bool(isDifferent), "services": .array(documents), "error": .null,
            ], text: texts.joined(separator: "\n\n"))
    }

    private func document(
        of placement: Placement, _ status: ServiceStatus, _ differences: [ServiceDifference]
    ) -> JSONValue {
        func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
        return [
            "service": .string(placement.name), "region": .string(placement.region),
            "revision": text(status.servingRevision), "releasedRevision": text(status.release?.revision),
            "releasedRun": text(status.release?.run),
            "differences": .array(differences.map(DifferenceJSON.difference)),
        ]
    }
}

extension ServiceStatus {
    /// What is compared with what.
    fileprivate var summary: [String] {
        guard let servingRevision else { return ["nothing serves"] }
        let released =
            release.map { "last release \($0.run ?? "unknown") left \($0.revision)" }
            ?? "no release of stagectl has left it, so only configuration and live service are compared"
        return ["live: \(servingRevision)", released]
    }
}

extension Service {
    /// Services whose URLs its variables name.
    fileprivate var referencedServices: Set<String> {
        Set(
            allVariables.flatMap { variable -> [String] in
                guard case .literal(let text) = variable.value else { return [] }
                return ServiceReferences.names(in: text)
            })
    }
}
