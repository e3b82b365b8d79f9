/// Another version of a secret than in the last good release, where what is seen is what a wrong secret does.
enum SecretCauses {
    /// What a wrong key or password looks like from either side.
    private static let phrases = [
        Phrase(
            ["signature", "hmac", "mac ", "signing key"],
            [
                "invalid", "mismatch", "fail", "verif", "not match", "wrong", "bad ", "error", "corrupt", "manipulat",
                "tamper",
            ],
            unless: ["certificate"]),
        Phrase(
            [
                "password", "credential", "api key", "apikey", "login", "authentication", "client secret", "access key",
                "auth ",
            ],
            ["fail", "denied", "invalid", "incorrect", "reject", "wrong", "refus", "unauthorized", "bad ", "not valid"]),
        Phrase(["access denied for user", "wrongpass", "noauth", "invalid client", "invalid grant", "invalidapikey"]),
        Phrase(
            ["decrypt", "decipher", "cipher", "padding", "fernet"],
            ["fail", "invalid", "error", "bad ", "cannot", "could not"]),
        Phrase(["kid ", "key id"], ["unknown", "not found", "no matching", "no key"]),
    ]
    private static let timeWords = ["expired", "not yet valid", " exp ", " nbf "]

    static let rules = [
        CauseRule(.secretChanged) { failure in
            for change in failure.changesInReach where !change.secrets.isEmpty {
                if let (secret, seen) = named(change.secrets, in: failure.texts) {
                    return finding(failure, secret, change, seen, .named)
                }
                // What only time does to a token no secret does.
                // Nor does one keep what proves who somebody is from being sent.
                let fitting = failure.texts.filter { text in
                    !timeWords.contains { text.mentions($0) } && !HeaderCauses.tellsOfNothingSent(text)
                }
                guard let seen = fitting.first(of: phrases) else { continue }
                let secret = closest(change.secrets, to: seen)
                return finding(failure, secret, change, seen, .named)
            }
            return nil
        }
    ]

    private static func named(
        _ secrets: [ChangeSinceGood.SecretVersion], in texts: [SeenText]
    ) -> (ChangeSinceGood.SecretVersion, SeenText)? {
        for secret in secrets {
            let names = [SeenText.words(of: secret.secret), SeenText.words(of: secret.usedAs)]
            if let seen = texts.first(where: { text in names.contains { $0.count > 4 && text.mentions($0) } }) {
                return (secret, seen)
            }
        }
        return nil
    }

    /// The one whose name has a word of the line, else the first.
    private static func closest(
        _ secrets: [ChangeSinceGood.SecretVersion], to text: SeenText
    ) -> ChangeSinceGood.SecretVersion {
        func score(_ secret: ChangeSinceGood.SecretVersion) -> Int {
            SeenText.words(of: "\(secret.secret) \(secret.usedAs)").split(separator: " ").count {
                $0.count > 2 && text.mentions(String($0))
            }
        }
        return secrets.dropFirst().reduce(secrets[0]) { score($1) > score($0) ? $1 : $0 }
    }

    private static func finding(
        _ failure: SeenFailure, _ secret: ChangeSinceGood.SecretVersion, _ change: ChangeSinceGood, _ seen: SeenText,
        _ closeness: CauseRule.Closeness
    ) -> CauseFinding {
        let versions = "version \(secret.earlier) in run \(change.since), version \(secret.later) now"
        return CauseFinding(
            closeness, .secretChanged, subject: secret.secret,
            "secret `\(secret.secret)` of `\(change.service)` has another version than in the last good release, and "
                + "credentials are refused",
            evidence: [
                seen.evidence, CauseEvidence(.change, "\(secret.usedAs): secret \(secret.secret), \(versions)"),
            ],
            deeper: [
                Why(
                    "secret \(secret.secret), which is \(secret.usedAs) of \(change.service), changed: \(versions)",
                    evidence: [CauseEvidence(.change, versions)])
            ],
            fix: "see that both sides use the same version of \(secret.secret), or put the version back")
    }
}
