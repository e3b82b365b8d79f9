import Releases
import Transport

/// Failures of credentials in the one shape that is shown. Nothing that was secret is among what they are made of.
enum CredentialFailure {
    static func nothingUsable(_ search: CredentialSearch) -> Failure {
        if let (entry, fault) = search.broken {
            let place = entry.location.map { "`\($0)`" } ?? entry.place.name
            return Failure(
                .permission, "the Google credentials in \(place) cannot be used: \(fault.reason)",
                details: [.init("named by", entry.place.name)],
                hint: fault.hint ?? "mend or remove it; `stagectl doctor` says where credentials are looked for")
        }
        return Failure(
            .permission, "no Google credentials",
            details: search.entries.map { .init($0.place.name, $0.text) },
            hint: "gcloud auth application-default login, or export GOOGLE_APPLICATION_CREDENTIALS=FILE")
    }

    /// `used` is the source whose token it is.
    static func lift(_ error: TokenError, of used: CredentialSearch.Entry?) -> Failure {
        var failure = failure(error)
        if let used {
            let place = [used.place.name, used.location].compactMap(\.self).joined(separator: " ")
            failure.details.append(.init("credentials", place))
        }
        return failure
    }

    private static func failure(_ error: TokenError) -> Failure {
        switch error {
        case .refused(let refusal, let purpose): refused(refusal, purpose)
        case .unreachable(let error, let host, let purpose):
            Failure(
                .unavailable, "\(purpose.clause) failed: \(what(error)) `\(host)`", details: reason(error),
                hint: "check the network, and HTTPS_PROXY and SSL_CERT_FILE where they are needed")
        case .unreadable(let reason, let purpose):
            Failure(
                .permission, "\(purpose.clause) failed: \(reason)",
                hint: "see whether the address in the credential file is that of a token server")
        case .fault(let fault, let purpose):
            Failure(
                .permission, "\(purpose.clause) failed: \(fault.reason)", hint: fault.hint ?? purpose.remedy)
        case .unsupported(let reason, let hint):
            Failure(.permission, "no identity token: \(reason)", hint: hint)
        }
    }

    private static func refused(_ refusal: TokenRefusal, _ purpose: TokenPurpose) -> Failure {
        let answer = [String(refusal.httpStatus), refusal.code].compactMap(\.self).joined(separator: " ")
        var details: [Failure.Detail] = [.init("answer", answer)]
        let summary = "\(purpose.clause) failed: \(refusal.message ?? refusal.code ?? "the server answers \(answer)")"
        if refusal.isTransient {
            return Failure(.unavailable, summary, details: details, hint: "try again in a minute")
        }
        // Signed assertions hold for an hour from a time of this machine's clock.
        if let lead = refusal.clockLead, abs(lead) >= 60 {
            let direction = lead > 0 ? "ahead of" : "behind"
            details.append(.init("clock", "this machine's is \(abs(lead)) s \(direction) the server's"))
        }
        return Failure(.permission, summary, details: details, hint: purpose.remedy)
    }

    private static func what(_ error: TransportError) -> String {
        switch error {
        case .timedOut: "no answer in time from"
        case .couldNotResolve: "no address for"
        case .tls: "no secure connection to"
        default: "no connection to"
        }
    }

    private static func reason(_ error: TransportError) -> [Failure.Detail] {
        switch error {
        case .couldNotConnect(let reason), .connectionLost(let reason), .invalidRequest(let reason):
            [.init("reason", reason)]
        case .tls(let failure): [.init("reason", failure.reason)]
        default: []
        }
    }
}
