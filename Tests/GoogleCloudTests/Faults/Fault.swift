import JSON

/// Everything that can go wrong between a call and the API, each as it looks on the wire. "Once" is passing trouble:
/// the next request is answered.
enum Fault: String, CaseIterable, Sendable {
    case badRequest = "400"
    case tokenExpired = "401 once"
    case tokenRefused = "401 always"
    case forbidden = "403"
    case apiDisabled = "403 SERVICE_DISABLED"
    case notFound = "404"
    case etagConflict = "409 ABORTED"
    case nameConflict = "409 ALREADY_EXISTS"
    case preconditionFailed = "412"
    case rateLimitedOnce = "429 RATE_LIMIT_EXCEEDED once"
    case rateLimitedForSeconds = "429 RATE_LIMIT_EXCEEDED once, Retry-After in seconds"
    case rateLimitedUntil = "429 RATE_LIMIT_EXCEEDED once, Retry-After as a date"
    case rateLimitedTooLong = "429 RATE_LIMIT_EXCEEDED, Retry-After beyond the deadline"
    case rateLimitedAlways = "429 RATE_LIMIT_EXCEEDED always"
    case exhaustedOnce = "429 once"
    case exhaustedAlways = "429 always"
    case requestTimeoutOnce = "408 once"
    case serverErrorOnce = "500 once"
    case serverErrorAlways = "500 always"
    case badGatewayOnce = "502 once, in HTML"
    case unavailableOnce = "503 once"
    case unavailableAlways = "503 always"
    case gatewayTimeoutOnce = "504 once"
    case versionNotSupported = "505"
    case redirect = "302 to another host"
    case connectionRefused = "connection refused"
    case unknownHost = "DNS failure"
    case noTLS = "TLS failure"
    case closedBeforeAnswer = "closed before the answer, once"
    case resetBeforeAnswer = "reset before the answer, once"
    case resetInHead = "reset in the head, once"
    case resetInBody = "reset in the body, once"
    case truncatedBody = "body shorter than announced, once"
    case truncatedChunks = "chunks that do not end, always"
    case notHTTP = "an answer that is not HTTP, always"
    case silence = "no answer"
    case slowHead = "slow-loris in the head"
    case slowBody = "slow-loris in the body"
    case committedThenSilence = "timeout after commit, once"
    case truncatedJSON = "JSON cut off"
    case deepJSON = "JSON 100,000 levels deep"
    case invalidUTF8 = "JSON that is not UTF-8"
    case html = "HTML instead of JSON"
    case wrongRoot = "a list instead of the document"
    case wrongTypes = "values of other types"
    case nothing = "200 with an empty body"
    case null = "JSON null"
    case unknownWords = "unknown enum values and fields"
    case answeredTwice = "the answer twice on the wire"
    case deliveredTwice = "the request delivered twice"
    case hugeHeader = "a header of 2 MB"
    case gzipBomb = "a gzip bomb"
    case hugeBody = "a body of 17 MB"
    case unknownEncoding = "a content encoding that nobody knows"

    /// What takes as long as the client's patience lasts; nothing is computed meanwhile.
    var isWaitedFor: Bool {
        switch self {
        case .silence, .slowHead, .slowBody, .committedThenSilence: true
        default: false
        }
    }

    /// What the server does with the request that it strikes for the `count`-th time (from 1); nil answers as always.
    func actions(_ count: Int, site: CallSite, healthy: JSONValue, headers: [String] = []) -> [LoopbackServer.Action]? {
        let body = Array(healthy.serialized().utf8)
        let success = { (body: [UInt8]) in LoopbackServer.response(200, body, headers: headers) }
        let json = { (document: JSONValue) in LoopbackServer.Action.send(success(Array(document.serialized().utf8))) }
        let whole = success(body)
        let ifFirst: ([LoopbackServer.Action]) -> [LoopbackServer.Action]? = { count == 1 ? $0 : nil }
        switch self {
        case .connectionRefused, .unknownHost, .noTLS:
            return nil
        case .tokenExpired, .tokenRefused:
            return self == .tokenRefused || count == 1 ? [status(401, "UNAUTHENTICATED")] : nil
        case .badRequest: return [status(400, "INVALID_ARGUMENT")]
        case .forbidden: return [status(403, "PERMISSION_DENIED")]
        case .apiDisabled: return [status(403, "PERMISSION_DENIED", reason: "SERVICE_DISABLED")]
        case .notFound: return [status(404, "NOT_FOUND")]
        case .etagConflict: return [status(409, "ABORTED")]
        case .nameConflict: return [status(409, "ALREADY_EXISTS")]
        case .preconditionFailed: return [status(412, "FAILED_PRECONDITION")]
        case .rateLimitedOnce: return ifFirst([rateLimited()])
        case .rateLimitedForSeconds: return ifFirst([rateLimited(["Retry-After: 7"])])
        case .rateLimitedUntil:
            return ifFirst([
                rateLimited([
                    "Date: Thu, 26 Nov 2026 10:00:00 GMT", "Retry-After: Thu, 26 Nov 2026 10:00:09 GMT",
                ])
            ])
        case .rateLimitedTooLong: return [rateLimited(["Retry-After: 600"])]
        case .rateLimitedAlways: return [rateLimited()]
        case .exhaustedOnce: return ifFirst([status(429, "RESOURCE_EXHAUSTED")])
        case .exhaustedAlways: return [status(429, "RESOURCE_EXHAUSTED")]
        case .requestTimeoutOnce: return ifFirst([.send(LoopbackServer.response(408, []))])
        case .serverErrorOnce: return ifFirst([status(500, "INTERNAL")])
        case .serverErrorAlways: return [status(500, "INTERNAL")]
        case .badGatewayOnce:
            return ifFirst([.send(LoopbackServer.response(502, Array("<html>bad gateway</html>".utf8)))])
        case .unavailableOnce: return ifFirst([status(503, "UNAVAILABLE")])
        case .unavailableAlways: return [status(503, "UNAVAILABLE")]
        case .gatewayTimeoutOnce: return ifFirst([status(504, "DEADLINE_EXCEEDED")])
        case .versionNotSupported: return [.send(LoopbackServer.response(505, []))]
        case .redirect:
            return [.send(LoopbackServer.response(302, [], headers: ["Location: https://other.example/"]))]
        case .closedBeforeAnswer: return ifFirst([])
        case .resetBeforeAnswer: return ifFirst([.reset])
        case .resetInHead: return ifFirst([.send(Array(whole.prefix(30))), .reset])
        case .resetInBody: return ifFirst([.send(Array(whole.dropLast())), .reset])
        case .truncatedBody: return ifFirst([.send(Array(whole.dropLast()))])
        case .truncatedChunks:
            return [.send(Array("HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n".utf8))]
        case .notHTTP: return [.send(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8))]
        case .silence: return [.hold]
        case .committedThenSilence: return ifFirst([.hold])
        case .slowHead: return [.trickle(whole, pause: .milliseconds(100))]
        case .slowBody:
            return [
                .send(Array(whole.dropLast(body.count))),
                .trickle(Array(repeating: 0x20, count: 10_000), pause: .milliseconds(100)),
            ]
        case .truncatedJSON: return [.send(success(Array("{\"name\":\"projects/p".utf8)))]
        case .deepJSON:
            return [.send(success(Array(repeating: UInt8(ascii: "["), count: 100_000)))]
        case .invalidUTF8:
            return [.send(success(Array("{\"name\":\"".utf8) + [0xFF, 0xC0] + Array("\"}".utf8)))]
        case .html: return [.send(success(Array("<!doctype html><p>Sign in".utf8)))]
        case .wrongRoot: return [json([healthy])]
        case .wrongTypes: return [json(Self.retyped(healthy))]
        case .nothing: return [.send(success([]))]
        case .null: return [json(.null)]
        case .unknownWords: return [json(Self.extended(healthy))]
        case .answeredTwice: return [.send(whole + whole)]
        case .deliveredTwice: return site.deliveredTwice.map { [.send($0)] }
        case .hugeHeader:
            let line = Array(("X-Flood: " + String(repeating: "x", count: 1000) + "\r\n").utf8)
            return [
                .send(Array("HTTP/1.1 200 X\r\n".utf8) + [[UInt8]](repeating: line, count: 2100).flatMap { $0 })
            ]
        case .gzipBomb:
            return [.send(LoopbackServer.response(200, GzipBomb.bytes, headers: headers + ["Content-Encoding: gzip"]))]
        case .hugeBody: return [.send(success([UInt8](repeating: 0x20, count: 17 << 20)))]
        case .unknownEncoding:
            return [
                .send(LoopbackServer.response(200, body, headers: headers + ["Content-Encoding: zstd-of-tomorrow"]))
            ]
        }
    }

    private func status(_ code: Int, _ name: String, reason: String? = nil) -> LoopbackServer.Action {
        let details: JSONValue = reason.map { [["reason": .string($0)]] } ?? []
        let body = statusError(code, name, "no.", details: details)
        return .send(LoopbackServer.response(code, Array(body.serialized().utf8)))
    }

    private func rateLimited(_ headers: [String] = []) -> LoopbackServer.Action {
        let body = statusError(
            429, "RESOURCE_EXHAUSTED", "Quota exceeded.", details: [["reason": "RATE_LIMIT_EXCEEDED"]])
        return .send(LoopbackServer.response(429, Array(body.serialized().utf8), headers: headers))
    }

    /// Every value in place of which another type can stand.
    private static func retyped(_ document: JSONValue) -> JSONValue {
        switch document {
        case .object(let members): .object(members.mapValues(retyped))
        case .array(let items): .object(["items": .array(items)])
        default: [true]
        }
    }

    private static let tomorrow: [String: JSONValue] = [
        "memberOfTomorrow": ["a": [1, .null]], "type": "TYPE_OF_TOMORROW", "state": "STATE_OF_TOMORROW",
        "severity": "SEVERITY_OF_TOMORROW", "ingress": "INGRESS_OF_TOMORROW",
    ]

    /// Members and words that a later version of the API may have.
    private static func extended(_ document: JSONValue) -> JSONValue {
        switch document {
        case .object(let members): .object(members.mapValues(extended).merging(tomorrow) { $1 })
        case .array(let items): .array(items.map(extended))
        default: document
        }
    }
}
