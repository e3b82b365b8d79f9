import JSON
import Transport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Sends token requests. Each may be repeated safely, POST or not: another answer is another token, and the ones
/// before it simply run out.
struct TokenEndpoint: Sendable {
    typealias Exchange = @Sendable (HTTPRequest) async throws(TransportError) -> HTTPResponse

    var exchange: Exchange
    /// Past every proxy, for what only this machine can reach: a proxy would ask its own metadata server.
    var direct: Exchange
    var retry: RetryPolicy
    /// For one attempt.
    var timeout: Duration
    /// Seconds since 1970.
    var now: @Sendable () -> Int64
    var clock = CallClock.system
    /// Where IAM Credentials is, if not at the universe's own address.
    var iamCredentials: String?

    init(
        retry: RetryPolicy = RetryPolicy(deadline: .seconds(30)), timeout: Duration = .seconds(10),
        now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) },
        exchange: @escaping Exchange
    ) {
        self.exchange = exchange
        direct = exchange
        self.retry = retry
        self.timeout = timeout
        self.now = now
    }

    /// A form as OAuth wants it (RFC 6749 appendix B). `secret` are the fields that no message may hold; `basic` is
    /// `client:secret`.
    func post(
        _ url: String, form: [String: String], secret: [String: Secret],
        basic: (client: String, secret: Secret)? = nil, for purpose: TokenPurpose
    ) async throws -> JSONValue {
        let fields = form.merging(secret.mapValues(\.revealed)) { $1 }.sorted { $0.key < $1.key }
        let body = fields.map { "\($0.key)=\($0.value.percentEncoded)" }.joined(separator: "&")
        var headers = HTTPHeaders([.init("Content-Type", "application/x-www-form-urlencoded")])
        var secrets = Array(secret.values)
        if let basic {
            let pair = Data("\(basic.client):\(basic.secret.revealed)".utf8).base64EncodedString()
            headers.append("Authorization", "Basic \(pair)")
            secrets += [basic.secret, Secret(pair)]
        }
        return try await document(
            HTTPRequest("POST", url, headers: headers, body: Array(body.utf8)), secrets: secrets, for: purpose)
    }

    func post(
        _ url: String, json: JSONValue, bearer: Secret, for purpose: TokenPurpose
    ) async throws -> JSONValue {
        let headers = HTTPHeaders([
            .init("Content-Type", "application/json"), .init("Authorization", "Bearer \(bearer.revealed)"),
        ])
        return try await document(
            HTTPRequest("POST", url, headers: headers, body: Array(json.serialized().utf8)), secrets: [bearer],
            for: purpose)
    }

    private func document(
        _ request: HTTPRequest, secrets: [Secret], for purpose: TokenPurpose
    ) async throws -> JSONValue {
        let response = try await send(request, secrets: secrets, for: purpose)
        guard let document = try? JSONValue(parsing: response.body), document.object != nil else {
            throw TokenError.unreadable(reason: "the answer is not a JSON object", purpose)
        }
        return document
    }

    /// Any success; throws `TokenError`, or `CancellationError`.
    func send(
        _ request: HTTPRequest, secrets: [Secret] = [], for purpose: TokenPurpose
    ) async throws -> HTTPResponse {
        guard let base = BaseURL(request.url) else {
            throw TokenError.fault(CredentialFault("a token URL is not an http or https URL"), purpose)
        }
        // Files are checked when they are read; this is for addresses from variables as well. Of a metadata server
        // tokens are asked, and none are sent to it.
        guard base.keepsSecrets || (request.method == "GET" && base.isInstanceMetadata) else {
            throw TokenError.fault(
                CredentialFault(
                    "credentials are never sent in the clear to `\(base.host)`",
                    hint: "use an https address, or one on this machine"), purpose)
        }
        var request = request
        request.headers.append("Accept", "application/json")
        // A token is a few kilobytes.
        request.maximumBodyBytes = 1 << 20
        let start = clock.now()
        for attempt in 1... {
            let left = retry.deadline - (clock.now() - start)
            request.timeout = max(.milliseconds(1), min(timeout, left))
            request.connectTimeout = min(request.connectTimeout, request.timeout)
            switch try await self.attempt(request, to: base, secrets: secrets, for: purpose) {
            case .answer(let response): return response
            case .trouble(let error, let wait):
                guard attempt < retry.attempts else { throw error }
                let pause = retry.pause(beforeRepetition: attempt, drawn: .random(in: 0...1), retryAfter: wait)
                guard clock.now() - start + pause < retry.deadline else { throw error }
                try await clock.sleep(pause)
            }
        }
        throw CancellationError()
    }

    private enum Attempt {
        case answer(HTTPResponse)
        /// May pass by itself.
        case trouble(TokenError, wait: Duration?)
    }

    private func attempt(
        _ request: HTTPRequest, to base: BaseURL, secrets: [Secret], for purpose: TokenPurpose
    ) async throws -> Attempt {
        let response: HTTPResponse
        do {
            response = try await base.isInstanceMetadata ? direct(request) : exchange(request)
        } catch {
            let failure = TokenError.unreachable(error, host: base.host, purpose)
            switch error {
            case .couldNotConnect, .couldNotResolve, .connectionLost, .timedOut:
                return .trouble(failure, wait: nil)
            case .cancelled: throw CancellationError()
            default: throw failure
            }
        }
        if (200..<300).contains(response.status) { return .answer(response) }
        let refusal = TokenRefusal(response, secrets: secrets, now: now())
        guard refusal.isTransient else { throw TokenError.refused(refusal, purpose) }
        return .trouble(.refused(refusal, purpose), wait: refusal.retryAfter)
    }
}

extension BaseURL {
    /// The metadata servers of clouds, which speak no TLS: Google's by its name and its IPv6 address, all of them in
    /// 169.254.0.0/16, which is never routed (RFC 3927 section 7).
    var isInstanceMetadata: Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let isLinkLocal =
            parts.count == 4 && parts[0] == "169" && parts[1] == "254" && parts.allSatisfy { UInt8($0) != nil }
        return isLinkLocal || host == MetadataServer.name || host == MetadataServer.addressIPv6
    }
}
