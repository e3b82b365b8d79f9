package import Configuration

/// From what is seen outside to one cause and one fix. Reasons of Cloud Run are compared as the words of its enum;
/// only the container's log lines, which have no other form, are read as text.
package enum DiagnosisRules {
    private static let linesShown = 12

    /// The candidate never became ready.
    package static func notReady(
        service: Service, condition: Condition, message: String, logs: [LogLine]
    ) -> Diagnosis {
        let port = service.container.port
        let (kind, cause, fix): (String, String, String) =
            switch condition.reason {
            case "CONTAINER_MISSING":
                ("image-missing", "the image was not found", "stagectl build \(service.name)")
            case "CONTAINER_PERMISSION_DENIED", "CONTAINER_IMAGE_UNAUTHORIZED":
                ("image-forbidden", "the platform may not read the image", "grant roles/artifactregistry.reader")
            case "SECRETS_ACCESS_CHECK_FAILED":
                (
                    "secret-unreadable", "a secret is missing or its account may not read it",
                    "grant roles/secretmanager.secretAccessor to the service's account"
                )
            case "PROGRESS_DEADLINE_EXCEEDED":
                (
                    "not-ready-in-time", "the revision was not ready in the time that the platform allows",
                    "see the container's last lines; if it only starts slowly, raise probes.startup"
                )
            default:
                containerFault(port: port, logs: logs)
            }
        return Diagnosis(
            kind: kind, cause: cause, fix: fix,
            evidence: ["reason \(condition.reason ?? "none given")", "message \(condition.message ?? message)"],
            logs: lines(logs))
    }

    /// Health samples of a candidate that is ready.
    package static func unhealthy(
        service: Service, result: HealthResult, target: VerificationTarget, logs: [LogLine]
    ) -> Diagnosis {
        let path = service.health.path
        let bad = result.samples.filter { $0.problem != nil }
        // The last sample of a window has only what is left of it and may end without an answer for that reason alone:
        // one that was answered says more, else the one that waited longest.
        let last = bad.last { $0.status != nil } ?? bad.max { $0.milliseconds < $1.milliseconds }
        let evidence = bad.suffix(3).map { sample in
            "GET \(path): \(sample.status.map(String.init) ?? "no answer") in \(Int(sample.milliseconds)) ms: "
                + (sample.problem ?? "")
        }
        let (kind, cause, fix): (String, String, String)
        if let last, let status = last.status, !(200..<300).contains(status) {
            (kind, cause, fix) = (
                "health-status", "\(path) answers \(status)",
                "see the container's last lines for what \(service.name) lacks, mend it, and deploy again"
            )
        } else if let last, let seen = last.revision, let wanted = target.revision, seen != wanted {
            (kind, cause, fix) = (
                "wrong-identity", "responses say they come from `\(seen)`, not from the candidate `\(wanted)`",
                "let the service report K_REVISION as `identity` in services.yaml describes"
            )
        } else if let last, last.status != nil, last.revision == nil, service.identity != nil, target.revision != nil {
            (kind, cause, fix) = (
                "no-identity", "responses do not say which revision gave them",
                "let the service report K_REVISION as `identity` in services.yaml describes"
            )
        } else if last?.status != nil {
            (kind, cause, fix) = (
                "slow", "\(path) answers too late (more than \(service.health.timeoutMilliseconds) ms)",
                "find what is slow, or raise health.timeout of \(service.name)"
            )
        } else if let last, last.milliseconds >= Double(service.health.timeoutMilliseconds) * 0.9 {
            (kind, cause, fix) = (
                "slow", "\(path) does not answer within \(service.health.timeoutMilliseconds) ms",
                "find what is slow, or raise health.timeout of \(service.name)"
            )
        } else {
            (kind, cause, fix) = (
                "no-answer", "\(path) cannot be reached", "see the container's last lines"
            )
        }
        return Diagnosis(kind: kind, cause: cause, fix: fix, evidence: evidence, logs: lines(logs))
    }

    /// Checks that did not pass.
    package static func smoke(service: Service, result: SmokeResult, logs: [LogLine]) -> Diagnosis {
        let evidence = result.problems.prefix(10).map { "\($0.check) \($0.status): \($0.summary)" }
        guard let first = result.problems.first(where: { $0.cause != nil }) ?? result.problems.first else {
            return Diagnosis(
                kind: "verdict", cause: result.verdict.rule, fix: "stagectl smoke \(service.name) --list",
                evidence: [], logs: lines(logs))
        }
        return Diagnosis(
            kind: "check-failed", cause: first.cause ?? "\(first.check): \(first.summary)",
            fix: first.fix ?? "stagectl smoke \(service.name) --only \(first.check) --explain",
            evidence: Array(evidence), logs: lines(logs))
    }

    /// Why a container did not come up, by its own last words.
    private static func containerFault(port: Int, logs: [LogLine]) -> (String, String, String) {
        for line in logs.reversed() {
            if let match = line.text.firstMatch(of: /Container called exit\((\d+)\)/) {
                return (
                    "container-exited", "the container exited with code \(match.1) before it listened",
                    "mend what the container's last lines name and deploy again"
                )
            }
        }
        return (
            "did-not-listen", "the container did not listen on port \(port) in time",
            "listen on 0.0.0.0:$PORT (\(port)), or see in the container's last lines what it is waiting for"
        )
    }

    private static func lines(_ logs: [LogLine]) -> [String] {
        logs.suffix(linesShown).map(\.text)
    }
}
