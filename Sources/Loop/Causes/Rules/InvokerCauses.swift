import Verification

/// Cloud Run's IAM refused the call; the container saw nothing.
enum InvokerCauses {
    /// The front end's page, and the lines of Cloud Run's request log.
    private static let phrases = [
        Phrase(["your client does not have permission to get url", "not have permission to the requested url"]),
        Phrase(
            ["request was not authenticated", "request was not authorized"],
            ["to invoke", "allow unauthenticated", "authorization header", "invoker"]),
        Phrase(["run routes invoke", "run invoker", "roles run invoker"]),
        Phrase(["iam"], ["denied", "refus", "lack", "permission", "principal"], ["run", "invok", "service"]),
        Phrase(["google frontend"], ["403", "401", "forbidden", "unauthorized"]),
        Phrase(["the access token could not be verified"]),
        // No server of gRPC answers with a page: somebody before it does.
        Phrase(["text html"], ["rpc "], ["403", "401"]),
    ]

    static let rules = [
        CauseRule(.callerNotInvoker) { failure in
            let isPlatform = failure.answeredBy == .platform && [401, 403].contains(failure.status)
            let seen = failure.texts.first(of: phrases)
            guard isPlatform || seen != nil else { return nil }
            var evidence: [CauseEvidence?] = [seen?.evidence ?? failure.messages.first?.evidence]
            if isPlatform {
                evidence.append(
                    CauseEvidence(.exchange, "the answer is a page of Google's front end, without a revision's name"))
            }
            if let sends = failure.sendsCredentials {
                evidence.append(
                    CauseEvidence(
                        .exchange, sends ? "the checks sent credentials" : "the checks sent no credentials"))
            }
            return CauseFinding(
                .named, .callerNotInvoker,
                "Cloud Run's IAM turns the caller away before `\(failure.service)` sees the request",
                evidence: evidence,
                fix:
                    "grant roles/run.invoker to the caller, or make \(failure.service) public, and see that the token's "
                    + "audience is the service's own URL",
                settings: ["public", "invokers", "ingress"])
        }
    ]
}
