import Configuration

/// How it ended, where nothing says why.
enum ProbeRules {
    static let rules: [DiagnosisRule] = [
        DiagnosisRule(
            "container-exited", .ended,
            [.line("Container called exit(", "Container called exit\\((\\d+)\\)")]
        ) { seen in
            switch seen.text() {
            case "0":
                Explanation(
                    "the program ended by itself, without an error, before it served",
                    fix: "start the server in the foreground; what is done once and ends is a job, not a service",
                    command: seen.logs)
            case "126", "127":
                Explanation(
                    "the container's command could not be started (exit code \(seen.text()))",
                    fix: "check ENTRYPOINT and CMD of the image, and the command of \(seen.name)", command: seen.logs)
            default:
                Explanation(
                    "the container exited with code \(seen.text()) before it listened",
                    fix: "mend what the container's last lines name and deploy again", command: seen.logs)
            }
        },
        DiagnosisRule(
            "liveness-probe-failed", .ended,
            [.line("LIVENESS", "LIVENESS (\\w+) probe failed")]
        ) { seen in
            Explanation(
                "the liveness probe failed again and again, so the platform ended the instance",
                fix: "see that its path answers while the service is busy, or raise timeout and failure_threshold of "
                    + "probes.liveness",
                command: seen.logs)
        },
        DiagnosisRule(
            "startup-probe-failed", .ended,
            [
                .line("STARTUP HTTP probe failed", "(STARTUP HTTP probe)"),
                .line("STARTUP GRPC probe failed", "(STARTUP GRPC probe)"), .judged { ownProbe($0, $1) },
                .statement("failed the configured startup probe checks"),
            ]
        ) { seen in
            Explanation(
                "the container did not pass the startup probe that is configured for it\(probe(seen.symptoms))",
                fix: "see that the probe's path and port are right and that it answers 2xx, or give it longer: "
                    + "period times failure_threshold of probes.startup",
                command: seen.logs)
        },
        DiagnosisRule("not-ready-in-time", .ended, [.reason("PROGRESS_DEADLINE_EXCEEDED")]) { seen in
            Explanation(
                "the revision was not ready in the time that the platform allows",
                fix: "see the container's last lines; if it only starts slowly, raise probes.startup",
                command: seen.logs)
        },
        DiagnosisRule("platform-error", .ended, [.reason("INTERNAL")]) { seen in
            Explanation(
                "the platform failed by its own account",
                fix: "deploy again; if it fails again, see Google's status page",
                command: "stagectl deploy \(seen.name)")
        },
        DiagnosisRule(
            "did-not-listen", .ended,
            [.reason("HEALTH_CHECK_CONTAINER_ERROR"), .line("Default STARTUP TCP probe failed")]
        ) { explanation(of: $0) },
    ]

    /// What is said when nothing at all was recognised.
    static func unknown(_ symptoms: Symptoms) -> RuleTable.Seen {
        RuleTable.Seen(
            rule: DiagnosisRule("did-not-listen", .ended, []) { explanation(of: $0) },
            sighting: Sighting(symptoms: symptoms, match: Sighting.Match(text: "")))
    }

    private static func explanation(of seen: Sighting) -> Explanation {
        let port = seen.symptoms.service.container.port
        return Explanation(
            "the container did not listen on port \(port) in time",
            fix: "listen on 0.0.0.0:$PORT (\(port)), or see in the container's last lines what it is waiting for",
            command: seen.logs)
    }

    /// `Default STARTUP TCP probe` is the one that every service has; without the first word it is the service's own.
    private static func ownProbe(_ symptoms: Symptoms, _ texts: [LogText]) -> Sighting.Match? {
        texts.last { $0.text.hasPrefix("STARTUP TCP probe failed") }.map { Sighting.Match(text: $0.text) }
    }

    private static func probe(_ symptoms: Symptoms) -> String {
        guard let probe = symptoms.service.container.startupProbe else { return "" }
        let port = probe.port ?? symptoms.service.container.port
        return switch probe.kind {
        case .http(let path): " (GET \(path) on port \(port))"
        case .tcp, .grpc: " (port \(port))"
        }
    }
}
