import Configuration
import Crypto
import JSON
import Releases
import Reporting
import State
import Verification

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reports, from what a run has left in the state and on this machine.
extension Session {
    /// So many earlier runs are drawn.
    private static let earlierRuns = 30

    func evidencePath(of run: String) throws -> String { try stateFolder() + "/reports/\(run).json" }

    /// What is known before anything was measured.
    func emptyEvidence(run: String?) -> RunEvidence {
        let environment = try? environment()
        let configuration = environment.map { Fingerprint.sha256(ReleaseJSON.encoded($0).serialized()) }
        return RunEvidence(
            run: run, environment: environmentName, tool: Version.current, configuration: configuration,
            protects: environment?.protects ?? [:], index: try? suiteIndex())
    }

    func recorder(of run: String) async throws -> EvidenceRecorder {
        EvidenceRecorder(
            try await evidence(of: run, in: environmentName) ?? emptyEvidence(run: run),
            path: try evidencePath(of: run),
            console: console, team: try teamEvidence(of: environmentName))
    }

    /// Nil where the state is this machine's own.
    private func teamEvidence(of environment: String) throws -> TeamEvidence? {
        guard let records = try state() as? BucketState else { return nil }
        return TeamEvidence(
            records: records, environment: environment, folder: try stateFolder() + "/reports", console: console)
    }

    /// What the team has of a run, which others may have measured parts of; while it cannot be reached, what this machine
    /// has.
    private func evidence(of run: String, in environment: String) async throws -> RunEvidence? {
        let own = EvidenceRecorder.read(try evidencePath(of: run))
        guard let team = try teamEvidence(of: environment) else { return own }
        await team.bringAll()
        do {
            return try await team.evidence(of: run) ?? own
        } catch let failure as Failure where failure.category == .unavailable {
            return own
        }
    }

    /// The report of a release that has ended.
    func report(of release: ReleaseDocument, evidence: RunEvidence? = nil) async throws -> Report {
        let state = try state()
        let known =
            if let evidence { evidence } else {
                try await self.evidence(of: release.run, in: release.environment)
            }
        var source = ReportSource(
            evidence: known ?? RunEvidence(run: release.run, environment: release.environment, tool: Version.current),
            generated: Timestamp.now())
        if known == nil, (try? environment())?.name == release.environment {
            source.evidence.protects = (try? environment())?.protects ?? [:]
        }
        source.release = release
        if let stored = try await state.read(run: release.run) {
            source.entries = stored.entries
            source.plan = (try? DecodedPlan(decoding: stored.plan))?.plan
        }
        try await addHistory(to: &source, before: release.started)
        return Report(source)
    }

    /// What `--report` asks for, and the summary of a pipeline's job.
    ///
    /// - Returns: where `release.json` is; nil where no folder was named.
    func writeReport(
        of release: ReleaseDocument, _ evidence: RunEvidence, folder: String?
    ) async throws -> String? {
        let path = try folder.map { try ReportFiles.write(release, folder: $0, redacting: console.redacted) }
        guard folder != nil || ReportFiles.hasSummary else { return path }
        let report = try await report(of: release, evidence: evidence)
        if let folder { try ReportFiles.write(report, folder: folder, redacting: console.redacted) }
        try ReportFiles.addToSummary(report, redacting: console.redacted)
        return path
    }

    /// The report of suites that were run on their own.
    func report(of verdict: VerdictDocument, evidence: RunEvidence) async -> Report {
        var source = ReportSource(evidence: evidence, generated: Timestamp.now())
        source.verdict = verdict
        // Without a history the verdict stands as well.
        try? await addHistory(to: &source, before: nil)
        return Report(source)
    }

    private func addHistory(to source: inout ReportSource, before started: String?) async throws {
        let own = source.release?.run
        let environment = source.evidence.environment
        // A moment without its `Z` sorts before the moments that it begins.
        let until = started.map { $0.hasSuffix("Z") ? String($0.dropLast()) : $0 }
        source.earlier = try await state().releases(
            LedgerQuery(environment: environment, until: until, limit: Self.earlierRuns)
        ).filter { $0.run != own && $0.kind != .prune }
        for release in source.earlier.prefix(5) where release.verdict.counts["total"] ?? 0 > 0 {
            guard let known = try await runs(named: [release.run])[release.run], let document = known.document,
                let journal = known.journal,
                let checks = ComparedRelease(document, plan: journal.plan, progress: journal.progress).checks
            else { continue }
            source.earlierChecks = ReportSource.EarlierChecks(run: release.run, checks: checks)
            break
        }
        if environment == environmentName {
            source.trends = (try? await verdictRecords().trends().checks) ?? []
        }
    }

    /// Base64 of the SHA-256 of a text, as a content security policy names scripts by.
    static func contentHash(_ text: String) -> String {
        Data(SHA256.hash(data: Array(text.utf8))).base64EncodedString()
    }
}
