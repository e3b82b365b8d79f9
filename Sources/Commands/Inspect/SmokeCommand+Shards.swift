import Configuration
import JSON
import Releases
import Reporting
import Verification

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension SmokeCommand {
    /// What all parts of a run have in common, collected while one of them runs.
    struct Sharding {
        private let shard: SuiteSelection.Shard
        private let whole: SuiteSelection.Chosen
        private var suites: [(suite: Suite, service: String)] = []
        private var targets: [ShardedRun.Target] = []
        private let start = Today.secondsSince1970

        init(_ shard: SuiteSelection.Shard, whole: SuiteSelection.Chosen) {
            self.shard = shard
            self.whole = whole
        }

        func concerns(_ placement: Placement) -> Bool {
            whole.suites.contains { placement.service.suites.contains($0.name) }
        }

        mutating func add(_ placement: Placement, _ target: SuiteRunTarget, digest: String?) {
            suites += whole.suites.filter { placement.service.suites.contains($0.name) }.map {
                (placement.own($0), placement.key.description)
            }
            targets.append(
                ShardedRun.Target(
                    service: placement.key.description, revision: target.expectedRevision, digest: digest,
                    measured: target.measured))
        }

        /// - Parameters:
        ///   - isWhole: everything was asked for, so that the whole index is.
        ///   - isNarrowed: checks were left out by name.
        func record(environment: String, _ verifier: ReleaseVerifier, isWhole: Bool, isNarrowed: Bool)
            async -> ShardRecord
        {
            let accepted = try? await verifier.records?.history(of: nil, about: []).acceptedSkips
            let index = isWhole ? verifier.index : verifier.index?.limited(to: Set(whole.suites.map(\.name)))
            return ShardRecord(
                shard,
                of: ShardedRun(
                    environment: environment,
                    suites: suites.map { .init($0.suite, isNarrowed: isNarrowed, service: $0.service) },
                    targets: targets, gates: verifier.gates, index: isNarrowed ? nil : index,
                    acceptedSkips: accepted ?? [:]),
                window: RunWindow(start: start, end: max(start, Today.secondsSince1970)))
        }
    }

    private static let largestVerdict = 256 << 20

    func mergeShards(in session: Session) async throws -> CommandResult {
        let parts = try merge.map { try Self.part(at: $0) }
        guard let merged = ShardMerging.merge(parts) else {
            throw Failure(
                .usage, "none of these verdicts is one of a shard",
                details: [.init("files", parts.map(\.name).joined(separator: ", "))]
                    + ShardMerging.impossibilities(of: parts).prefix(5).map { .init("why", SafeText.line($0)) },
                hint: "stagectl smoke --shard 1/4 --report DIR writes DIR/verdict.json")
        }
        let whole = parts.compactMap(\.document.shard?.whole)
        let evidence = evidence(
            of: merged, in: whole.first?.environment, targets: whole.flatMap(\.targets), session)
        return try await conclude(merged, evidence, identity: nil, session)
    }

    func evidence(
        of merged: VerdictDocument, in environment: String?, targets: [ShardedRun.Target], _ session: Session
    ) -> RunEvidence {
        var evidence = session.emptyEvidence(run: nil)
        evidence.environment = environment ?? session.environmentName
        evidence.parts = [
            RunEvidence.Part(
                target: MeasuredRevision(
                    service: targets.map(\.service).unique.joined(separator: ", "),
                    revision: targets.count == 1 ? targets[0].revision : nil), verdict: merged)
        ]
        return evidence
    }

    /// A verdict of a file, or of a folder that `--report` wrote.
    private static func part(at path: String) throws -> ShardMerging.Part {
        let hint = "--merge takes what `smoke --shard I/N --report DIR` wrote, or `-o json` printed"
        let files = FileManager.default
        guard let data = files.contents(atPath: path) ?? files.contents(atPath: path + "/verdict.json") else {
            throw Failure(.usage, "`\(SafeText.line(path))` cannot be read", hint: hint)
        }
        guard data.count <= largestVerdict else {
            throw Failure(.usage, "`\(SafeText.line(path))` is larger than 256 MiB", hint: hint)
        }
        guard let document = try? JSONDecoder().decode(VerdictDocument.self, from: data),
            document.schema == VerdictDocument.schema
        else { throw Failure(.usage, "`\(SafeText.line(path))` is not a verdict", hint: hint) }
        return ShardMerging.Part(name: path, document: document)
    }
}
