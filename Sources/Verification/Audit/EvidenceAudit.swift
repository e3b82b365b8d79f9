/// Whether what a pass shows can be true. A pass that cannot be is none; whatever else a check ended as stays.
package enum EvidenceAudit {
    /// Timers of the phases and of the whole check are read at different moments; a rounded report loses up to 1 ms.
    static let timerTolerance = 1.0

    /// What a pass is instead; nil where it is one, and for everything else.
    static func refusal(of result: CheckResult, target: MeasuredTarget?, window: RunWindow?) -> CheckResult? {
        guard result.status == .passed || result.status == .flaky else { return nil }
        var refusal = result
        if let problem = absence(result) ?? contradiction(result) ?? staleness(result, window) {
            refusal.status = .error
            refusal.summary = "passed without evidence: \(problem)"
        } else if let problem = identityProblem(result, target) {
            refusal.status = .failed
            refusal.summary = problem
            refusal.cause = RevisionWitness.likely.cause
            refusal.fix = RevisionWitness.likely.fix
        } else {
            return nil
        }
        return refusal
    }

    private static func absence(_ result: CheckResult) -> String? {
        if result.attempts < 1 { return "no attempt was recorded" }
        if let requests = result.evidence.requests, requests < 1 {
            return "no request reached the target while it ran"
        }
        return result.evidence.showsAnAnswer ? nil : "no answer was recorded"
    }

    private static func contradiction(_ result: CheckResult) -> String? {
        guard result.milliseconds.isFinite, result.milliseconds > 0 else { return "it took no time" }
        if result.status == .passed, let last = result.evidence.attempts.last, last.problem != nil {
            return "its last attempt failed"
        }
        if let status = result.evidence.status, !(100...599).contains(status) {
            return "\(status) is no status of HTTP"
        }
        if let bytes = result.evidence.bytes, bytes < 0 { return "it received \(bytes) bytes" }
        guard let phases = result.evidence.phases else { return nil }
        let all = [phases.nameLookup, phases.connect, phases.tls, phases.firstByte, phases.total]
        guard all.allSatisfy({ $0.isFinite && $0 >= 0 }), phases.total > 0 else {
            return "the phases of its request took no time"
        }
        // What did not take place is zero: TLS of a plain address, the connection that was there before.
        let seen = all.filter { $0 > 0 }
        guard zip(seen, seen.dropFirst()).allSatisfy({ $0 <= $1 + timerTolerance }) else {
            return "the phases of its request are not one after the other"
        }
        guard result.milliseconds + timerTolerance >= phases.total else {
            return "it took less time than its own request"
        }
        return nil
    }

    private static func staleness(_ result: CheckResult, _ window: RunWindow?) -> String? {
        guard let window, let startedAt = result.evidence.startedAt, !window.contains(startedAt) else { return nil }
        return startedAt < window.start ? "it is older than this run" : "it began after this run had ended"
    }

    private static func identityProblem(_ result: CheckResult, _ target: MeasuredTarget?) -> String? {
        guard let target, let expected = target.revision else { return nil }
        if let answered = result.evidence.revision {
            return answered == expected ? nil : "revision `\(answered)` answered, wanted `\(expected)`"
        }
        guard target.identity == .everyAnswer, let status = result.evidence.status, (200...299).contains(status),
            result.evidence.url.map(target.includes) ?? true
        else { return nil }
        return "the answer does not say that `\(expected)` gave it"
    }

    /// The suite's passes all come from elsewhere, so they say nothing about the release.
    static func missesTarget(_ passes: [CheckResult], _ target: MeasuredTarget?) -> Bool {
        guard let target, !target.authorities.isEmpty, !passes.isEmpty else { return false }
        return passes.allSatisfy { pass in
            guard pass.evidence.revision == nil || pass.evidence.revision != target.revision,
                let authority = pass.evidence.url.flatMap(MeasuredTarget.authority(of:))
            else { return false }
            return !target.authorities.contains(authority)
        }
    }
}
