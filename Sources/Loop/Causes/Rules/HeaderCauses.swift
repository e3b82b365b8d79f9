import Verification

/// Credentials, or other headers that the application wants, that did not arrive.
enum HeaderCauses {
    private static let nouns = [
        "header", "authorization", "credential", "token", "bearer", "api key", "cookie", "x e2e", "x test", "x user",
        "x tenant", "auth ", "jwt",
    ]
    private static let phrases = [
        Phrase(
            nouns,
            [
                "missing", "not provided", "not supplied", "absent", " required", "not present", "must be provided",
                "not set", "not found", "was empty", "is empty", " lacks ", "expected header", "mandatory",
                "no authorization", "no api key",
                "no token",
                "no bearer", "no credential", "no auth", "without auth", "without credential", "without a token",
                "without token", " without ", "not sent", "did not send", "need to", "not included",
            ],
            unless: [
                "environment variable", "content length", "certificate", "secret manager", "unset variable", "expired",
                "signature",
                " kid ", "audience", "issuer", "claim",
            ]),
        Phrase(
            ["unauthenticated", "anonymous"], ["request", "caller", "user", "connection", "client"],
            ["reject", "refus", "not allowed", "denied", "closed", "forbidden"]),
    ]

    /// Who is asked to say who it is has not said so, or not in a way that anybody looks at.
    private static let unknownCaller = Phrase(
        [
            "unauthenticated", "not authenticated", "not logged in", "being logged in", "be logged in", "not signed in",
            "sign in", "log in ",
            "login required", "authentication required", "authentication is required", "authenticated user",
            "must authenticate", "must be authenticated", "authentication needed", "no user ", "no principal",
            "no identity",
            "no session", "requires authentication", "anonymous", "challenged",
        ], unless: ["expired", "invalid", "signature", "mismatch", "revoked", "failed to sign in", "failed to log in"])

    /// Whether a text says that something did not arrive, or nobody said who it is.
    static func tellsOfNothingSent(_ text: SeenText) -> Bool {
        unknownCaller.fits(text) || phrases.contains { $0.fits(text) }
    }

    static let rules = [
        CauseRule(.headersMissing) { failure in
            let isRefusal =
                [400, 401, 403, 422].contains(failure.status) || [1008, 3000, 4401, 4403].contains(failure.closeCode)
            guard isRefusal, failure.answeredBy != .platform, let seen = failure.texts.first(of: phrases) else {
                return nil
            }
            return finding(failure, .named, seen.evidence)
        },
        CauseRule(.headersMissing) { failure in
            let isRefusal =
                [401, 403, 407].contains(failure.status) || [1008, 3000, 4401].contains(failure.closeCode)
            // Of a caller who sent credentials the same words mean that these were not accepted.
            guard isRefusal, failure.answeredBy != .platform, failure.sendsCredentials != true,
                let seen = failure.texts.first(of: [unknownCaller])
            else { return nil }
            return finding(failure, .shown, seen.evidence)
        },
        CauseRule(.headersMissing) { failure in
            let isRefusal = [401, 403].contains(failure.status) || [1008, 4401].contains(failure.closeCode)
            guard isRefusal, failure.answeredBy != .platform, let sent = failure.sentHeaders else { return nil }
            if failure.sendsCredentials == false { return finding(failure, .shown, failure.messages.first?.evidence) }
            // What every check sends that is accepted, and this one does not.
            let accepted = Set(failure.facts.acceptedHeaders[failure.service] ?? []).subtracting(sent)
            return accepted.isEmpty ? nil : finding(failure, .shown, failure.messages.first?.evidence)
        },
    ]

    private static func finding(
        _ failure: SeenFailure, _ closeness: CauseRule.Closeness, _ seen: CauseEvidence?
    ) -> CauseFinding {
        var evidence = [seen]
        if let sent = failure.sentHeaders {
            evidence.append(
                CauseEvidence(
                    .exchange,
                    sent.isEmpty
                        ? "the checks sent no headers of their own"
                        : "the checks sent only \(sent.sorted().joined(separator: ", "))"))
            let missing = Set(failure.facts.acceptedHeaders[failure.service] ?? []).subtracting(sent).sorted()
            if !missing.isEmpty {
                evidence.append(
                    CauseEvidence(
                        .exchange, "checks that pass on \(failure.service) send \(missing.joined(separator: ", ")) too")
                )
            }
        }
        return CauseFinding(
            closeness, .headersMissing,
            "`\(failure.service)` does not get the headers by which it knows a caller",
            evidence: evidence,
            fix:
                "send what \(failure.service) wants in the check's `headers` or `auth`, and see that no proxy removes it"
        )
    }
}
