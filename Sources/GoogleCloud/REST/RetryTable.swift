import Transport

/// What a failed call says about the request, in the few classes that decide whether it is sent again.
enum CallTrouble: Hashable, Sendable, CaseIterable {
    /// 401.
    case notAuthenticated
    /// 429 whose `ErrorInfo` says `RATE_LIMIT_EXCEEDED`.
    case rateLimited
    /// 429 for another reason, or none.
    case exhausted
    /// 408, 500, 502, 503, 504.
    case serverTrouble
    /// Any other 5xx.
    case unsupported
    /// Every other status.
    case refused
    /// No connection, or no address to connect to.
    case notConnected
    /// No answer in time, and nothing of the request had gone out.
    case timedOutUnsent
    case timedOutSent
    case connectionLost
    case tls
    /// The header or the body of the answer is larger than anything an API says.
    case answerTooLarge
    /// A success that is not JSON, or not the document that was asked for.
    case unreadable
    /// The request is one that must not or cannot be sent.
    case notRequestable
    case cancelled

    init(_ error: GoogleError) {
        self =
            switch error {
            case .status(let status): CallTrouble(status)
            case .transport(let error, _): CallTrouble(error)
            case .unreadable: .unreadable
            case .secretInTheClear, .invalidEndpoint: .notRequestable
            }
    }

    private init(_ status: GoogleStatus) {
        self =
            switch status.httpStatus {
            case 401: .notAuthenticated
            case 429: status.reason == "RATE_LIMIT_EXCEEDED" ? .rateLimited : .exhausted
            case 408, 500, 502, 503, 504: .serverTrouble
            case 500...599: .unsupported
            default: .refused
            }
    }

    private init(_ error: TransportError) {
        self =
            switch error {
            case .couldNotConnect, .couldNotResolve: .notConnected
            case .timedOut(let sent): sent ? .timedOutSent : .timedOutUnsent
            case .connectionLost: .connectionLost
            case .tls: .tls
            case .bodyTooLarge, .headerTooLarge: .answerTooLarge
            case .invalidRequest, .redirectRefused: .notRequestable
            case .cancelled: .cancelled
            }
    }
}

/// One line of the table: what follows from a trouble.
struct RetryRule: Hashable, Sendable {
    enum Repetition: Hashable, Sendable {
        case never
        case afterPause
        /// Once, with another token.
        case withNewToken
    }

    var read: Repetition
    var write: Repetition
    /// The write may have been acted on: whoever wrote looks before anything else happens.
    var leavesWriteInDoubt: Bool
    var why: String
}

extension RetryRule {
    /// A read (GET, HEAD, and a POST whose method only looks, such as `:wait`, `entries:list` or `:generateIdToken`)
    /// changes nothing however often it is sent. A write (POST, PUT, PATCH, DELETE) is sent again only where the answer
    /// itself says that it was not acted on.
    init(_ trouble: CallTrouble) {
        switch trouble {
        case .notAuthenticated:
            self.init(
                .withNewToken, .withNewToken, doubt: false,
                "who asks is checked before anything is done; a token may have been revoked or have expired on the way")
        case .rateLimited:
            self.init(
                .afterPause, .afterPause, doubt: false,
                "rates are counted in front of the API (google.api.ErrorReason), which has not seen the request")
        case .exhausted:
            self.init(
                .afterPause, .never, doubt: false,
                "refused, but perhaps for a quota of things, which no waiting gives back")
        case .serverTrouble:
            self.init(
                .afterPause, .never, doubt: true,
                "a front end that gave up says nothing about what the server behind it did")
        case .unsupported:
            self.init(.never, .never, doubt: true, "asking again does not change what the server can do")
        case .refused:
            self.init(.never, .never, doubt: false, "the answer is no, and would be again")
        case .notConnected, .timedOutUnsent:
            self.init(.afterPause, .afterPause, doubt: false, "nothing of the request has left this machine")
        case .timedOutSent, .connectionLost:
            self.init(.afterPause, .never, doubt: true, "the server may have acted before its answer was lost")
        case .tls:
            self.init(.never, .never, doubt: false, "a certificate does not become valid by asking again")
        case .answerTooLarge, .unreadable:
            self.init(.never, .never, doubt: true, "the server answered; the same would come again")
        case .notRequestable:
            self.init(.never, .never, doubt: false, "it is not sent")
        case .cancelled:
            self.init(.never, .never, doubt: true, "nobody waits for the answer any more")
        }
    }

    private init(_ read: Repetition, _ write: Repetition, doubt: Bool, _ why: String) {
        self.init(read: read, write: write, leavesWriteInDoubt: doubt, why: why)
    }
}
