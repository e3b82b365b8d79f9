import Configuration
import Loop
import Releases
import Reporting
import Verification

/// What an iteration left, as causes are judged by: from evidence of suites, the release, logs, suites and what changed.
/// Nothing of it fails an iteration: what cannot be looked at is not there.
struct LoopFacts {
    /// Traces whose log lines are asked for: of each kind of failure some tell what all do.
    private static let mostTraces = 40
    private static let tracesOfSignature = 3
    private static let linesOfTrace = 50
    private static let linesOfService = 100

    let session: Session
    /// By name.
    let suites: [String: Suite]

    init(_ session: Session) {
        self.session = session
        suites = (try? session.verifier().suites) ?? [:]
    }

    /// - Parameters:
    ///   - evidence: of the suites, on the candidate or against what serves.
    ///   - release: of this iteration; nil where nothing was released.
    ///   - good: the last good run of each service that has one.
    ///   - unready: services that do not serve, with what they say.
    func gathered(
        of evidence: RunEvidence, release: ReleaseDocument?, since good: [String: String],
        unready: [ReadinessFinding.Unready] = []
    ) async -> CauseFacts {
        var facts = CauseFacts(protects: evidence.protects)
        for part in evidence.parts { add(part, to: &facts) }
        addMissing(evidence, to: &facts)
        facts.services = services(release, unready)
        await addLogs(to: &facts)
        guard let release else { return facts }
        for run in Set(good.values).subtracting([release.run]).sorted() {
            facts.changes += await LoopChanges(session).since(run, run: release.run).filter { good[$0.service] == run }
        }
        return facts
    }

    /// Also by the name that it has in one of several regions.
    private func suite(_ name: String) -> Suite? { suites[name] ?? suites[ServiceKey(parsing: name).service] }

    /// How to ask the same by hand, by `SUITE/ID`.
    static func byHand(_ evidence: RunEvidence) -> [String: [String]] {
        evidence.parts.reduce(into: [:]) { $0.merge($1.reproduction) { first, _ in first } }
    }

    private func add(_ part: RunEvidence.Part, to facts: inout CauseFacts) {
        let service = part.target.service
        let modules = Dictionary(
            part.verdict.suites.map { ($0.suite, $0.module) }, uniquingKeysWith: { first, _ in first })
        var accepted: Set<String>?
        for result in part.verdict.checks {
            let suite = suite(result.suite)
            let check =
                suite?.checks.first { $0.id == result.id } ?? suite?.checks.first { result.id.hasPrefix($0.id + "/") }
            let headers = suite.flatMap { suite in check.flatMap { CheckHeaders.names(of: $0, in: suite) } }
            switch result.status {
            case .failed, .error, .xpass:
                facts.failed.append(
                    failed(result, part.target, check, headers, module: modules[result.suite] ?? nil))
            case .skipped, .blocked, .notRun:
                facts.idle.append(
                    IdleCheck(
                        id: result.id, suite: result.suite, priority: result.priority, service: service,
                        status: result.status, reason: result.summary ?? result.status.rawValue,
                        needs: check?.needs ?? []))
            case .passed, .flaky:
                if let route = Self.route(result, check) { facts.answeredRoutes[service, default: []].append(route) }
                // One that sends nothing of its own needs nothing: it says nothing about the rest.
                if let headers, !headers.isEmpty { accepted = accepted?.intersection(headers) ?? Set(headers) }
            case .xfail, .waived, .quarantined: break
            }
        }
        if let accepted { facts.acceptedHeaders[service] = accepted.sorted() }
        let documented = part.verdict.suites.compactMap { suite($0.suite) }.flatMap(\.checks).flatMap { check in
            if case .routes(let inventory) = check.kind {
                inventory.routes.map { "\($0.method) \($0.path.source)" }
            } else {
                [String]()
            }
        }
        if !documented.isEmpty { facts.documentedRoutes[service, default: []] += documented }
    }

    private func failed(
        _ result: CheckResult, _ target: MeasuredRevision, _ check: Check?, _ headers: [String]?, module: String?
    ) -> FailedCheck {
        let evidence = result.evidence
        return FailedCheck(
            id: result.id, suite: result.suite, priority: result.priority, service: target.service,
            region: target.region, revision: evidence.revision ?? target.revision, kind: check?.kind.name,
            status: result.status, httpStatus: evidence.status, closeCode: evidence.closeCode,
            route: Self.route(result, check), message: result.summary ?? result.status.rawValue,
            traceID: evidence.traceID, milliseconds: result.milliseconds, module: module,
            answeredBy: evidence.refusal?.answeredBy, challenge: evidence.refusal?.challenge, sentHeaders: headers)
    }

    /// The path that was asked for, else as the suite writes it.
    private static func route(_ result: CheckResult, _ check: Check?) -> String? {
        guard let written = check?.kind.route else { return nil }
        guard let url = result.evidence.url, let method = written.split(separator: " ").first else { return written }
        let rest = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard rest.count == 4 else { return written }
        return "\(method) /\(rest[3].prefix { $0 != "?" && $0 != "#" })"
    }

    /// Tests of the index that nobody ran have no suite of this run.
    private func addMissing(_ evidence: RunEvidence, to facts: inout CauseFacts) {
        guard let index = evidence.index else { return }
        let known = Set(evidence.parts.flatMap { $0.verdict.checks.map { "\($0.suite)/\($0.id)" } })
        for entry in index.entries where !known.contains("\(entry.suite)/\(entry.id)") {
            let suite = suite(entry.suite)
            facts.idle.append(
                IdleCheck(
                    id: entry.id, suite: entry.suite, priority: suite?.priority ?? .p6,
                    service: evidence.parts.first?.target.service ?? "", status: .notRun,
                    reason: CheckResult.missingFromRun))
        }
    }

    // MARK: - Services

    private func services(
        _ release: ReleaseDocument?, _ unready: [ReadinessFinding.Unready]
    ) -> [ServiceFinding] {
        let environment = try? session.environment()
        return (environment?.services ?? []).map { service in
            var finding = ServiceFinding(
                service: service.name, dependsOn: service.dependsOn,
                memory: service.container.memory.map { "\($0) bytes" },
                timeoutSeconds: service.container.timeoutSeconds ?? 300, isPublic: service.isPublic)
            let result =
                release?.services.first { $0.service == service.name && $0.diagnosis != nil }
                ?? release?.services.first { $0.service == service.name }
            finding.region = result?.region
            finding.revision = result?.candidate ?? result?.revision
            // Checks that failed are told as such: a diagnosis that is made of them says nothing about the service.
            if let diagnosis = result?.diagnosis, diagnosis.kind != "check-failed", diagnosis.kind != "verdict" {
                finding.diagnosis = diagnosis
                finding.isReady = false
                finding.statements = diagnosis.evidence
                finding.logLines = diagnosis.logs
            }
            if let state = unready.first(where: { ServiceKey(parsing: $0.service).service == service.name }) {
                finding.isHealthy = false
                finding.statements += state.diagnosis.filter { !finding.statements.contains($0) }
            }
            return finding
        }
    }

    // MARK: - Logs

    private func addLogs(to facts: inout CauseFacts) async {
        guard let platform = try? await session.platformAccess().platform, let environment = try? session.environment()
        else { return }
        var chosen: [Int] = []
        var told: [FailureSignature: Int] = [:]
        let order = facts.failed.indices.sorted { facts.failed[$0].priority < facts.failed[$1].priority }
        for place in order where facts.failed[place].traceID != nil && chosen.count < Self.mostTraces {
            let signature = FailureSignature(of: facts.failed[place])
            guard told[signature, default: 0] < Self.tracesOfSignature else { continue }
            told[signature, default: 0] += 1
            chosen.append(place)
        }
        for place in chosen {
            let check = facts.failed[place]
            guard let identity = identity(of: check.service, check.region, environment) else { continue }
            var query = LogQuery(service: identity, trace: check.traceID, includesRequests: false)
            query.limit = Self.linesOfTrace
            let lines = (try? await platform.entries(query)) ?? []
            facts.failed[place].logLines = lines.map { session.console.redacted($0.text) }
        }
        // What is written under no trace: kills, starts, what background work says.
        for place in facts.services.indices
        where facts.failed.contains(where: { $0.service == facts.services[place].service }) {
            let service = facts.services[place]
            // Where it fails, and where it was deployed: each region has revisions and logs of its own.
            let failing = facts.failed.filter { $0.service == service.service }.map { ($0.region, $0.revision) }
            var revisions = Dictionary(failing.map { ($0.0 ?? "", $0.1) }, uniquingKeysWith: { first, _ in first })
            revisions[service.region ?? revisions.keys.min() ?? ""] = service.revision
            for (region, revision) in revisions.sorted(by: { $0.key < $1.key }) {
                let known = region.isEmpty ? nil : region
                guard let identity = identity(of: service.service, known, environment) else { continue }
                var query = LogQuery(service: identity, revision: revision, severity: .warning, includesRequests: false)
                query.limit = Self.linesOfService
                let lines = ((try? await platform.entries(query)) ?? []).map { session.console.redacted($0.text) }
                facts.services[place].logLines += lines.filter { !facts.services[place].logLines.contains($0) }
            }
        }
    }

    private func identity(of service: String, _ region: String?, _ environment: Environment) -> ServiceIdentity? {
        guard let known = environment.service(service) else { return nil }
        let placements = environment.placements(of: known)
        return (placements.first { $0.region == region } ?? placements.first)?.identity
    }
}
