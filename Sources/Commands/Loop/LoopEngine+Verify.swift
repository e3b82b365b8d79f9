import Configuration
import JSON
import Loop
import Releases
import Reporting
import Verification

/// Suites of the loop's services: through the code of `smoke`.
extension LoopEngine {
    func verify() async throws {
        let session = try session()
        let (found, seconds) = try await timed { try await measured(session) }
        let (document, evidence) = found
        try Task.checkCancellation()
        guard let iteration = progress.current else { return }
        try keep(evidence, document, of: iteration.number)
        var verdict = IterationVerdict(.serving, of: evidence.parts, index: evidence.index, decidedBy: document)
        verdict.seconds = seconds
        console.progress(LoopText.verdict(verdict))
        try await append(.verified(verdict))
    }

    private func measured(_ session: Session) async throws -> (VerdictDocument, RunEvidence) {
        let verifier = try session.verifier()
        let placements = try placements(in: session)
        let index = index(verifier.index, of: placements)
        var questions: [Question] = []
        for placement in placements {
            let own = placement.service.suites.compactMap { verifier.suites[$0] }.map { placement.own($0) }
            guard !own.isEmpty, let target = try await target(of: placement, session) else { continue }
            questions.append(Question(placement: placement, suites: own, target: target))
        }
        func measured(
            keepGoing: Bool, _ questions: [Question], first: (Question, SmokeMeasurement) -> FirstChecks?
        ) async throws -> SmokeMeasurement {
            var measurement = SmokeMeasurement(
                session, verifier, keepGoing: keepGoing, isNarrowed: false, tellsAll: false)
            for question in questions {
                try await measurement.measure(
                    question.suites, of: question.placement, against: question.target,
                    first: first(question, measurement))
            }
            measurement.evidence.index = measurement.placed(index)
            return measurement
        }
        let change = try watchedChange(in: session)
        if let change, !change.failing.isEmpty {
            console.progress(LoopText.first(change.failing.count))
            let first = try await measured(keepGoing: true, questions) { question, _ in
                FirstChecks(change.failing(of: question.placement.service.name), isAll: true)
            }
            if first.hasFailed { return (first.verdict(index: index), first.evidence) }
        }
        let ordered = change.map { change in
            questions.filter { change.affects($0.placement.service.name) }
                + questions.filter { !change.affects($0.placement.service.name) }
        }
        let all = try await measured(keepGoing: false, ordered ?? questions) { question, before in
            guard let change, before.hasFailed, !change.affects(question.placement.service.name) else { return nil }
            return FirstChecks([], isAll: true, reason: "a check of what changed fails")
        }
        return (all.verdict(index: index), all.evidence)
    }

    /// The suites of one service in one place.
    private struct Question {
        var placement: Placement
        var suites: [Suite]
        var target: VerificationTarget
    }

    /// What the loop is about: everything, or the suites of the services that it names.
    func index(_ whole: SuiteIndex?, of placements: [Placement]) -> SuiteIndex? {
        guard !order.services.isEmpty, let whole else { return whole }
        // By their names in each place as well, where they were called so already.
        let names = placements.suiteNames
        return whole.limited(to: Set(names.keys).union(names.values.joined()))
    }

    private func target(of placement: Placement, _ session: Session) async throws -> VerificationTarget? {
        try await session.servingTarget(of: placement, platform: try await session.platformAccess().platform)
    }

    /// What was measured, for whoever diagnoses it or tells of it, also after a kill.
    private func keep(_ evidence: RunEvidence, _ verdict: VerdictDocument, of iteration: Int) throws {
        let folder = try folder(of: iteration)
        for (name, value) in [
            ("evidence", ReleaseJSON.encoded(evidence)), ("verdict", ReleaseJSON.encoded(verdict)),
        ] {
            let text = console.redacted(value.serialized())
            try Folders.writePrivately(Array(text.utf8), to: "\(folder)/\(name).json")
        }
    }

    /// Of the last verdict of the iteration.
    func evidence(of iteration: IterationProgress, _ session: Session) throws -> RunEvidence {
        let path =
            iteration.verdict?.source == .serving
            ? try folder(of: iteration.number) + "/evidence.json"
            : try iteration.releaseRun.map { try session.evidencePath(of: $0) }
        var evidence = path.flatMap(EvidenceRecorder.read) ?? session.emptyEvidence(run: iteration.releaseRun)
        let placements = try placements(in: session)
        evidence.index = index(evidence.index, of: placements)
        return evidence.named(by: placements)
    }

    /// Failed checks once more, where they failed: what serves, or a candidate of the same source without traffic.
    func rerun(_ checks: [CheckReference]) async throws {
        guard let iteration = progress.current else { return }
        let session = try session()
        let (outcome, seconds) = try await timed { () -> [String: Bool] in
            if iteration.verdict?.source == .serving {
                return try await asked(checks, session) { try await self.target(of: $0, session) }
            }
            let run = try await candidateRun(iteration.rerunRun) { .rerunIntended(run: $0) }
            return try await withCandidate(
                of: Set(checks.map(\.service)), in: session, run: run, why: "failed checks again"
            ) {
                try await self.asked(checks, session, $0)
            }
        }
        try Task.checkCancellation()
        let finding = RerunFinding(
            passed: checks.map(\.name).filter { outcome[$0] == true },
            failed: checks.map(\.name).filter { outcome[$0] != true }, seconds: seconds)
        console.progress(
            "  again: \(finding.passed.count) of \(checks.count) failed checks pass when they are asked again")
        try await append(.reran(finding))
    }

    /// Whether each passes now; those that could not be asked are not there.
    func asked(
        _ checks: [CheckReference], _ session: Session, _ target: (Placement) async throws -> VerificationTarget?
    ) async throws -> [String: Bool] {
        let verifier = try session.verifier()
        var outcome: [String: Bool] = [:]
        for placement in try placements(in: session) {
            let wanted = checks.filter {
                $0.service == placement.service.name && ($0.region == nil || $0.region == placement.region)
            }
            guard !wanted.isEmpty, let found = try await target(placement) else { continue }
            let all = placement.service.suites.compactMap { verifier.suites[$0] }
            let ids = Set(
                wanted.compactMap { check in
                    all.flatMap(\.checks).first { $0.id == check.id || check.id.hasPrefix($0.id + "/") }?.id
                })
            guard !ids.isEmpty else { continue }
            let chosen = SuiteSelection(only: ids.sorted()).apply(to: all)
            var measurement = SmokeMeasurement(session, verifier, keepGoing: true, isNarrowed: true)
            try await measurement.measure(chosen.suites.map { placement.own($0) }, of: placement, against: found)
            for result in measurement.runs.flatMap(\.run.results) {
                outcome["\(result.suite)/\(result.id)"] = result.status == .passed || result.status == .flaky
            }
        }
        return outcome
    }
}
