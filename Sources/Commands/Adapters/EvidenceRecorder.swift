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

/// Keeps what the suites of a run measured, in a file of this machine: each service's as soon as it is known.
final class EvidenceRecorder: Sendable {
    private static let largest = 256 << 20

    private let path: String
    private let console: Console
    private let known: Mutex<RunEvidence>

    /// - Parameter evidence: of the run before this process took it up.
    init(_ evidence: RunEvidence, path: String, console: Console) {
        self.path = path
        self.console = console
        known = Mutex(evidence)
    }

    var evidence: RunEvidence { known.withLock { $0 } }

    /// That it cannot be kept is said, and changes no release.
    func add(_ part: RunEvidence.Part) {
        known.withLock { evidence in
            evidence.add(part)
            do {
                if let slash = path.lastIndex(of: "/") { try Folders.create(String(path[..<slash])) }
                let text = console.redacted(ReleaseJSON.encoded(evidence).serialized())
                try Folders.writePrivately(Array(text.utf8), to: path)
            } catch {
                console.problem(FailureText.text(FailureLifting.lift(error), palette: Palette(isEnabled: false)))
            }
        }
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
