import Releases
import Verification

/// What to do next: rules, each with the numbers that it goes by. The most pressing first.
extension Recommendation {
    private static let most = 12
    private static let soonDays = 7
    /// From here on a larger image is told.
    private static let grownPercent = 20

    package static func all(for report: Report) -> [Recommendation] {
        let rules: [(Report) -> [Recommendation]] = [
            attention, failures, diagnoses, stops, waiting, unverified, notRun, coverage, flaky, waivers, objectives,
            canary, images, trees, overrides,
        ]
        let found = rules.flatMap { $0(report) }
        return Array((found.isEmpty ? goOn(report) : found).prefix(most))
    }

    private static func attention(_ report: Report) -> [Recommendation] {
        guard report.verdict.headline == .needsAttention, let run = report.subject.run else { return [] }
        return [
            Recommendation(
                action: "finish or undo the run", evidence: report.verdict.rule,
                command: "stagectl resume \(run)")
        ]
    }

    private static func failures(_ report: Report) -> [Recommendation] {
        report.clusters.prefix(4).map { cluster in
            let first = cluster.checks[0]
            let what = cluster.fix ?? cluster.cause ?? cluster.example
            let count = cluster.checks.count
            return Recommendation(
                action: "\(cluster.priority.rawValue): \(what)",
                evidence: count == 1
                    ? "\(report.checks[first].name) failed: \(cluster.example)"
                    : "\(count) checks failed alike: \(cluster.example)",
                command: again(report, first))
        }
    }

    /// What was asked is asked again only where it still serves: of a candidate that was taken back the log is left.
    private static func again(_ report: Report, _ check: Int) -> String? {
        guard let target = report.checks[check].target.map({ report.targets[$0] }) else { return nil }
        let service = report.services.first {
            $0.service == target.service && (target.region ?? $0.region) == $0.region
        }
        if let service, let revision = target.revision, !service.serves(revision) {
            return logs(of: revision, service, report)
        }
        guard isPlain(report.checks[check].id) else { return nil }
        return "stagectl smoke \(target.service) --env \(report.subject.environment) --only \(report.checks[check].id)"
    }

    private static func logs(of revision: String, _ service: ReportedService, _ report: Report) -> String? {
        guard isPlain(revision), isPlain(service.service) else { return nil }
        let isOne = Set(report.services.map(\.region)).count < 2
        return "stagectl logs \(service.service) --env \(report.subject.environment) --revision \(revision)"
            + (isOne ? "" : " --region \(service.region)")
    }

    /// A word of the shell's own would change what is typed.
    private static func isPlain(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy {
            $0.isASCII
                && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_.:/".unicodeScalars.contains($0))
        }
    }

    private static func diagnoses(_ report: Report) -> [Recommendation] {
        report.services.compactMap { service in
            guard let diagnosis = service.diagnosis else { return nil }
            // What a check has found is told with the check.
            let isCheck = diagnosis.kind == "check-failed"
            guard !(isCheck && !report.clusters.isEmpty), !report.clusters.contains(where: { $0.fix == diagnosis.fix })
            else { return nil }
            let candidate = service.candidate.flatMap { service.serves($0) ? nil : $0 }
            return Recommendation(
                action: "\(service.service): \(diagnosis.fix)", evidence: diagnosis.cause,
                command: isCheck ? candidate.flatMap { logs(of: $0, service, report) } : diagnosis.command)
        }
    }

    /// A step that stopped the run for a reason that no check and no container has: a build, a hook, a lock, Terraform.
    private static func stops(_ report: Report) -> [Recommendation] {
        guard report.clusters.isEmpty, report.services.allSatisfy({ $0.diagnosis == nil }) else { return [] }
        let step = report.steps.first { $0.status == .failed }
        guard let failure = report.failure, report.verdict.headline != .release else { return [] }
        let line = failure.details.last { !$0.value.isEmpty }.map { ": \($0.value)" } ?? ""
        return [
            Recommendation(
                action: failure.hint ?? step.map { "mend what stopped step \($0.id)" } ?? "mend what stopped the run",
                evidence: (step.map { "step \($0.id) failed: " } ?? "") + failure.summary + line,
                command: report.subject.run.map { "stagectl why \($0)" })
        ]
    }

    private static func waiting(_ report: Report) -> [Recommendation] {
        guard report.subject.outcome == .held, let run = report.subject.run,
            !report.canaries.contains(where: { $0.findings.decision == .inconclusive })
        else { return [] }
        let step = report.steps.first { $0.status == .held }
        return [
            Recommendation(
                action: "decide whether the release goes on", evidence: step?.note ?? report.verdict.rule,
                command: "stagectl resume \(run)")
        ]
    }

    /// What serves without having been asked anything.
    private static func unverified(_ report: Report) -> [Recommendation] {
        guard report.counts.total == 0, report.verdict.result == .incomplete,
            report.subject.outcome == .promoted || report.subject.outcome == .unchanged
        else { return [] }
        return [
            Recommendation(
                action: "verify what serves: no check of this run did", evidence: report.verdict.rule,
                command:
                    "stagectl smoke \(report.subject.services.joined(separator: " ")) --env \(report.subject.environment)"
            )
        ]
    }

    private static func notRun(_ report: Report) -> [Recommendation] {
        // What a failure held up runs again when that is mended; only what was left out by itself needs a look.
        let idle = report.notRun.filter {
            $0.reason != CheckResult.missingFromRun && (report.clusters.isEmpty || $0.status == .skipped)
        }
        let count = idle.reduce(0) { $0 + $1.count }
        guard count > 0, let largest = idle.first else { return [] }
        return [
            Recommendation(
                action: count == 1
                    ? "find out why a check did not run: it says nothing about this release"
                    : "find out why \(count) checks did not run: they say nothing about this release",
                evidence: "\(largest.count) \(largest.status.words): \(largest.reason)", command: nil)
        ]
    }

    private static func coverage(_ report: Report) -> [Recommendation] {
        guard let index = report.index, index.ran < index.listed else { return [] }
        // After a release that was taken back the same command would ask what it did not change.
        guard report.subject.outcome.map({ [.promoted, .unchanged].contains($0) }) ?? true else { return [] }
        let time = index.estimatedSeconds.map { "; all of them would take about \(Seconds.text($0))" } ?? ""
        return [
            Recommendation(
                action: "run the \(index.listed - index.ran) tests of the index that have no result",
                evidence: "\(index.ran) of \(index.listed) ran (\(index.percent) %)\(time)",
                command: "stagectl smoke --env \(report.subject.environment)")
        ]
    }

    private static func flaky(_ report: Report) -> [Recommendation] {
        var found: [Recommendation] = []
        if let first = report.flaky.first {
            found.append(
                Recommendation(
                    action: report.flaky.count == 1
                        ? "find out why a check passed only after a retry"
                        : "find out why \(report.flaky.count) checks passed only after a retry",
                    evidence: "\(report.checks[first].name) took \(report.checks[first].attempts) attempts",
                    command: nil))
        }
        let contradicting = report.unstable.filter { $0.disagreements > 0 }
        if let worst = contradicting.first {
            found.append(
                Recommendation(
                    action: "mend or quarantine \(worst.check)",
                    evidence:
                        "it passed and failed on the very same image, and changed its mind \(worst.changes) times in "
                        + "\(worst.runs) runs", command: "stagectl history --trends"))
        }
        return found
    }

    private static func waivers(_ report: Report) -> [Recommendation] {
        let refused = report.waivers.filter { $0.refusal != nil }
        let ending = report.waivers.filter { $0.refusal == nil && $0.daysLeft <= soonDays }
        return refused.prefix(2).map {
            Recommendation(
                action: "take out or renew the \($0.kind.noun) of \($0.suite)/\($0.match)",
                evidence: "it does not apply: \($0.refusal ?? "")", command: nil)
        }
            + ending.prefix(2).map {
                Recommendation(
                    action: "mend \($0.suite)/\($0.match) before its \($0.kind.noun) ends (\($0.issue), \($0.owner))",
                    evidence: PolicyUse.daysLeft($0.daysLeft), command: nil)
            }
    }

    private static func objectives(_ report: Report) -> [Recommendation] {
        guard let doubtful = report.objectives.first(where: { $0.result == .uncertain }) else { return [] }
        let quantile = Double(doubtful.name.dropFirst()).map { $0 / 100 }
        let needed = quantile.map { OrderStatistics.smallestCount($0) } ?? 0
        guard doubtful.samples < needed else { return [] }
        return [
            Recommendation(
                action: "ask at least \(needed) times in \(report.checks[doubtful.check].name)",
                evidence: "\(doubtful.samples) answers give no bound for \(doubtful.name)", command: nil)
        ]
    }

    private static func canary(_ report: Report) -> [Recommendation] {
        report.canaries.filter { $0.findings.decision == .inconclusive }.map {
            Recommendation(
                action: "decide about the canary of \($0.service), or let it have more pairs",
                evidence: $0.findings.rule, command: report.subject.run.map { "stagectl resume \($0)" })
        }
    }

    private static func images(_ report: Report) -> [Recommendation] {
        report.services.compactMap { service in
            guard let change = service.imageChange, let percent = change.percent, percent >= grownPercent else {
                return nil
            }
            return Recommendation(
                action: "look what made the image of \(service.service) larger", evidence: change.text, command: nil)
        }
    }

    private static func trees(_ report: Report) -> [Recommendation] {
        let dirty = report.services.filter { $0.dirty && $0.outcome == .promoted }.map(\.service).unique
        guard !dirty.isEmpty else { return [] }
        return [
            Recommendation(
                action: "commit what was deployed and deploy it again: no commit holds it",
                evidence: "\(dirty.joined(separator: ", ")) came from a tree with uncommitted changes", command: nil)
        ]
    }

    private static func overrides(_ report: Report) -> [Recommendation] {
        report.services.filter { !$0.environmentOverrides.isEmpty && $0.outcome == .promoted }.map {
            Recommendation(
                action:
                    "write \($0.environmentOverrides.joined(separator: ", ")) of \($0.service) into environments/, or "
                    + "deploy without",
                evidence: "set for this release alone, the next one loses it", command: nil)
        }
    }

    private static func goOn(_ report: Report) -> [Recommendation] {
        guard report.verdict.result == .pass, report.verdict.headline == .release else { return [] }
        return [
            Recommendation(
                action: "nothing has to be done here",
                evidence: report.counts.total == 0 ? report.verdict.rule : report.counts.words, command: nil)
        ]
    }
}
