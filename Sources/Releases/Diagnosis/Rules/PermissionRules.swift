/// Who may do what: the deployer, the revision's account, the project, the organisation.
enum PermissionRules {
    static let rules: [DiagnosisRule] = [
        DiagnosisRule(
            "act-as-denied", .refused,
            [
                .statement(
                    "actAs",
                    "(?i)Permission '?iam\\.serviceaccounts\\.actAs'? (?:denied|is missing)[^\\n]*?service account '?([^\\s'(,]+@[^\\s'(,]*[A-Za-z0-9])"
                ),
                .statement("iam.serviceaccounts.actAs"), .statement("iam.serviceAccounts.actAs"),
            ]
        ) { seen in
            Explanation(
                "whoever deploys may not let the service run as `\(seen.text(else: "its account"))`",
                fix: "grant roles/iam.serviceAccountUser on that account to whoever deploys",
                command: seen.word().map {
                    "gcloud iam service-accounts add-iam-policy-binding \($0) "
                        + "--member=\"user:$(gcloud config get-value account)\" --role=roles/iam.serviceAccountUser"
                })
        },
        DiagnosisRule(
            "service-account-missing", .refused,
            [
                .statement("does not exist", "[Ss]ervice account (\\S+@\\S+) does not exist"),
                .statement("was not found", "[Ss]ervice account (\\S+@\\S+) was not found"),
                .statement("Unknown service account", "Unknown service account:? ?(\\S+@\\S+)?"),
            ]
        ) { seen in
            Explanation(
                "service account `\(seen.text(else: seen.account ?? "unknown"))` does not exist",
                fix: "make it, or correct service_account of \(seen.name)",
                command: seen.project.isEmpty ? nil : "gcloud iam service-accounts list --project \(seen.project)")
        },
        DiagnosisRule(
            "billing-disabled", .refused,
            [
                .statement("BILLING_DISABLED"), .statement("requires billing to be enabled"),
                .statement("billing account", "(?i)billing account[^\\n]*(?:disabled|closed|not open)"),
            ]
        ) { seen in
            Explanation(
                "the project has no working billing account",
                fix: "link an open billing account to the project",
                command: seen.project.isEmpty ? nil : "gcloud billing projects describe \(seen.project)")
        },
        DiagnosisRule(
            "api-disabled", .refused,
            [
                .statement(
                    "has not been used in project",
                    "([A-Za-z][A-Za-z ]+ API) has not been used in project (\\S+) before or it is disabled"),
                .line(
                    "has not been used in project",
                    "([A-Za-z][A-Za-z ]+ API) has not been used in project (\\S+) before or it is disabled"),
                .statement("SERVICE_DISABLED"), .line("SERVICE_DISABLED"), .line("accessNotConfigured"),
            ]
        ) { seen in
            Explanation(
                "\(seen.text(else: "an API that the service needs")) is not enabled in the project",
                fix: "enable \(api(seen) ?? "it"); the change takes some minutes to arrive everywhere",
                command: enabling(seen))
        },
        DiagnosisRule(
            "organisation-policy", .refused,
            [
                .statement("constraints/", "constraints/([A-Za-z.]+)"),
                .statement("do not belong to a permitted customer"),
                .statement("rganization policy", "(?i)organization policy[^\\n]*?`?([a-z]+\\.[A-Za-z.]+)?"),
            ]
        ) { seen in
            Explanation(
                "a policy of the organisation forbids it" + (seen.text().isEmpty ? "" : ": \(seen.text())"),
                fix: "keep to the policy (ingress, image, public access), or ask whoever owns it for an exception",
                command: seen.project.isEmpty ? nil : "gcloud org-policies list --project \(seen.project)")
        },
        DiagnosisRule(
            "credentials-missing", .named,
            [
                .line("Could not load the default credentials"), .line("DefaultCredentialsError"),
                .line("could not find default credentials"), .line("Application Default Credentials are not available"),
                .line("Unable to locate credentials"),
            ]
        ) { seen in
            Explanation(
                "the program finds no credentials for the API that it calls",
                fix: "let the service run as a service account, and take GOOGLE_APPLICATION_CREDENTIALS out of its "
                    + "environment unless that file is in the image",
                command: seen.logs)
        },
        DiagnosisRule(
            "permission-missing", .named,
            [
                .line("IAM_PERMISSION_DENIED", "Permission '([^']+)' denied"),
                .line("Permission '", "Permission '([a-z]+\\.[A-Za-z.]+)' denied"),
                .line("does not have", "does not have ([a-z]+\\.[A-Za-z.]+) (?:access|permission)"),
                .line("PERMISSION_DENIED: Missing or insufficient permissions"),
                .line("PermissionDenied: 403"), .line("PermissionDenied desc"),
                .line("caller does not have permission"),
            ]
        ) { seen in
            Explanation(
                "the service's account lacks a permission"
                    + (seen.text().isEmpty ? " that the program needs" : ": \(seen.text())"),
                fix: "grant its account a role that holds this permission",
                command: seen.account.flatMap { account in
                    seen.project.isEmpty
                        ? nil
                        : "gcloud projects get-iam-policy \(seen.project) --flatten='bindings[].members' "
                            + "--filter=bindings.members:\(account)"
                } ?? seen.logs)
        },
    ]

    /// The API by the name under which it is enabled, where the message holds it: its link is to the API's page in the
    /// console, `/apis/api/run.googleapis.com/overview`.
    private static func api(_ seen: Sighting) -> String? {
        let name =
            seen.match.text.firstMatch(of: /\/apis\/api\/([a-z]+)\.googleapis\.com/)?.1
            ?? seen.match.text.firstMatch(of: /\b([a-z]+)\.googleapis\.com/)?.1
        return name.map { "\($0).googleapis.com" }
    }

    private static func enabling(_ seen: Sighting) -> String? {
        guard !seen.project.isEmpty else { return nil }
        return api(seen).map { "gcloud services enable \($0) --project \(seen.project)" }
            ?? "gcloud services list --enabled --project \(seen.project)"
    }
}
