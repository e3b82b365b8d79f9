import JSON
import Releases
import Transport

/// JSON over HTTP as Google's APIs speak it: bearer token, `google.rpc.Status` errors, bodies of bounded size, and
/// repetitions by ``RetryRule``.
struct RESTClient: Sendable {
    /// How one request is sent.
    typealias Exchange = @Sendable (HTTPRequest) async throws(TransportError) -> HTTPResponse

    private let transport: Exchange
    var tokens: any AccessTokens
    var retry: RetryPolicy
    var limits: CallLimits

    /// `limits` are those of the process in everything that a command makes.
    init(tokens: any AccessTokens, retry: RetryPolicy, limits: CallLimits, exchange: @escaping Exchange) {
        transport = exchange
        self.tokens = tokens
        self.retry = retry
        self.limits = limits
    }

    /// Asks for something. Also by POST, where the method says only "look": nothing changes however often it is sent,
    /// so a lost reply or a busy server is answered by asking again.
    func read(
        _ url: String, method: String = "GET", body: JSONValue? = nil, timeout: Duration? = nil
    ) async throws -> JSONValue {
        try await document(
            APICall(
                method: method, url: url, timeout: retry.readTimeout(timeout), isWrite: false),
            body: body)
    }

    /// Changes something: sent once, unless the server says that it has not acted on it.
    func write(
        _ method: String, _ url: String, body: JSONValue?, timeout: Duration? = nil,
        quota: WriteQuota? = nil
    ) async throws -> JSONValue {
        let timeout = min(timeout ?? retry.writeTimeout, retry.deadline)
        return try await document(
            APICall(method: method, url: url, timeout: timeout, isWrite: true, quota: quota), body: body)
    }

    /// One exchange whose answer is wanted as it came (`Location` and `Range` of an upload, a body that is no JSON):
    /// authorised, repeated and with failing statuses lifted to errors like any other.
    ///
    /// - Parameters:
    ///   - timeout: for each attempt; nil for that of writes. A longer one than ``RetryPolicy/deadline`` is kept.
    ///   - isWrite: it may change something, so that a lost answer is a doubt and not just a failure.
    ///   - accepts: statuses besides 200…299 that are answers too, as 308 is in a resumable upload.
    /// - Throws: ``GoogleError``, and what the credentials throw.
    func exchange(
        _ method: String, _ url: String, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8]? = nil,
        timeout: Duration? = nil, isWrite: Bool, accepts: Set<Int> = [],
        maximumBodyBytes: Int = 16 << 20
    ) async throws -> HTTPResponse {
        try await send(
            APICall(
                method: method, url: url, headers: headers, body: body,
                timeout: timeout ?? retry.writeTimeout,
                isWrite: isWrite, accepts: accepts, maximumBodyBytes: maximumBodyBytes))
    }

    private func document(_ call: APICall, body: JSONValue?) async throws -> JSONValue {
        var call = call
        call.headers.append("Accept", "application/json")
        call.acceptsCompression = true
        if let body {
            call.headers.append("Content-Type", "application/json; charset=utf-8")
            call.body = Array(body.serialized().utf8)
        }
        let response = try await send(call)
        if response.body.isEmpty { return .object([:]) }
        do {
            return try JSONValue(parsing: response.body)
        } catch {
            throw GoogleError.unreadable(
                what: "the answer to \(call.method) \(call.url)", reason: error.reason,
                isWrite: call.isWrite)
        }
    }

    private func send(_ call: APICall) async throws -> HTTPResponse {
        guard let base = BaseURL(call.url) else { throw GoogleError.invalidEndpoint(call.url) }
        let clock = limits.clock
        limits.budget.earn()
        if let quota = call.quota, !base.isLoopback { try await limits.writes.waitForTurn(quota) }
        let start = clock.now()
        // An upload may be given more time than a call is usually repeated within.
        let deadline = max(retry.deadline, call.timeout)
        var attempt = 1
        var hasRenewed = false
        while true {
            let left = deadline - (clock.now() - start)
            let token = try await tokens.token()
            do {
                return try await sendOnce(call, to: base, token: token, timeout: min(call.timeout, left))
            } catch {
                switch call.repetition(after: CallTrouble(error)) {
                case .withNewToken:
                    guard !hasRenewed, let token else { throw error }
                    hasRenewed = true
                    await tokens.forget(token)
                case .afterPause:
                    guard attempt < retry.attempts else { throw error }
                    let pause = retry.pause(
                        beforeRepetition: attempt, drawn: limits.draw(), retryAfter: error.retryAfter)
                    let elapsed = clock.now() - start
                    guard elapsed + pause < deadline, limits.budget.spend() else { throw error }
                    limits.notices.pausing(
                        pause, elapsed: elapsed, after: Failure(error, during: "a call of `\(base.host)`").summary)
                    try await clock.sleep(pause)
                    attempt += 1
                case .never:
                    throw error
                }
            }
        }
    }

    private func sendOnce(
        _ call: APICall, to base: BaseURL, token: String?, timeout: Duration
    ) async throws(GoogleError) -> HTTPResponse {
        var headers = call.headers
        if let token {
            guard base.keepsSecrets else { throw .secretInTheClear(host: base.host) }
            headers.append("Authorization", "Bearer \(token)")
            if !base.isLoopback, let project = await tokens.quotaProject {
                headers.append("X-Goog-User-Project", project)
            }
        }
        var request = HTTPRequest(
            call.method, call.url, headers: headers, body: call.body, timeout: timeout,
            maximumBodyBytes: call.maximumBodyBytes)
        request.acceptsCompression = call.acceptsCompression
        let response: HTTPResponse
        do {
            response = try await transport(request)
        } catch {
            throw .transport(error, isWrite: call.isWrite)
        }
        // A status first, a body second: what a proxy answers is rarely JSON.
        guard (200..<300).contains(response.status) || call.accepts.contains(response.status) else {
            let secrets = token.map { [Secret($0)] } ?? []
            throw .status(GoogleStatus(response: response, isWrite: call.isWrite, secrets: secrets))
        }
        return response
    }
}
