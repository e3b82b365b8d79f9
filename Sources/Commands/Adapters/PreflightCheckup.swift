import Configuration
import GoogleCloud
import LocalCloudRun
import Releases

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Everything that `doctor` looks at, from the machine outwards. Nothing is started and nothing is written.
struct Checkup {
    let session: Session

    func report() async throws -> PreflightReport {
        let (environment, configuration) = try self.configuration()
        var findings = await PreflightTools.findings(infrastructure: environment?.infrastructure)
        let (builder, found) = await self.builder()
        findings += found
        if configuration.allSatisfy({ $0.state == .ok }) {
            findings += PreflightMachine.state(try session.stateFolder())
            findings += await PreflightState(session: session).findings()
        }
        findings += configuration + infrastructure()
        guard let environment else { return PreflightReport(findings) }
        switch environment.platform.kind {
        case .local: findings += try await local(environment)
        case .google: findings += await google(environment, builder: builder ?? "auto")
        }
        return PreflightReport(findings)
    }

    /// Whether the environment and its Terraform root agree; nothing where there is none.
    private func infrastructure() -> [PreflightFinding] {
        guard let loaded = try? session.configuration(), let settings = loaded.environment.infrastructure else {
            return []
        }
        guard let failure = InfrastructureConsistency.failure(of: loaded) else {
            return [
                PreflightFinding("infra", .ok, .configuration, what: "`\(settings.root)` agrees with the environment")
            ]
        }
        return [
            PreflightFinding(
                "infra", .problem, .configuration, what: failure.summary,
                why: failure.details.map(\.value).joined(separator: "\n"), command: "stagectl config validate")
        ]
    }

    /// What `auto` takes; nil when it takes nothing.
    private func builder() async -> (String?, [PreflightFinding]) {
        do {
            let name = try await session.builder(named: "auto", runtime: nil)
            return (name, [PreflightFinding("builder", .ok, .unavailable, what: "`--builder auto` takes `\(name)`")])
        } catch {
            let failure = FailureLifting.lift(error)
            // The configuration's own findings are told by themselves.
            if failure.category == .configuration || failure.category == .usage { return (nil, []) }
            return (
                nil, [PreflightFinding("builder", .problem, .unavailable, what: failure.summary, why: failure.hint)]
            )
        }
    }

    /// Throws for an environment that does not exist: then there is nothing to look at.
    private func configuration() throws -> (Configuration.Environment?, [PreflightFinding]) {
        do {
            let loaded = try session.configuration()
            let environment = loaded.environment
            _ = try SuiteAccess.load(for: environment.services, configuration: loaded)
            let count = environment.services.count
            return (
                environment,
                [
                    PreflightFinding(
                        "configuration", .ok, .configuration,
                        what:
                            "environment `\(environment.name)` has \(count) service\(count == 1 ? "" : "s"), no findings"
                    )
                ]
            )
        } catch let failure as Failure where failure.category == .configuration {
            guard !failure.details.isEmpty else {
                return (
                    nil,
                    [
                        PreflightFinding(
                            "configuration", .problem, .configuration, what: failure.summary, why: failure.hint)
                    ]
                )
            }
            return (
                nil,
                failure.details.enumerated().map { index, detail in
                    let lines = detail.value.split(separator: "\n").map(String.init)
                    return PreflightFinding(
                        "configuration:\(index + 1)", .problem, .configuration, what: lines.first ?? failure.summary,
                        why: lines.last { $0.hasPrefix("hint: ") }.map { String($0.dropFirst(6)) },
                        command: index == failure.details.count - 1 ? "stagectl config validate" : nil)
                }
            )
        }
    }

    private func local(_ environment: Configuration.Environment) async throws -> [PreflightFinding] {
        let settings = try LocalLauncher(session: session).settings()
        let intent = ReleaseIntent(
            everythingOf: environment, existing: [], builder: "auto", identityAccount: nil)
        return [await PreflightMachine.server(settings)]
            + PreflightMachine.secrets(of: intent, stateFolder: settings.stateFolder)
    }

    private func google(
        _ environment: Configuration.Environment, builder: String
    ) async -> [PreflightFinding] {
        var (findings, hasCredentials) = await credentials()
        let endpoints = await session.inspectionEndpoints(environment.platform)
        findings.append(await clock(endpoints.run))
        guard hasCredentials else { return findings }
        let (seen, platform) = await platform(environment)
        findings.append(platform)
        // Without an answer or an identity every further question would only say the same again.
        guard platform.category != .unavailable || platform.state == .ok else { return findings }
        let intent = ReleaseIntent(
            everythingOf: environment, existing: Set(seen.keys), builder: builder,
            identityAccount: session.identityAccount)
        async let full = session.fullServices(seen)
        return findings + (await session.cloudPreflight(environment.platform).findings(for: intent)) + (await full)
    }

    private func clock(_ url: String) async -> PreflightFinding {
        let skew = try? await ServerClock.skew(against: url, http: session.http, now: Self.now)
        return ResourceFindings.clock(skewSeconds: skew ?? nil)
    }

    /// Which source won, and why each of the others did not.
    private func credentials() async -> ([PreflightFinding], Bool) {
        let search = await session.googleCredentials.search()
        let others = search.entries.filter { $0 != search.used && $0 != search.broken?.entry }.map {
            [$0.place.name, $0.text].joined(separator: ": ")
        }
        let why = others.isEmpty ? nil : "others: " + others.joined(separator: "; ")
        if let used = search.used {
            let place = [used.place.name, used.location].compactMap(\.self).joined(separator: " ")
            return (
                [
                    PreflightFinding(
                        "credentials", .ok, .permission, what: "credentials: \(place), \(used.text)", why: why)
                ], true
            )
        }
        if let (entry, fault) = search.broken {
            let place = [entry.place.name, entry.location].compactMap(\.self).joined(separator: " ")
            return (
                [
                    PreflightFinding(
                        "credentials", .problem, .permission,
                        what: "the credentials of \(place) cannot be used: \(fault.reason)",
                        why: [fault.hint, why].compactMap(\.self).joined(separator: "; "),
                        command: entry.place.remedy)
                ], false
            )
        }
        return (
            [
                PreflightFinding(
                    "credentials", .problem, .permission, what: "no Google credentials",
                    why: others.joined(separator: "; "),
                    command: "gcloud auth application-default login")
            ], false
        )
    }

    /// Which services are there already, and whether Cloud Run answers at all.
    private func platform(
        _ environment: Configuration.Environment
    ) async -> ([ServiceKey: ServiceObservation], PreflightFinding) {
        do {
            let access = try await session.platformAccess()
            let placements = environment.services.flatMap { environment.placements(of: $0) }
            let existing = try await withThrowingTaskGroup(of: (ServiceKey, ServiceObservation?).self) { group in
                for placement in placements {
                    group.addTask { (placement.key, try await access.platform.observe(placement.identity)) }
                }
                return try await group.reduce(into: [ServiceKey: ServiceObservation]()) { $0[$1.0] = $1.1 }
            }
            let count = placements.count
            let regions = environment.regions.map { "`\($0)`" }.joined(separator: ", ")
            return (
                existing,
                PreflightFinding(
                    "platform", .ok, .unavailable,
                    what: "Cloud Run answers in \(regions): \(existing.count) of \(count) "
                        + "service\(count == 1 ? "" : "s") exist\(existing.count == 1 ? "s" : "")")
            )
        } catch {
            let failure = FailureLifting.lift(error)
            let why = failure.details.map { "\($0.label) \($0.value)" }.joined(separator: ", ")
            return (
                [:],
                PreflightFinding(
                    "platform", .problem, failure.category, what: failure.summary,
                    why: [why, failure.hint ?? ""].filter { !$0.isEmpty }.joined(separator: "; "))
            )
        }
    }

    @Sendable private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

extension CredentialSearch.Place {
    /// What makes room for the next place, or renews what is there; nil where nothing that is typed does.
    fileprivate var remedy: String? {
        switch self {
        case .accessToken, .credentialFile: "unset \(name)"
        case .wellKnownFile: name
        case .metadataServer: nil
        }
    }
}
