import Configuration

/// What the samples of a health window that did not become healthy say by themselves.
struct HealthFinding: Sendable {
    let kind: String
    let cause: String
    let fix: String
    let evidence: [String]
    /// The service itself failed (an error status, no answer): its log may say why.
    let isFailureInside: Bool
    /// No answer came at all.
    let isSilence: Bool

    init(result: HealthResult, service: Service, expected: String?) {
        let path = service.health.path
        let bad = result.samples.filter { $0.problem != nil }
        // The last sample of a window has only what is left of it and may end without an answer for that reason alone:
        // one that was answered says more, else the one that waited longest.
        let last = bad.last { $0.status != nil } ?? bad.max { $0.milliseconds < $1.milliseconds }
        evidence = bad.suffix(3).map { sample in
            "GET \(path): \(sample.status.map(String.init) ?? "no answer") in \(Int(sample.milliseconds)) ms: "
                + (sample.problem ?? "")
        }
        isSilence = last?.status == nil
        let identityFix = "let the service report K_REVISION as `identity` in services.yaml describes"
        if let last, let status = last.status, !(200..<300).contains(status) {
            (kind, cause) = ("health-status", "\(path) answers \(status)")
            fix =
                switch status {
                case 404: "correct health.path of \(service.name) in services.yaml, or add that route"
                case 401, 403: "let \(path) answer without a login, or name another health.path of \(service.name)"
                default: "see the container's last lines for what \(service.name) lacks, mend it, and deploy again"
                }
            // What refuses a host name, or a request as such, answers 400.
            isFailureInside = status >= 500 || status == 400
        } else if let last, let seen = last.revision, let expected, seen != expected {
            kind = "wrong-identity"
            let isFromLog = last.witness == .requestLog
            cause =
                isFromLog
                ? "by the request log `\(seen)` answers, not the candidate `\(expected)`"
                : "responses say they come from `\(seen)`, not from the candidate `\(expected)`"
            fix = isFromLog ? "see where the tag and the traffic of \(service.name) lead" : identityFix
            isFailureInside = false
        } else if let last, last.status != nil, last.revision == nil, service.identity != nil, expected != nil {
            (kind, cause, fix) = ("no-identity", "responses do not say which revision gave them", identityFix)
            isFailureInside = false
        } else if last?.status != nil {
            (kind, cause) = (
                "slow", "\(path) answers too late (more than \(service.health.timeoutMilliseconds) ms)"
            )
            fix = "find what is slow, or raise health.timeout of \(service.name)"
            isFailureInside = false
        } else if let last, last.milliseconds >= Double(service.health.timeoutMilliseconds) * 0.9 {
            (kind, cause) = ("slow", "\(path) does not answer within \(service.health.timeoutMilliseconds) ms")
            fix = "find what is slow, or raise health.timeout of \(service.name)"
            isFailureInside = true
        } else {
            (kind, cause, fix) = ("no-answer", "\(path) cannot be reached", "see the container's last lines")
            isFailureInside = true
        }
    }

    func command(_ symptoms: Symptoms) -> String {
        let name = symptoms.service.name
        if kind == "wrong-identity" { return "stagectl traffic show \(name)" }
        return "stagectl logs \(name)" + (symptoms.revision.map { " --revision \($0)" } ?? "")
    }
}
