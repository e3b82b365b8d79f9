/// Why a run ended as it did, from its verdict back to what had changed: each link with what shows it, and where nothing
/// shows it, that.
package struct CausalChain: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case verdict, step, check, revision, cause, log, commits, configuration
    }

    package struct Link: Hashable, Sendable {
        package var kind: Kind
        /// Nil for what is said of the whole run.
        package var service: String?
        package var text: String
        /// What shows it, as it was seen: lines of logs, answers of checks, subjects of commits.
        package var evidence: [String]
        /// False where the chain ends because nobody knows.
        package var isKnown: Bool

        init(_ kind: Kind, _ service: String? = nil, _ text: String, evidence: [String] = [], isKnown: Bool = true) {
            self.kind = kind
            self.service = service
            self.text = text
            self.evidence = evidence
            self.isKnown = isKnown
        }
    }

    package private(set) var links: [Link] = []
    /// The release that had made what served before it.
    package let baseline: String?
    /// What to do or to type next; nil where nothing that is known helps.
    package private(set) var next: String?
    private let areSeveral: Bool

    /// - Parameters:
    ///   - difference: from the last good release to this run; nil where there was none.
    package init(of run: ComparedRelease, since difference: ReleaseDifference?) {
        baseline = difference?.earlier.run
        let release = run.document
        areSeveral = Set(release.services.map(\.region)).count > 1
        links.append(
            Link(
                .verdict, nil,
                "\(release.outcome.rawValue), \(release.verdict.result.rawValue): \(release.verdict.rule)"))
        guard release.verdict.result != .pass || release.error != nil else { return }
        addSteps(release)
        let failing = release.services.filter { service in
            service.diagnosis != nil || !own(run.failures, of: service).isEmpty
        }
        // What stopped the run may belong to no service: a lock, the platform, a person.
        for service in failing {
            addChecks(of: service, run, difference)
            addRevision(service)
            addCause(service, own(run.failures, of: service))
        }
        addCauses(beside: failing, run)
        next = failing.compactMap { $0.diagnosis?.command ?? $0.diagnosis?.fix }.first ?? release.error?.hint
        let changed = failing.isEmpty ? release.services.filter { $0.outcome != .unchanged } : failing
        for service in changed { addChanges(service, difference) }
    }

    private func own(_ failures: [FailedStep], of service: ServiceResult) -> [FailedStep] {
        failures.filter { $0.service?.names(service.service, in: service.region) ?? false }
    }

    private func name(_ service: ServiceResult) -> String {
        areSeveral ? "\(service.service)@\(service.region)" : service.service
    }

    private mutating func addSteps(_ release: ReleaseDocument) {
        for step in release.steps {
            let text: String? =
                switch step.status {
                case .failed: "step \(step.id) failed"
                case .inDoubt: "step \(step.id) is in doubt: nobody knows whether it came to its end"
                case .held: "step \(step.id) waits for a person"
                case .done, .skipped, .undone, .notRun: nil
                }
            guard let text else { continue }
            links.append(Link(.step, nil, text, evidence: [step.note].compactMap(\.self)))
        }
    }

    /// Causes that are no service's: of Terraform, and of what stopped the run before or between its steps.
    private mutating func addCauses(beside services: [ServiceResult], _ run: ComparedRelease) {
        for failure in run.failures where failure.service == nil { add(failure, nil) }
        guard services.isEmpty, !run.failures.contains(where: { $0.service == nil }) else { return }
        if let error = run.document.error {
            links.append(
                Link(
                    .cause, nil, error.summary,
                    evidence: error.details.map { $0.label.isEmpty ? $0.value : "\($0.label): \($0.value)" }))
            return
        }
        // What waits for a person has its reason at its step, and what stands still has nothing that failed.
        guard !run.document.steps.contains(where: { $0.status == .held }) else { return }
        links.append(
            Link(.cause, nil, "no cause of it is known: nothing that was recorded names one", isKnown: false))
    }

    private mutating func addChecks(
        of service: ServiceResult, _ run: ComparedRelease, _ difference: ReleaseDifference?
    ) {
        // A record of checks does not say of which service they are; what its step found does.
        let found = Set(own(run.failures, of: service).flatMap { $0.problems.map(\.check) })
        let bad = (run.checks ?? []).filter {
            ["failed", "error", "xpass"].contains($0.status) && (found.isEmpty || found.contains($0.id))
        }
        guard !bad.isEmpty else { return }
        let changed = Dictionary(
            (difference?.checks ?? []).map { ("\($0.suite)/\($0.id)", $0.kind) }, uniquingKeysWith: { one, _ in one })
        let lines = bad.prefix(20).map { check -> String in
            let name = "\(check.suite)/\(check.id)"
            let before =
                switch changed[name] {
                case .broken: ", passed before"
                case .stillFailing: ", failed before"
                case .new: ", new"
                default: ""
                }
            return "\(name) \(check.status)\(before)"
        }
        links.append(
            Link(
                .check, name(service), bad.count == 1 ? "one check failed" : "\(bad.count) checks failed",
                evidence: lines + (bad.count > 20 ? ["and \(bad.count - 20) more"] : [])))
    }

    private mutating func addRevision(_ service: ServiceResult) {
        guard let candidate = service.candidate else { return }
        let facts = [
            service.image.map { "image \($0)" },
            service.commit.map { "commit \($0)\(service.dirty ? ", with uncommitted changes" : "")" },
            service.candidateUrl.map { "asked at \($0)" },
        ]
        links.append(Link(.revision, name(service), "revision \(candidate)", evidence: facts.compactMap(\.self)))
    }

    private mutating func addCause(_ service: ServiceResult, _ failures: [FailedStep]) {
        guard let diagnosis = service.diagnosis else {
            for failure in failures { add(failure, name(service)) }
            return
        }
        let isKnown = diagnosis.kind != "unknown"
        links.append(Link(.cause, name(service), diagnosis.cause, evidence: diagnosis.evidence, isKnown: isKnown))
        links.append(
            diagnosis.logs.isEmpty
                ? Link(.log, name(service), "the container wrote nothing that would tell more", isKnown: false)
                : Link(.log, name(service), "the container's own last lines", evidence: diagnosis.logs))
    }

    /// What a step itself has seen is the cause; what it measured has one only where a check named it.
    private mutating func add(_ failed: FailedStep, _ service: String?) {
        if failed.isItsOwnCause {
            links.append(Link(.cause, service, failed.failure.summary, evidence: failed.evidence))
            return
        }
        let named = failed.problems.filter { $0.cause != nil }
        guard let cause = named.first?.cause else {
            let seen = failed.problems.prefix(10).map { "\($0.check) \($0.status): \($0.summary)" }
            links.append(
                Link(
                    .cause, service, "no cause of it is known: nothing that was seen names one",
                    evidence: seen.isEmpty ? failed.evidence : seen, isKnown: false))
            return
        }
        links.append(
            Link(
                .cause, service, cause,
                evidence: named.filter { $0.cause == cause }.prefix(10).map {
                    "\($0.check) \($0.status): \($0.summary)"
                }))
    }

    private mutating func addChanges(_ service: ServiceResult, _ difference: ReleaseDifference?) {
        guard let difference,
            let change = difference.services.first(where: {
                $0.service == service.service && ($0.region.isEmpty || $0.region == service.region)
            }),
            change.earlier != nil
        else {
            links.append(
                Link(
                    .commits, name(service), "what changed is not known: no earlier release of it was promoted",
                    isKnown: false))
            return
        }
        addCommits(service, change, difference.earlier.run)
        guard let settings = change.settings else {
            links.append(
                Link(
                    .configuration, name(service), "what it was configured with is not in this state any more",
                    isKnown: false))
            return
        }
        guard !settings.isEmpty else { return }
        let only = service.environmentOverrides.map { "\($0) was set for this release alone (--set-env)" }
        links.append(
            Link(
                .configuration, name(service),
                "\(settings.count) setting\(settings.count == 1 ? " differs" : "s differ") from run \(difference.earlier.run)",
                evidence: settings.map(\.field) + only))
    }

    private mutating func addCommits(
        _ service: ServiceResult, _ change: ReleasedServiceDifference, _ before: String
    ) {
        let dirty = service.dirty ? ", and the tree had uncommitted changes, which no commit tells" : ""
        guard let commits = change.commits else {
            return links.append(
                Link(.commits, name(service), "one of the two releases names no commit", isKnown: false))
        }
        let lines =
            commits.added.map { "+ \($0.id.prefix(12)) \($0.subject)" }
            + commits.removed.map { "- \($0.id.prefix(12)) \($0.subject)" }
        if commits.from == commits.to {
            links.append(
                Link(
                    .commits, name(service),
                    service.dirty
                        ? "the same commit as in run \(before)\(dirty)"
                        : "the same commit as in run \(before): the source did not change", isKnown: !service.dirty))
        } else {
            links.append(
                Link(
                    .commits, name(service),
                    (lines.isEmpty
                        ? "another commit than in run \(before)"
                        : "\(lines.count) commit\(lines.count == 1 ? "" : "s") since run \(before)") + dirty,
                    evidence: lines + [commits.note].compactMap(\.self), isKnown: !lines.isEmpty))
        }
    }
}
