import Configuration
import Releases
import Reporting
import Verification

/// Suites against what is deployed, one service after the other: the same for `smoke` and for a loop.
struct SmokeMeasurement {
    private let session: Session
    private var verifier: ReleaseVerifier
    private let keepGoing: Bool
    private let isNarrowed: Bool
    private let progress: SuiteProgress
    private(set) var runs: [(placement: Placement, run: SuiteRun, suites: [Suite])] = []
    var evidence: RunEvidence

    /// - Parameters:
    ///   - isNarrowed: checks were left out by name, so that nothing is missing of the index.
    ///   - tellsAll: each check has a line, also where all is well.
    init(_ session: Session, _ verifier: ReleaseVerifier, keepGoing: Bool, isNarrowed: Bool, tellsAll: Bool = true) {
        self.session = session
        self.verifier = verifier
        self.keepGoing = keepGoing
        self.isNarrowed = isNarrowed
        progress = SuiteProgress(console: session.console, tellsAll: tellsAll)
        evidence = session.emptyEvidence(run: nil)
    }

    /// - Parameters:
    ///   - suites: as they run in this place.
    ///   - first: asked before the others; nil where all have the same chance to fail.
    mutating func measure(
        _ suites: [Suite], of placement: Placement, against target: VerificationTarget, first: FirstChecks? = nil
    ) async throws {
        if target.identity != nil {
            let platform = try await session.platformAccess().platform
            verifier.logs = platform
            verifier.jobs = (platform, try session.environment().project)
        }
        let console = session.console
        var options = await verifier.options(of: suites, against: target, keepGoing: keepGoing, isNarrowed: isNarrowed)
        options.first = first
        progress.begin(suites)
        let runner = verifier.runner(for: target)
        let run = try await progress.during { [verifier, progress] in
            await runner.run(suites, against: verifier.runTarget(target), options: options) { progress.take($0) }
        }
        console.hide(run.redactor)
        console.annotate(run.results, of: suites)
        if !Task.isCancelled { await verifier.remember(run, of: target, options: options) }
        evidence.parts.append(verifier.part(run, suites: suites, target: target))
        runs.append((placement, run, suites))
    }

    /// Whether something that was measured so far has failed.
    var hasFailed: Bool { runs.contains { $0.run.verdict.result == .fail } }

    /// All of it as one.
    ///
    /// - Parameter index: nil where nothing can be missing.
    func verdict(index: SuiteIndex?, shard: ShardRecord? = nil) -> VerdictDocument {
        let suites = runs.flatMap(\.suites)
        let merged = SuiteRun.merging(
            runs.map(\.run), suites: suites, gates: verifier.gates, index: placed(index), isNarrowed: isNarrowed)
        return VerdictDocument(merged, suites: suites, shard: shard)
    }

    /// The index as what was measured is called: a test that runs in each of several regions is listed in each.
    func placed(_ index: SuiteIndex?) -> SuiteIndex? {
        index?.named(Dictionary(grouping: Set(runs.flatMap(\.suites).map(\.name))) { ServiceKey(parsing: $0).service })
    }
}
