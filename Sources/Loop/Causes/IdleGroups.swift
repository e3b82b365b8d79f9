import Releases
import Verification

/// Skips that have a cause of their own.
enum EnvironmentGroups {
    private static let mostEvidence = 5

    static func groups(of facts: CauseFacts) -> [FailureGroup] {
        let skipped = facts.idle.filter { $0.status == .skipped || $0.status == .notRun }
        var byService: [String: [(IdleCheck, CauseFinding)]] = [:]
        for check in skipped {
            guard let finding = EnvironmentCauses.finding(check.reason) else { continue }
            byService[check.service, default: []].append((check, finding))
        }
        return byService.sorted { $0.key < $1.key }.map { service, found in
            let checks = found.map { CheckReference($0.0) }.sorted { ($0.priority, $0.name) < ($1.priority, $1.name) }
            var evidence: [CauseEvidence] = []
            for item in found.lazy.flatMap(\.1.evidence) where !evidence.contains(item) {
                evidence.append(item)
                if evidence.count == mostEvidence { break }
            }
            let finding = found[0].1
            let count = checks.count
            return FailureGroup(
                signature: FailureSignature(service: service, shape: FailureSignature.shape(of: found[0].0.reason)),
                cause: ProbableCause(
                    kind: finding.kind, confidence: .known, statement: finding.statement,
                    evidence: evidence,
                    whys: [
                        Why(
                            count == 1
                                ? "\(checks[0].name) did not run"
                                : "\(count) tests did not run, \(checks[0].name) among them",
                            evidence: Array(evidence.prefix(1))),
                        Why(finding.statement, evidence: Array(evidence.prefix(3))),
                        Why("what their detection looks for is not known here", isKnown: false),
                    ], fix: finding.fix),
                checks: checks, priority: checks.map(\.priority).min() ?? .p1,
                valueAtRisk: FailureGroup.value(of: checks, facts))
        }
    }
}

/// Services that do not come up, where no check was asked that would say so.
enum ReadinessGroups {
    static func groups(of facts: CauseFacts, beside groups: [FailureGroup]) -> [FailureGroup] {
        facts.services.filter(\.isDown).compactMap { state in
            let isTold = groups.contains { group in
                group.signature.service == state.service || group.cause.subject == state.service
            }
            guard !isTold else { return nil }
            let diagnosis = state.diagnosis
            let statement = "`\(state.service)` does not become ready"
            let seen = (state.statements.prefix(3).map { CauseEvidence(.platform, $0) })
            var whys = [Why(statement, evidence: seen)]
            if let diagnosis {
                whys.append(
                    Why(
                        diagnosis.cause,
                        evidence: diagnosis.evidence.prefix(3).map { CauseEvidence(.platform, $0) }
                            + diagnosis.logs.suffix(3).map { CauseEvidence(.log, $0) },
                        isKnown: diagnosis.kind != "unknown"))
            } else {
                whys.append(Why("nothing that was seen names why", isKnown: false))
            }
            return FailureGroup(
                signature: FailureSignature(
                    service: state.service,
                    shape: FailureSignature.shape(of: diagnosis?.cause ?? state.statements.first ?? "not ready"),
                    revision: state.revision),
                cause: ProbableCause(
                    kind: .notReady, confidence: diagnosis == nil ? .probable : .known,
                    statement: diagnosis.map { "\(statement): \($0.cause)" } ?? statement,
                    evidence: whys.flatMap(\.evidence), whys: whys, fix: diagnosis?.fix),
                checks: [], priority: .p1,
                valueAtRisk: facts.protects.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" })
        }
    }
}
