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

    /// - Parameters:
    ///   - difference: from the last good release to this run; nil where there was none.
    package init(of run: ComparedRelease, since difference: ReleaseDifference?) {
        baseline = difference?.earlier.run
        let release = run.document
        links.append(
            Link(
                .verdict, nil,
                "\(release.outcome.rawValue), \(release.verdict.result.rawValue): \(release.verdict.rule)"))
        guard release.verdict.result != .pass || release.error != nil else { return }
        addSteps(release)
        let failing = release.services.filter { $0.diagnosis != nil }
        // What stopped the run may belong to no service: a lock, the platform, a person.
        for service in failing.isEmpty ? release.services.filter({ $0.outcome != .unchanged }) : failing {
            addChecks(of: service, run.checks ?? [], difference)
            addRevision(service)
            addCause(service)
        }
        for service in release.services where service.outcome != .unchanged { addChanges(service, difference) }
    }

    private mutating func addSteps(_ release: ReleaseDocument) {
        for step in release.steps where step.status == .failed || step.status == .inDoubt || step.status == .held {
            links.append(
                Link(.step, nil, "step \(step.id) is \(step.status.rawValue)", evidence: [step.note].compactMap(\.self))
            )
        }
        // The step that failed has said it.
        guard let error = release.error, !release.steps.contains(where: { $0.note == error.summary }) else { return }
        links.append(
            Link(
                .step, nil, error.summary,
                evidence: error.details.map { $0.label.isEmpty ? $0.value : "\($0.label): \($0.value)" }))
    }

    private mutating func addChecks(
        of service: ServiceResult, _ checks: [CheckOutcome], _ difference: ReleaseDifference?
    ) {
        let bad = checks.filter { ["failed", "error", "xpass"].contains($0.status) }
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
                .check, service.service, bad.count == 1 ? "one check failed" : "\(bad.count) checks failed",
                evidence: lines + (bad.count > 20 ? ["and \(bad.count - 20) more"] : [])))
    }

    private mutating func addRevision(_ service: ServiceResult) {
        guard let candidate = service.candidate else { return }
        let facts = [
            service.image.map { "image \($0)" },
            service.commit.map { "commit \($0)\(service.dirty ? ", with uncommitted changes" : "")" },
            service.candidateUrl.map { "asked at \($0)" },
        ]
        links.append(Link(.revision, service.service, "revision \(candidate)", evidence: facts.compactMap(\.self)))
    }

    private mutating func addCause(_ service: ServiceResult) {
        guard let diagnosis = service.diagnosis else {
            links.append(
                Link(
                    .cause, service.service, "no cause of it is known: nothing that was seen names one", isKnown: false)
            )
            return
        }
        let isKnown = diagnosis.kind != "unknown"
        links.append(Link(.cause, service.service, diagnosis.cause, evidence: diagnosis.evidence, isKnown: isKnown))
        links.append(
            diagnosis.logs.isEmpty
                ? Link(.log, service.service, "the container wrote nothing that would tell more", isKnown: false)
                : Link(.log, service.service, "the container's own last lines", evidence: diagnosis.logs))
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
                    .commits, service.service, "what changed is not known: no earlier release of it was promoted",
                    isKnown: false))
            return
        }
        addCommits(service, change, difference.earlier.run)
        guard let settings = change.settings else {
            links.append(
                Link(
                    .configuration, service.service, "what it was configured with is not in this state any more",
                    isKnown: false))
            return
        }
        guard !settings.isEmpty else { return }
        let only = service.environmentOverrides.map { "\($0) was set for this release alone (--set-env)" }
        links.append(
            Link(
                .configuration, service.service,
                "\(settings.count) setting\(settings.count == 1 ? " differs" : "s differ") from run \(difference.earlier.run)",
                evidence: settings.map(\.field) + only))
    }

    private mutating func addCommits(
        _ service: ServiceResult, _ change: ReleasedServiceDifference, _ before: String
    ) {
        guard let commits = change.commits else {
            return links.append(
                Link(.commits, service.service, "one of the two releases names no commit", isKnown: false))
        }
        let lines =
            commits.added.map { "+ \($0.id.prefix(12)) \($0.subject)" }
            + commits.removed.map { "- \($0.id.prefix(12)) \($0.subject)" }
        if commits.from == commits.to {
            links.append(
                Link(.commits, service.service, "the same commit as in run \(before): the source did not change"))
        } else {
            links.append(
                Link(
                    .commits, service.service,
                    lines.isEmpty
                        ? "another commit than in run \(before)" : "\(lines.count) commits since run \(before)",
                    evidence: lines + [commits.note].compactMap(\.self), isKnown: !lines.isEmpty))
        }
    }
}
