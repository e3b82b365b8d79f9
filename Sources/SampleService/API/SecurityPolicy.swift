import NIOHTTP1

/// What every answer says to browsers, and what no route ever sees.
struct SecurityPolicy: Sendable {
    private static let longestTarget = 4096
    private static let mostHeaders = 100
    private static let largestHeaders = 16 * 1024

    let role: Role
    /// Pages of these may ask, with cookies.
    let origins: [String]

    /// OWASP Secure Headers Project.
    func headers(for request: HTTPHeaders) -> [(String, String)] {
        var headers = [
            ("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("referrer-policy", "no-referrer"),
            ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
            ("cross-origin-resource-policy", "same-origin"), ("cross-origin-opener-policy", "same-origin"),
            ("cache-control", "no-store"), ("content-security-policy", contentPolicy), ("vary", "origin"),
            ("x-trace-id", TraceParent(request.first(name: "traceparent")).traceID),
        ]
        // Browsers ignore it in the clear (RFC 6797 section 8.1); TLS ends before the service does.
        if request.cameOverTLS {
            headers.append(("strict-transport-security", "max-age=31536000; includeSubDomains"))
        }
        if let origin = request.first(name: "origin"), origins.contains(origin) {
            headers.append(("access-control-allow-origin", origin))
            headers.append(("access-control-allow-credentials", "true"))
            headers.append(("access-control-expose-headers", "etag, location, x-revision, x-trace-id"))
        }
        return headers
    }

    /// No answer of an API is a page, so nothing at all may be loaded for one.
    private var contentPolicy: String {
        guard role == .frontend else { return "default-src 'none'; frame-ancestors 'none'" }
        return "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    }

    /// What requests must keep to, each with the mutation that leaves it out.
    enum Rule: String, CaseIterable, Sendable {
        case length = "requests.any-length"
        case headers = "requests.any-headers"
        case segments = "requests.climbing"
        case characters = "requests.control-characters"
        case coding = "requests.compressed"
        case origin = "origins.unchecked"
    }

    /// Why a request is not looked at any further; nil where it is.
    func refusal(of request: Request, leavingOut rules: [Rule] = []) -> Response? {
        if request.targetLength > Self.longestTarget, !rules.contains(.length) {
            return .error(.uriTooLong, "at most \(Self.longestTarget) bytes")
        }
        let size = request.headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        if request.headers.count > Self.mostHeaders || size > Self.largestHeaders, !rules.contains(.headers) {
            return .error(.requestHeaderFieldsTooLarge, "at most \(Self.largestHeaders) bytes of headers")
        }
        if Self.climbs(request.path) && !rules.contains(.segments)
            || Self.hasControls(request.path) && !rules.contains(.characters)
        {
            return .error(.badRequest, "the path is not well formed")
        }
        let coding = request.headers.first(name: "content-encoding")?.lowercased() ?? "identity"
        if coding != "identity", !rules.contains(.coding) {
            return .error(.unsupportedMediaType, "bodies must not be compressed")
        }
        guard let origin = request.headers.first(name: "origin"), !origins.contains(origin),
            !isOwn(origin, request.headers), !rules.contains(.origin)
        else { return nil }
        // Somebody else's page may neither change anything nor listen (CWE-352, CWE-1385).
        let isUpgrade = request.headers.first(name: "upgrade")?.lowercased() == "websocket"
        guard isUpgrade || ![.GET, .HEAD, .OPTIONS].contains(request.method) else { return nil }
        return .error(.forbidden, "origin is not allowed")
    }

    /// What a browser asks before a request from another origin (Fetch standard section 4.8), and OPTIONS at all.
    func options(for request: Request, methods: [String]) -> Response {
        let response = Response.noContent.with(header: "allow", methods.joined(separator: ", "))
        guard let origin = request.headers.first(name: "origin"), origins.contains(origin),
            request.headers.contains(name: "access-control-request-method")
        else { return response }
        return response.with(header: "access-control-allow-methods", methods.joined(separator: ", "))
            .with(header: "access-control-allow-headers", "authorization, content-type, idempotency-key, traceparent")
            .with(header: "access-control-max-age", "600")
    }

    private func isOwn(_ origin: String, _ headers: HTTPHeaders) -> Bool {
        guard let host = headers.first(name: "host") else { return false }
        return origin == "http://\(host)" || origin == "https://\(host)"
    }

    /// Out of its folder, once or twice decoded.
    private static func climbs(_ path: String) -> Bool {
        path.split(separator: "/").contains { $0 == ".." || $0 == "." } || path.lowercased().contains("%2e")
    }

    private static func hasControls(_ path: String) -> Bool {
        path.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F || $0 == "\\" }
    }
}
