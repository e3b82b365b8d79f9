import Verification

extension FailureGroup {
    /// - Parameter failures: at least one, all of one cause.
    init(failures: [JudgedFailure], facts: CauseFacts, _ index: FactIndex) {
        let largest =
            failures.max { ($0.seen.members.count, $1.order) < ($1.seen.members.count, $0.order) } ?? failures[0]
        // The one that names the cause tells it.
        let telling =
            failures.min { left, right in
                (left.finding?.closeness.rawValue ?? 9, left.order) < (
                    right.finding?.closeness.rawValue ?? 9, right.order
                )
            } ?? largest
        let members = failures.flatMap(\.seen.members).sorted { ($0.priority, $0.name) < ($1.priority, $1.name) }
        let blocked = index.blocked(by: members.lazy.map(\.name))
        let checks = members.map(CheckReference.init) + blocked.map(CheckReference.init)
        self.init(
            signature: largest.seen.signature,
            alsoSeen: failures.filter { $0.order != largest.order }.map(\.seen.signature),
            cause: ProbableCause(telling, of: failures, members: members, facts),
            checks: checks, priority: checks.map(\.priority).min() ?? .p1,
            valueAtRisk: Self.value(of: checks, facts))
    }

    static func value(of checks: [CheckReference], _ facts: CauseFacts) -> [String] {
        Set(checks.map(\.priority)).sorted().compactMap { priority in
            facts.protects[priority.rawValue].map { "\(priority.rawValue): \($0)" }
        }
    }
}

extension ProbableCause {
    private static let mostEvidence = 8

    init(_ telling: JudgedFailure, of failures: [JudgedFailure], members: [FailedCheck], _ facts: CauseFacts) {
        let seen = telling.seen
        let count = members.count
        let first = Why(
            count == 1 ? "\(members[0].name) failed" : "\(count) checks failed, \(members[0].name) among them",
            evidence: failures.prefix(3).compactMap { $0.seen.messages.first?.evidence })
        guard let finding = telling.finding else {
            let said = (seen.messages.prefix(3) + seen.allLogs.prefix(3)).map(\.evidence)
            self.init(
                kind: .unknown, confidence: .unknown, statement: "what was seen names no cause", evidence: said,
                whys: [first] + ChangeWhys.of(seen, settings: []),
                fix: "ask the same by hand, and read the log of its trace")
            return
        }
        var evidence: [CauseEvidence] = []
        for item in [finding.evidence] + failures.compactMap(\.finding?.evidence) {
            for one in item where !evidence.contains(one) { evidence.append(one) }
            if evidence.count >= Self.mostEvidence { break }
        }
        let mechanism = Why(finding.statement, evidence: Array(finding.evidence.prefix(3)))
        let whys = [first, mechanism] + finding.deeper
        self.init(
            kind: finding.kind, subject: finding.subject, confidence: finding.closeness == .named ? .known : .probable,
            statement: finding.statement, evidence: Array(evidence.prefix(Self.mostEvidence)),
            whys: whys.last?.isKnown == false
                ? whys : Array((whys + ChangeWhys.of(seen, settings: finding.settings)).prefix(Why.most)),
            fix: finding.fix)
    }
}

/// Why it is so now and was not so in the last good release.
enum ChangeWhys {
    private static let mostCommits = 10

    static func of(_ seen: SeenFailure, settings: [String]) -> [Why] {
        guard let change = seen.change else {
            return [
                Why(
                    "why it is so now is not known: there is no good release of \(seen.service) to compare with",
                    isKnown: false)
            ]
        }
        var whys: [Why] = []
        let bearing = change.settings.filter { setting in
            settings.contains { setting.field == $0 || setting.field.hasPrefix($0) }
        }
        if !bearing.isEmpty {
            whys.append(
                Why(
                    "settings that bear on it differ from run \(change.since)",
                    evidence: bearing.prefix(5).map {
                        CauseEvidence(.change, "\($0.field): \($0.earlier ?? "not set") → \($0.later ?? "not set")")
                    }))
        }
        if !change.commits.isEmpty {
            let count = change.commits.count
            whys.append(
                Why(
                    "\(count) commit\(count == 1 ? "" : "s") of \(seen.service) since run \(change.since)",
                    evidence: change.commits.prefix(mostCommits).map {
                        CauseEvidence(.change, "\($0.id.prefix(12)) \($0.subject)")
                    }))
            if count > 1 {
                whys.append(Why("which of these commits is not known; bisecting them tells", isKnown: false))
            }
        }
        if whys.isEmpty {
            whys.append(
                Why(
                    "nothing of \(seen.service) that is known differs from run \(change.since)"
                        + (change.note.map { " (\($0))" } ?? ""), isKnown: false))
        }
        return whys
    }
}
