import Verification

/// Credentials that arrived and are not accepted.
enum TokenCauses {
    private static let nouns = [
        "jwt", "token", "bearer", "jose", " jws", "jwks", "claim", "audience", "issuer", "signature", "signing key",
        " kid ",
    ]
    private static let verbs = [
        "expired", "invalid", "reject", "malformed", "not valid", "mismatch", "unknown", "wrong", "not accepted",
        " fail", "unexpected", "refus", "not pass", "no key", "does not match", "doesn t match", "unsupported",
        "not yet valid",
        "unauthorized", "denied", "revoked", "could not be", "couldn t be", "cannot be", "can not be", "not verify",
        "unable to", "cannot", "could not", "couldn t", "no longer", "bad ", "not trusted", "untrusted", "too old",
    ]
    private static let phrases = [
        Phrase(
            nouns, verbs,
            unless: [
                "certificate", " tls ", "ssl", "unexpected token", "csrf", "missing", "in json", "not provided",
                "no token", "no bearer", "not supplied", "without ", "rate limit",
            ]),
        Phrase(["invalid token", "invalid_token", "expired token", "token expired"]),
    ]

    private static let anyWord = Phrase(
        ["jwt", " token", "jose", "jws", "jwks", "bearer", "oidc", "id token"],
        unless: [
            "csrf", "missing", "not provided", "challenge", "permission", "role ", "scope", "origin", "accepted token",
            "token ok",
        ])

    static let rules = [
        CauseRule(.tokenRejected) { failure in
            // Whoever is refused while the log speaks of tokens is refused for the token, in whatever words.
            let isRefused = [401, 403].contains(failure.status) || [1008, 3000, 4401].contains(failure.closeCode)
            let spoken = isRefused ? failure.logs.first { anyWord.fits($0.withoutPaths) } : nil
            guard let seen = failure.texts.first(of: phrases) ?? spoken else { return nil }
            // An answer that was none of an authentication speaks of tokens for another reason.
            if failure.logs.first(of: phrases) == nil, let status = failure.status,
                ![400, 401, 403, 500].contains(status)
            {
                return nil
            }
            return finding(failure, .named, seen.evidence)
        },
        CauseRule(.tokenRejected) { failure in
            let isRefused = failure.status == 401 || [3000, 4401].contains(failure.closeCode)
            guard isRefused, failure.sendsCredentials == true, failure.answeredBy != .platform else { return nil }
            return finding(failure, .shown, failure.messages.first?.evidence)
        },
        CauseRule(.tokenRejected) { failure in
            // Who logs something about a request that it answers with 401 has seen it, and misses nothing that it names.
            let isRefused = failure.status == 401 || [3000, 4401].contains(failure.closeCode)
            guard isRefused, failure.answeredBy != .platform, failure.sendsCredentials != false,
                let seen = failure.logs.first
            else { return nil }
            return finding(failure, .ended, seen.evidence)
        },
    ]

    private static func finding(
        _ failure: SeenFailure, _ closeness: CauseRule.Closeness, _ seen: CauseEvidence?
    ) -> CauseFinding {
        CauseFinding(
            closeness, .tokenRejected, "`\(failure.service)` gets the credentials and does not accept them",
            evidence: [
                seen, failure.sendsCredentials == true ? CauseEvidence(.exchange, "the checks sent credentials") : nil,
            ],
            fix: "compare issuer, audience, times and signing key of the token with what \(failure.service) verifies",
            settings: ["env."])
    }
}
