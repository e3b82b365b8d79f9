/// Secrets that a revision is given by reference.
enum SecretRules {
    static let rules: [DiagnosisRule] = [
        DiagnosisRule(
            "secret-version-disabled", .refused,
            [
                .statement("DISABLED state", "secrets/([^/\\s]+)[^\\n]*DISABLED state"),
                .statement("DESTROYED state", "secrets/([^/\\s]+)[^\\n]*DESTROYED state"),
            ]
        ) { seen in
            Explanation(
                "the version of secret `\(seen.text())` that the service asks for is disabled or destroyed",
                fix: "enable that version, or refer to another one in the service's environment",
                command: secretCommand("versions list", seen))
        },
        DiagnosisRule(
            "secret-missing", .refused,
            [
                .statement(
                    "was not found", "Secret (?:Version )?\\[?projects/[^/\\s]+/secrets/([^/\\s\\]]+)\\S* was not found"
                ),
                .statement(
                    "was not found", "secret_key_ref\\.name: Secret \\S*?([^/\\s]+)/versions/\\S+ was not found"),
            ]
        ) { seen in
            Explanation(
                "secret `\(seen.text())` does not exist, or not in the version that the service asks for",
                fix: "make it, or correct its name in the service's environment",
                command: secretCommand("describe", seen))
        },
        DiagnosisRule(
            "secret-forbidden", .refused,
            [
                .statement(
                    "Permission denied on secret",
                    "Permission denied on secret: projects/[^/\\s]+/secrets/([^/\\s]+)/versions/\\S+ for Revision service account ([^\\s]+?)\\.? "
                )
            ]
        ) { seen in
            Explanation(
                "`\(seen.text(1))` may not read secret `\(seen.text())`",
                fix: "grant roles/secretmanager.secretAccessor on the secret to that account",
                command: seen.word(0).flatMap { secret in
                    seen.word(1).map { account in
                        "gcloud secrets add-iam-policy-binding \(secret)\(project(seen)) "
                            + "--member=serviceAccount:\(account) --role=roles/secretmanager.secretAccessor"
                    }
                })
        },
        DiagnosisRule("secret-unreadable", .refused, [.reason("SECRETS_ACCESS_CHECK_FAILED")]) { seen in
            Explanation(
                "a secret is missing or its account may not read it",
                fix: "grant roles/secretmanager.secretAccessor to the service's account",
                command: seen.grant("roles/secretmanager.secretAccessor")
                    ?? (seen.project.isEmpty ? nil : "gcloud secrets list --project \(seen.project)"))
        },
    ]

    private static func project(_ seen: Sighting) -> String {
        seen.project.isEmpty ? "" : " --project \(seen.project)"
    }

    private static func secretCommand(_ verb: String, _ seen: Sighting) -> String? {
        seen.word().map { "gcloud secrets \(verb) \($0)\(project(seen))" }
    }
}
