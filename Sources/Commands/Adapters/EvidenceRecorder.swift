import Configuration
import JSON
import Releases
import Reporting
import Synchronization
import Verification

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Keeps what the suites of a run measured, in a file of this machine and where its team's state is: each service's as soon
/// as it is known.
final class EvidenceRecorder: Sendable {
    private static let largest = 256 << 20

    private let path: String
    private let console: Console
    private let known: Mutex<RunEvidence>
    private let team: TeamEvidence?
    private let sharing = Mutex<Task<Void, Never>?>(nil)

    /// - Parameters:
    ///   - evidence: of the run before this process took it up.
    ///   - team: nil where the state is this machine's own.
    init(_ evidence: RunEvidence, path: String, console: Console, team: TeamEvidence? = nil) {
        self.path = path
        self.console = console
        self.team = team
        known = Mutex(evidence)
    }

    var evidence: RunEvidence { known.withLock { $0 } }

    /// That it cannot be kept is said, and changes no release.
    func add(_ part: RunEvidence.Part) {
        known.withLock { evidence in
            evidence.add(part)
            do {
                if let slash = path.lastIndex(of: "/") { try Folders.create(String(path[..<slash])) }
                try Folders.writePrivately(TeamEvidence.encode(evidence, console), to: path)
                if let team, let run = evidence.run { try team.expect(run) }
            } catch {
                tell(error)
            }
        }
        guard let team, let run = evidence.run else { return }
        sharing.withLock { last in
            let before = last
            last = Task {
                await before?.value
                do { try await team.bring(run) } catch { self.tell(error) }
            }
        }
    }

    /// Once what was measured is where the team finds it, or it was said that it is not.
    func finish() async { await sharing.withLock { $0 }?.value }

    private func tell(_ error: any Error) {
        console.problem(FailureText.text(FailureLifting.lift(error), palette: Palette(isEnabled: false)))
    }

    /// Nil where nothing was kept, or nothing that can be read.
    static func read(_ path: String) -> RunEvidence? {
        guard let data = FileManager.default.contents(atPath: path), data.count <= largest else { return nil }
        let evidence = try? JSONDecoder().decode(RunEvidence.self, from: data)
        return evidence?.schema == RunEvidence.schema ? evidence : nil
    }
}

extension ReleaseVerifier {
    /// A run of suites as its report tells of it.
    func part(_ run: SuiteRun, suites: [Suite], target: VerificationTarget) -> RunEvidence.Part {
        let runTarget = runTarget(target)
        var reproduction: [String: [String]] = [:]
        for result in run.results where result.status != .passed && result.status.hasRun {
            guard let suite = suites.first(where: { $0.name == result.suite }),
                // A test of an external runner is called after the check that ran it.
                let check = suite.checks.first(where: { $0.id == result.id })
                    ?? suite.checks.first(where: { result.id.hasPrefix($0.id + "/") })
            else { continue }
            reproduction["\(result.suite)/\(result.id)"] = CheckExplanation.lines(
                for: check, of: suite, target: runTarget
            ).map(run.redactor.redact)
        }
        func known(_ name: String) -> String? { target.references[name].flatMap { $0.isEmpty ? nil : $0 } }
        return RunEvidence.Part(
            target: MeasuredRevision(
                service: target.service.name, region: known("deploy.region"),
                revision: target.revision ?? known("deploy.revision"), digest: known("deploy.image_digest"),
                commit: known("deploy.commit"), url: run.redactor.redact(target.url)),
            verdict: VerdictDocument(run, suites: suites), reproduction: reproduction)
    }
}
