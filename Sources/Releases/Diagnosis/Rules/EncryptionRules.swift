/// Customer-managed encryption keys.
enum EncryptionRules {
    static let rules: [DiagnosisRule] = [
        DiagnosisRule("encryption-key-forbidden", .refused, [.reason("ENCRYPTION_KEY_PERMISSION_DENIED")]) { seen in
            Explanation(
                "Cloud Run may not use the encryption key of this service",
                fix: "grant roles/cloudkms.cryptoKeyEncrypterDecrypter on the key to Cloud Run's service agent",
                command: seen.project.isEmpty
                    ? nil : "gcloud kms keyrings list --location \(seen.region) --project \(seen.project)")
        },
        DiagnosisRule("encryption-key-unusable", .refused, [.reason("ENCRYPTION_KEY_CHECK_FAILED")]) { seen in
            Explanation(
                "the encryption key of this service cannot be used: disabled, destroyed, or out of reach",
                fix: "enable the key's version, and see that it is in the service's region",
                command: seen.project.isEmpty
                    ? nil : "gcloud kms keyrings list --location \(seen.region) --project \(seen.project)")
        },
    ]
}
