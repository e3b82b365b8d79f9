import Releases
import Transport

extension Failure {
    /// Lifts a failed call. `subject` is what was attempted, as a clause: "reading service `backend`".
    init(_ error: GoogleError, during subject: String) {
        switch error {
        case .transport(let error, let isWrite): self.init(transport: error, isWrite: isWrite, during: subject)
        case .status(let status): self.init(status, during: subject)
        case .unreadable(let what, let reason, let isWrite):
            self.init(
                .unavailable, "\(subject) failed: \(what) cannot be understood",
                details: [Detail("reason", reason)], hint: "stagectl config show says which endpoint is used",
                mayHaveHappened: isWrite)
        case .secretInTheClear(let host):
            self.init(
                .configuration, "\(subject) failed: an access token is never sent in the clear to `\(host)`",
                hint: "use an https endpoint, or one on this machine")
        case .invalidEndpoint(let url):
            // What stands before an `@` may be a password.
            self.init(
                .configuration,
                url.contains("@")
                    ? "\(subject) failed: an endpoint has no user name or password in it"
                    : "\(subject) failed: `\(url)` is not an http or https URL",
                hint: "correct the platform's endpoint: stagectl config show --origin")
        }
    }

    private init(_ status: GoogleStatus, during subject: String) {
        var details = [Detail("answer", "\(status.httpStatus) \(status.status ?? "")".trimmingSpace)]
        if let reason = status.reason { details.append(Detail("reason", reason)) }
        details += status.requestIdentifiers
        let summary = "\(subject) failed: \(status.message.withoutFullStop)"
        switch status.httpStatus {
        case 401:
            self.init(
                .permission, summary, details: details,
                hint: "`stagectl doctor` says whose credentials these are; sign in again: "
                    + "gcloud auth application-default login")
        case 403:
            let enable = status.reason == "SERVICE_DISABLED" ? status.metadata["activationUrl"] : nil
            self.init(
                .permission, summary, details: details,
                hint: enable.map { "enable the API: \($0)" } ?? "ask for the role that the message names")
        case 409, 412:
            self.init(.conflict, summary, details: details, hint: "stagectl status")
        case 408, 429, 500...599:
            if let wait = status.retryAfter { details.append(Detail("wait", "\(wait.components.seconds) s")) }
            self.init(
                .unavailable, summary, details: details, hint: "try again in a minute",
                mayHaveHappened: status.isWrite && RetryRule(CallTrouble(.status(status))).leavesWriteInDoubt)
        case 404:
            self.init(
                .release, summary, details: details,
                hint: "check project, region and service: stagectl config show")
        default:
            self.init(.release, summary, details: details, hint: "stagectl config show")
        }
    }

    private init(transport error: TransportError, isWrite: Bool, during subject: String) {
        let isInDoubt =
            isWrite && RetryRule(CallTrouble(.transport(error, isWrite: isWrite))).leavesWriteInDoubt
        switch error {
        case .cancelled:
            self.init(.interrupted, "\(subject) was interrupted", mayHaveHappened: isInDoubt)
        case .couldNotConnect(let reason):
            self.init(unreachable: subject, "no connection", reason)
        case .couldNotResolve(let host):
            self.init(unreachable: subject, "`\(host)` has no address", nil)
        case .tls(let failure):
            self.init(
                .unavailable, "\(subject) failed: no secure connection", details: [Detail("reason", failure.reason)],
                hint: failure.hint)
        case .invalidRequest(let reason):
            self.init(
                .internalError, "\(subject) failed: the request cannot be sent", details: [Detail("reason", reason)])
        case .connectionLost(let reason):
            self.init(unreachable: subject, "the connection was lost", reason, mayHaveHappened: isInDoubt)
        case .timedOut:
            self.init(unreachable: subject, "no answer in time", nil, mayHaveHappened: isInDoubt)
        case .bodyTooLarge(let limit):
            self.init(unreachable: subject, "the answer has more than \(limit) bytes", nil, mayHaveHappened: isInDoubt)
        case .headerTooLarge(let limit):
            self.init(
                unreachable: subject, "the header of the answer has more than \(limit) bytes", nil,
                mayHaveHappened: isInDoubt)
        case .redirectRefused(let reason):
            self.init(unreachable: subject, "a redirect is not followed", reason)
        }
    }

    private init(unreachable subject: String, _ what: String, _ reason: String?, mayHaveHappened: Bool = false) {
        self.init(
            .unavailable, "\(subject) failed: \(what)", details: reason.map { [Detail("reason", $0)] } ?? [],
            hint: "check the network and the endpoint: stagectl config show", mayHaveHappened: mayHaveHappened)
    }
}

extension TLSFailure {
    /// The next thing to do about it.
    fileprivate var hint: String {
        switch cause {
        case .selfSigned, .unknownIssuer:
            "if a proxy or a server of your own is meant to answer: export SSL_CERT_FILE=FILE with its root certificate"
        case .expired, .notYetValid: "check the clock of this machine, and who answers there"
        case .trustRoots: "correct SSL_CERT_FILE or CURL_CA_BUNDLE, or unset it"
        case .wrongName, .revoked, .handshake: "check the network and the endpoint: stagectl config show"
        }
    }
}

extension String {
    var withoutFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
    fileprivate var trimmingSpace: String { hasSuffix(" ") ? String(dropLast()) : self }
}
