import Configuration

/// What the platform will not accept as a service.
enum ConfigurationRules {
    static let rules: [DiagnosisRule] = [
        DiagnosisRule(
            "reserved-variable", .refused,
            [.statement("reserved env names", "reserved env names were provided: ([A-Z0-9_, ]+)")]
        ) { seen in
            Explanation(
                "the service sets a variable that Cloud Run sets itself: \(seen.text())",
                fix: "take it out of env of \(seen.name); the port is the key port",
                command: "stagectl config show")
        },
        DiagnosisRule(
            "tag-too-long", .refused,
            [.statement("together are too long", "tag '([^']+)' and service name '([^']+)' together")]
        ) { seen in
            Explanation(
                "the tag `\(seen.text(0))` and the service's name have more than 46 characters together",
                fix: "deploy with a shorter tag, or give the service a shorter name",
                command: "stagectl deploy \(seen.name) --tag c")
        },
        DiagnosisRule(
            "resources-refused", .refused,
            [
                .statement("Invalid value specified for", "Invalid value specified for (cpu|memory|container[^.\\n]*)"),
                .statement("Total memory", "(Total memory)[^\\n]*"),
                .statement("Total cpu", "(Total cpu)[^\\n]*"),
                .statement("resources.limits", "resources\\.limits\\.?(cpu|memory)?"),
            ]
        ) { seen in
            Explanation(
                "Cloud Run does not offer this combination of cpu and memory",
                fix: "choose another one in resources of \(seen.name): 4 cores need at least 2Gi, for example",
                command: "stagectl config show")
        },
        DiagnosisRule(
            "timeout-too-long", .refused, [.statement("maximum allowed time is one hour")]
        ) { seen in
            Explanation(
                "the request timeout is longer than an hour", fix: "lower timeout of \(seen.name) to 60m or less",
                command: "stagectl config show")
        },
        DiagnosisRule(
            "revision-name-taken", .refused,
            [.statement("with different configuration already exists", "Revision named '([^']+)'")]
        ) { seen in
            Explanation(
                "there is a revision `\(seen.text())` with other contents",
                fix: "leave the name to Cloud Run: take template.revision out of whatever else deploys this service",
                command: "stagectl status \(seen.name)")
        },
        DiagnosisRule(
            "revision-gone", .refused,
            [.statement("does not exist or is deleted", "Revision '?([^'\\s]+)'? does not exist or is deleted")]
        ) { seen in
            Explanation(
                "traffic is pinned to revision `\(seen.text())`, which is gone",
                fix: "send the traffic to a revision that there is",
                command: "stagectl traffic repair \(seen.name)")
        },
        DiagnosisRule(
            "probe-refused", .refused,
            [
                .statement("startup_probe", "(startup_probe)"), .statement("startupProbe", "(startupProbe)"),
                .statement("liveness_probe", "(liveness_probe)"), .statement("livenessProbe", "(livenessProbe)"),
            ]
        ) { seen in
            Explanation(
                "Cloud Run does not accept \(seen.text()) as it is configured",
                fix: "keep period times failure_threshold within 240 seconds, and timeout within period",
                command: "stagectl config show")
        },
        DiagnosisRule(
            "volume-unavailable", .refused,
            [.statement("is not available", "Volume '([^']+)' is not available: ([^\\n]+)")]
        ) { seen in
            Explanation(
                "volume `\(seen.text(0))` is not available: \(seen.text(1))",
                fix: "correct the volume, or leave it out of this environment", command: "stagectl config show")
        },
    ]
}
