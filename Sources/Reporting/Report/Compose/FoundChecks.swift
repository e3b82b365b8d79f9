import Configuration
import Releases
import Verification

/// All checks of a run, with what each of them was about: from what the run left, else from its journal.
struct FoundChecks {
    private(set) var targets: [MeasuredRevision] = []
    private(set) var checks: [ReportedCheck] = []
    private(set) var outcomes: [CheckOutcome] = []
    private(set) var objectives: [ReportedObjective] = []
    private(set) var scalability: [ScalabilityFigure] = []
    private(set) var answerTimes: [Double] = []
    private(set) var policies: [PolicyUse] = []
    private(set) var suites: [VerdictDocument.SuiteSummary] = []
    private(set) var notes: [String] = []
    /// From the first check's begin to the last one's end, in seconds since 1970; nil where they do not say.
    private(set) var window: ClosedRange<Double>?
    private(set) var counts = VerdictCounts()
    private var anchors = Anchors()

    init(_ source: ReportSource, _ progress: Progress) {
        if source.evidence.parts.isEmpty {
            addOutcomes(source, progress)
        } else {
            // What only the index lists is told once, by the verdict over all.
            let missing = source.verdict?.checks.filter { $0.summary == CheckResult.missingFromRun }
            for part in source.evidence.parts { add(part, withoutMissing: missing != nil, of: source) }
            for check in missing ?? [] { add(check, target: nil, module: nil, reproduction: []) }
            notes += (source.verdict?.notes ?? []).filter { !notes.contains($0) }
        }
        counts = VerdictCounts(checks.map(\.status))
        if let stated = source.release?.verdict.counts ?? source.verdict?.counts.dictionary,
            let total = stated["total"], total != counts.total
        {
            notes.append("the verdict counts \(total) checks, and \(counts.total) are on record here")
        }
    }

    private mutating func add(_ part: RunEvidence.Part, withoutMissing: Bool, of source: ReportSource) {
        let place = targets.count
        targets.append(completed(part.target, source))
        suites += part.verdict.suites
        policies += part.verdict.policies
        notes += part.verdict.notes.filter { !notes.contains($0) }
        let modules = Dictionary(
            part.verdict.suites.map { ($0.suite, $0.module) }, uniquingKeysWith: { first, _ in first })
        for check in part.verdict.checks where !withoutMissing || check.summary != CheckResult.missingFromRun {
            add(
                check, target: place, module: modules[check.suite] ?? nil,
                reproduction: part.reproduction["\(check.suite)/\(check.id)"] ?? [])
        }
    }

    /// What a release knows of the service, where the measurement did not say it.
    private func completed(_ target: MeasuredRevision, _ source: ReportSource) -> MeasuredRevision {
        var target = target
        let service = source.release?.services.first {
            $0.service == target.service && (target.region ?? $0.region) == $0.region
        }
        guard let service else { return target }
        target.region = target.region ?? service.region
        target.commit = target.commit ?? service.commit
        target.digest = target.digest ?? service.image?.split(separator: "@").last.map(String.init)
        return target
    }

    private mutating func add(_ check: CheckResult, target: Int?, module: String?, reproduction: [String]) {
        let evidence = check.evidence
        let place = checks.count
        let shown = check.status != .passed || evidence.attempts.count > 1
        checks.append(
            ReportedCheck(
                suite: check.suite, id: check.id, anchor: anchors.make("check-\(check.suite)-\(check.id)"),
                module: module, priority: check.priority, status: check.status, milliseconds: check.milliseconds,
                attempts: max(check.attempts, evidence.attempts.count), target: target, answeredBy: evidence.revision,
                url: evidence.url, httpStatus: evidence.status, startedAt: evidence.startedAt,
                trace: evidence.traceID, summary: check.summary, cause: check.cause, fix: check.fix,
                policy: check.policy, tries: shown ? evidence.attempts : [], reproduction: reproduction))
        outcomes.append(
            CheckOutcome(
                suite: check.suite, id: check.id, status: check.status.rawValue, milliseconds: check.milliseconds,
                attempts: check.attempts))
        if let start = evidence.startedAt {
            let end = start + check.milliseconds / 1000
            window = window.map { min($0.lowerBound, start)...max($0.upperBound, end) } ?? start...max(start, end)
        }
        if check.status.hasRun, evidence.status != nil, evidence.samples == nil, evidence.attempts.count <= 1 {
            answerTimes.append(check.milliseconds)
        }
        measure(evidence, at: place)
    }

    private mutating func measure(_ evidence: Evidence, at place: Int) {
        if let samples = evidence.samples {
            objectives += samples.percentiles.map { ReportedObjective($0, of: samples, check: place) }
        }
        scalability += ScalabilityFigure.all(of: evidence, check: place)
    }

    /// What the journal has kept: how each check ended, and no more.
    private mutating func addOutcomes(_ source: ReportSource, _ progress: Progress) {
        guard let plan = source.plan else { return }
        for step in plan.steps {
            guard let smoke = progress.state(of: step.id).output?.smoke, let found = smoke.checks else { continue }
            let service = plan.service(step.service)
            let place = targets.count
            targets.append(
                completed(
                    MeasuredRevision(
                        service: step.service.service, region: service?.identity.region,
                        revision: progress.latest(of: step.service, \.revision)), source))
            let problems = Dictionary(smoke.problems.map { ($0.check, $0) }, uniquingKeysWith: { first, _ in first })
            for outcome in found {
                outcomes.append(outcome)
                let problem = problems[outcome.id]
                checks.append(
                    ReportedCheck(
                        suite: outcome.suite, id: outcome.id,
                        anchor: anchors.make("check-\(outcome.suite)-\(outcome.id)"), module: nil, priority: .p1,
                        status: CheckStatus(rawValue: outcome.status) ?? .error, milliseconds: outcome.milliseconds,
                        attempts: outcome.attempts, target: place, summary: problem?.summary, cause: problem?.cause,
                        fix: problem?.fix, tries: [], reproduction: []))
            }
        }
        guard !checks.isEmpty else { return }
        notes.append(
            "of single checks only the ends are known here, so all count as P1: what they measured stayed on the machine "
                + "that ran them")
    }
}

/// Names for links, each once.
struct Anchors {
    private var taken: Set<String> = []

    mutating func make(_ text: String) -> String {
        var name = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(120) {
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
            name.append(isPlain || scalar == "-" || scalar == "_" || scalar == "." ? scalar : "-")
        }
        let base = String(name)
        var candidate = base
        var number = 2
        while !taken.insert(candidate).inserted {
            candidate = "\(base)-\(number)"
            number += 1
        }
        return candidate
    }
}
