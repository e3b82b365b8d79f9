import Verification

/// The application's own refusal.
enum AccessCauses {
    private static let phrases = [
        Phrase(
            [
                "permission", "role", "scope", "privilege", "entitle", "policy", "member", " acl ", "rbac", "rights",
                "ability", "voter", "owner", " own ", "grant",
            ],
            [
                "denied", "insufficient", "require", "missing", "lack", "forbid", "refus", " not ", " no ", "don t",
                "doesn t", "cannot", "can t", "without", "none of", " any of ", "fail", "need",
            ],
            unless: ["database", "relation", "bucket", "storage object"]),
        Phrase(
            ["origin", "cors"], ["not ", "reject", "denied", "refus", "forbidden", "disallowed", "blocked", "invalid"]),
        Phrase(["not allowed to", "not authorized to", "not permitted to", " may not ", "access is denied for"]),
        // What somebody cannot do, or only somebody else.
        Phrase(
            [" cannot ", " can t ", " can not ", " only ", " another ", "somebody else"],
            unless: ["token", "jwt", "header", "credential", "certificate", "signature"]),
        // A decision that was asked for and is no.
        Phrase(
            ["enforce", "authoriz", "policy", "decision", " allow", "permit", " can "],
            [" false ", " deny ", " denied ", "unauthorized", " not met "]),
        Phrase(["another tenant", "other tenant", "another user", "another account", "not the owner", "not owned by"]),
        // Of one named thing and what was to be done with it.
        Phrase(
            ["forbidden", "access denied", "unauthorized", "not authorized"],
            ["cannot", "action", "execute", "update", "delete", "create", "policy", "authorization", "ability"]),
        Phrase(
            ["access denied", "forbidden"], ["user", "tenant", "account", "resource", "organization", "workspace"]),
    ]

    static let rules = [
        CauseRule(.accessDenied) { failure in
            let isRefusal = failure.status == 403 || [1008, 3003, 4403].contains(failure.closeCode)
            guard isRefusal, failure.answeredBy != .platform, let seen = failure.texts.first(of: phrases) else {
                return nil
            }
            return finding(failure, .named, seen.evidence)
        },
        CauseRule(.accessDenied) { failure in
            let isRefusal = failure.status == 403 || [3003, 4403, 1008].contains(failure.closeCode)
            guard isRefusal, failure.answeredBy == .application, failure.sendsCredentials == true else { return nil }
            return finding(failure, .shown, failure.messages.first?.evidence)
        },
        CauseRule(.accessDenied) { failure in
            // Who logs something about a request that it answers with 403 has seen it, and misses nothing that it names.
            guard failure.status == 403, failure.answeredBy != .platform, failure.sendsCredentials != false,
                let seen = failure.logs.first
            else { return nil }
            return finding(failure, .ended, seen.evidence)
        },
    ]

    private static func finding(
        _ failure: SeenFailure, _ closeness: CauseRule.Closeness, _ seen: CauseEvidence?
    ) -> CauseFinding {
        CauseFinding(
            closeness, .accessDenied, "`\(failure.service)` knows the caller and does not allow this",
            evidence: [
                seen,
                failure.answeredBy == .application
                    ? CauseEvidence(.exchange, "the application answered, not the platform") : nil,
                failure.sendsCredentials == true ? CauseEvidence(.exchange, "the checks sent credentials") : nil,
            ],
            fix: "look at the permissions and origins that \(failure.service) checks, and at the caller's",
            settings: ["env."])
    }
}
