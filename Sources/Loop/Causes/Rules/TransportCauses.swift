/// A connection that the checks do not get: refused, or without trust.
enum TransportCauses {
    private static let trust = [
        Phrase(
            ["certificate", "x509", "pkix", " ssl", " tls", "tls failed", "tls handshake"],
            [
                "verify failed", "expired", "untrusted", "self signed", "unknown authority", "not trusted",
                "hostname mismatch",
                "handshake", "does not match", "doesn t match", "invalid", "unable to get local issuer",
                "protocol version",
                "wrong version", "path building failed", "not valid", "no longer valid", "unknown ca", "alert",
                "failed", "altname",
                "alternative name", "subject name",
            ]),
        Phrase([
            "depth zero self signed", "unable to verify the first certificate", "err cert", "cert has expired",
            "sslv3 alert",
        ]),
    ]
    private static let anyWord = Phrase(["certificate", " x509 ", " ssl ", " tls ", "certificat", " cert "])
    private static let refused = [
        Phrase([
            "connection refused", "econnrefused", "connect call failed", "nothing listens", "actively refused",
            "failed to connect", "could not connect", "couldn t connect", "connection could not be", "no connection",
            "connect error", "all connection attempts failed", "unable to connect", "max retries exceeded",
            "cannot connect",
            "can t connect", "failed to establish a new connection", "os error 111", "errno 111", "dial tcp",
            "no route to host", "unreachable",
        ]),
        // Nobody took the connection, in whatever words; a name, a certificate or time has rules of its own.
        Phrase(
            ["connect ", "connection", "connecting", "socket"],
            ["fail", "could not", "couldn t", "unable", "cannot", "can t", "refus", "not be made", "rejected"],
            unless: [
                "timed out", "timeout", "certificate", " tls ", " ssl ", "resolve", "getaddrinfo", "handshake", "reset",
                "closed",
            ]),
    ]

    static let rules = [
        CauseRule(.tlsFailed) { failure in
            // A check that came to no answer and speaks of certificates was stopped by one.
            let isSilent = failure.status == nil && failure.closeCode == nil
            let spoken = isSilent ? failure.messages.first(of: [anyWord]) : nil
            guard let seen = failure.texts.first(of: trust) ?? spoken else { return nil }
            let host = HostText.first(in: seen.text)
            return CauseFinding(
                .named, .tlsFailed, subject: host,
                "TLS fails\(host.map { " with `\($0)`" } ?? ""): the certificate or the versions do not fit",
                evidence: [seen.evidence],
                fix: "look at the certificate of the host: its names, its end, and who signed it", settings: ["env."])
        },
        CauseRule(.connectionRefused) { failure in
            // A service that answers, or logs, has been reached: what it cannot reach is something else.
            guard failure.status == nil, failure.closeCode == nil, failure.finding?.isDown != true,
                let seen = failure.messages.first(of: refused),
                DependencyName.known(in: seen) == nil
            else { return nil }
            return CauseFinding(
                .shown, .connectionRefused, "nothing accepts connections at the address of `\(failure.service)`",
                evidence: [seen.evidence],
                fix: "see with `stagectl status \(failure.service)` that it is up, and that the address is its own")
        },
    ]
}
