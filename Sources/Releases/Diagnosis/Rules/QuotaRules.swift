import Configuration

/// Limits of the project, the region and the service.
enum QuotaRules {
    static let rules: [DiagnosisRule] = [
        DiagnosisRule("revision-limit", .refused, [.reason("ACTIVE_REVISION_LIMIT_REACHED")]) { seen in
            Explanation(
                "the service has as many active revisions as there may be",
                fix: "delete revisions that serve nothing, and take tags off those that nobody visits",
                command: "stagectl prune \(seen.name)")
        },
        DiagnosisRule(
            "quota-exceeded", .refused,
            [
                .statement("Quota exceeded", "Quota exceeded for ([^\\n.]{1,120})"),
                .statement("quota", "(?i)exceed[^\\n]{0,60}quota[^\\n]{0,20}?'?([A-Za-z]+(?:-[A-Za-z]+){2,}|$)"),
                .statement("RESOURCE_EXHAUSTED"),
                .statement("Max instances must be set to", "Max instances must be set to (\\d+) or fewer"),
            ]
        ) { seen in
            Explanation(
                "a quota of the project is used up" + (seen.text().isEmpty ? "" : ": \(seen.text())"),
                fix:
                    "lower cpu, memory or scaling.max of the service, wait if it is a quota per minute, or ask for more",
                command: seen.project.isEmpty
                    ? nil
                    : "gcloud alpha services quota list --service=run.googleapis.com --consumer=projects/\(seen.project)"
            )
        },
        DiagnosisRule("minimum-instances", .refused, [.reason("MIN_INSTANCES_NOT_PROVISIONED")]) { seen in
            Explanation(
                "the instances that scaling.min asks for did not come up",
                fix: "lower scaling.min of \(seen.name), or try again: the region may lack room for the moment",
                command: "stagectl deploy \(seen.name)")
        },
        DiagnosisRule(
            "no-instance", .killed,
            [
                .line("no available instance"),
                .line("maximum number of instances", "maximum number of instances \\((\\d+)\\)"),
            ]
        ) { seen in
            Explanation(
                "requests found no instance that was free",
                fix: "raise scaling.max or concurrency of \(seen.name), or find out why its instances take so long",
                command: seen.logs)
        },
    ]
}
