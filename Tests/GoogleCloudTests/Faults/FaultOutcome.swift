import Releases

/// What must come of one fault at one call site: told by the rules of the client, not by what it happens to do.
struct FaultOutcome: Hashable, Sendable {
    enum Result: Hashable, Sendable {
        /// The call returns.
        case fine
        case failed(Failure.Category, inDoubt: Bool)
    }

    var result: Result
    /// How often the struck request was sent.
    var sent: Int
    /// The shortest wait that a server asked for, in seconds.
    var waited = 0

    /// The attempts that the table's clients make.
    static let attempts = 3

    init(_ result: Result, sent: Int, waited: Int = 0) {
        self.result = result
        self.sent = sent
        self.waited = waited
    }

    init(of fault: Fault, at site: CallSite) {
        let attempts = site.attempts
        let isOnce = site.kind == .write
        let inDoubt = site.kind == .write || site.kind == .part
        self =
            switch fault {
            case .badRequest: .refused(400, .release, site)
            case .notFound:
                site.understood.contains(404)
                    ? .init(.fine, sent: 1) : .failed(site.whenMissing, sent: site.sentWhenMissing, site)
            case .forbidden, .apiDisabled: .refused(403, .permission, site)
            case .etagConflict, .nameConflict: .refused(409, .conflict, site)
            case .preconditionFailed: .refused(412, .conflict, site)
            case .redirect: .refused(302, .release, site)
            // Who asks is checked before anything is done, so a write may go again too; but a new token that is refused
            // as well was not the reason.
            case .tokenExpired: .init(.fine, sent: 2)
            case .tokenRefused: .failed(.permission, sent: 2, site)
            // Counted before the API sees the request, so a write may go again too.
            case .rateLimitedOnce: .init(.fine, sent: 2)
            case .rateLimitedForSeconds: .init(.fine, sent: 2, waited: 7)
            case .rateLimitedUntil: .init(.fine, sent: 2, waited: 9)
            case .rateLimitedTooLong: .failed(.unavailable, sent: 1, site)
            case .rateLimitedAlways: .failed(.unavailable, sent: attempts, site)
            // It may be a quota of things: a read tries, a write does not.
            case .exhaustedOnce:
                isOnce ? .failed(.unavailable, sent: 1, site) : .init(.fine, sent: 2)
            case .exhaustedAlways: .failed(.unavailable, sent: isOnce ? 1 : attempts, site)
            // The server may have acted: a read tries again, a write is in doubt.
            case .requestTimeoutOnce, .serverErrorOnce, .badGatewayOnce, .unavailableOnce,
                .gatewayTimeoutOnce,
                .closedBeforeAnswer, .resetBeforeAnswer, .resetInHead, .resetInBody, .truncatedBody,
                .committedThenSilence:
                isOnce ? .failed(.unavailable, sent: 1, inDoubt: true, site) : .init(.fine, sent: 2)
            case .serverErrorAlways, .unavailableAlways, .truncatedChunks, .notHTTP, .silence, .slowHead,
                .slowBody:
                .failed(.unavailable, sent: isOnce ? 1 : attempts, inDoubt: inDoubt, site)
            case .versionNotSupported: .failed(.unavailable, sent: 1, inDoubt: inDoubt, site)
            // Nothing has left this machine, whatever was to be sent.
            case .connectionRefused, .unknownHost, .noTLS:
                .init(.failed(.unavailable, inDoubt: false), sent: 0)
            // An answer that would come again.
            case .truncatedJSON, .deepJSON, .invalidUTF8, .html:
                site.isRaw
                    ? .init(.fine, sent: 1)
                    : .failed(.unavailable, sent: 1, inDoubt: inDoubt, site)
            case .wrongRoot, .wrongTypes, .null: .bare(site)
            case .nothing:
                if let result = site.whenEmpty {
                    .init(result, sent: 1)
                } else {
                    site.bare == .empty ? .init(.fine, sent: 1) : .bare(site)
                }
            case .hugeBody where site.takesLargeBodies: .init(.fine, sent: 1)
            case .hugeHeader, .hugeBody:
                .failed(.unavailable, sent: 1, inDoubt: inDoubt, site)
            // Raw bodies are not decoded.
            case .gzipBomb:
                site.isRaw
                    ? .init(.fine, sent: 1)
                    : .failed(.unavailable, sent: 1, inDoubt: inDoubt, site)
            case .unknownEncoding:
                site.isRaw || !site.decodes
                    ? .init(.fine, sent: 1)
                    : .failed(
                        .unavailable, sent: isOnce ? 1 : attempts, inDoubt: inDoubt, site)
            case .unknownWords, .answeredTwice: .init(.fine, sent: 1)
            case .deliveredTwice: .init(site.afterSecondDelivery, sent: 1)
            }
        if site.settlesDoubt, case .failed(_, inDoubt: true) = result { result = .fine }
    }

    private static func refused(_ status: Int, _ category: Failure.Category, _ site: CallSite)
        -> FaultOutcome
    {
        if site.understood.contains(status) { return FaultOutcome(.fine, sent: 1) }
        return failed(category, sent: category == .conflict ? site.roundsOnConflict : 1, site)
    }

    private static func bare(_ site: CallSite) -> FaultOutcome {
        site.isRaw || site.bare == .tolerated
            ? FaultOutcome(.fine, sent: 1)
            : failed(
                site.whenBare, sent: 1, inDoubt: site.kind == .write || site.kind == .part, site)
    }

    private static func failed(
        _ category: Failure.Category, sent: Int, inDoubt: Bool = false, _ site: CallSite
    ) -> FaultOutcome {
        let told = site.isInspection && category != .permission ? .unavailable : category
        return FaultOutcome(.failed(told, inDoubt: inDoubt || site.kind == .lookAfterWrite), sent: sent)
    }

    /// Of the table in the product's description.
    var exitCode: Int {
        switch result {
        case .fine: 0
        case .failed(.release, _): 1
        case .failed(.permission, _): 4
        case .failed(.conflict, _): 5
        case .failed(.configuration, _): 65
        case .failed(.unavailable, _): 69
        case .failed(.internalError, _): 70
        case .failed(.deadline, _): 75
        case .failed: -1
        }
    }
}
