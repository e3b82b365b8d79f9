import JSON
import Transport

/// JSON over HTTP as Google's APIs speak it: bearer token, `google.rpc.Status` errors, bodies of bounded size.
struct RESTClient: Sendable {
    /// How one request is sent.
    typealias Exchange = @Sendable (HTTPRequest) async throws(TransportError) -> HTTPResponse

    private var transport: Exchange
    var tokens: any AccessTokens
    var retry: RetryPolicy

    init(tokens: any AccessTokens, retry: RetryPolicy, exchange: @escaping Exchange) {
        transport = exchange
        self.tokens = tokens
        self.retry = retry
    }

    /// Asks for something. Also by POST, where the method says only "look": nothing changes however often it is sent,
    /// so a lost reply or a busy server is answered by asking again.
    func read(
        _ url: String, method: String = "GET", body: JSONValue? = nil, timeout: Duration = .seconds(30)
    ) async throws -> JSONValue {
        let start = ContinuousClock.now
        var attempt = 1
        while true {
            do {
                let left = retry.deadline - (ContinuousClock.now - start)
                return try await send(method, url, body: body, timeout: min(timeout, left), isWrite: false)
            } catch let error as GoogleError where retry.isTransient(error) && attempt < retry.attempts {
                let ceiling = retry.ceiling(beforeRepetition: attempt)
                let drawn = ceiling * Double.random(in: 0...1)
                // A server that says how long to wait is believed, within reason.
                let pause = min(max(drawn, error.retryAfter ?? .zero), retry.longestDelay)
                guard ContinuousClock.now - start + pause < retry.deadline else { throw error }
                try await Task.sleep(for: pause)
                attempt += 1
            }
        }
    }

    /// Changes something: sent exactly once, as a second one could undo what happened in between.
    func write(
        _ method: String, _ url: String, body: JSONValue, timeout: Duration = .seconds(60)
    ) async throws -> JSONValue {
        try await send(method, url, body: body, timeout: timeout, isWrite: true)
    }

    /// One exchange whose answer is wanted as it came (`Location` and `Range` of an upload, a body that is no JSON):
    /// authorised like any other, sent exactly once, and with failing statuses lifted to errors.
    ///
    /// - Parameters:
    ///   - isWrite: it may change something, so that a lost answer is a doubt and not just a failure.
    ///   - accepts: statuses besides 200…299 that are answers too, as 308 is in a resumable upload.
    /// - Throws: ``GoogleError``, and what the credentials throw.
    func exchange(
        _ method: String, _ url: String, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8]? = nil,
        timeout: Duration = .seconds(60), isWrite: Bool, accepts: Set<Int> = [], maximumBodyBytes: Int = 16 << 20
    ) async throws -> HTTPResponse {
        var headers = headers
        guard let base = BaseURL(url) else { throw GoogleError.invalidEndpoint(url) }
        if let token = try await tokens.token() {
            guard base.keepsSecrets else { throw GoogleError.secretInTheClear(host: base.host) }
            headers.append("Authorization", "Bearer \(token)")
        }
        let request = HTTPRequest(
            method, url, headers: headers, body: body, timeout: timeout, maximumBodyBytes: maximumBodyBytes)
        let response: HTTPResponse
        do {
            response = try await transport(request)
        } catch {
            throw GoogleError.transport(error, isWrite: isWrite)
        }
        // A status first, a body second: what a proxy answers is rarely JSON.
        guard (200..<300).contains(response.status) || accepts.contains(response.status) else {
            throw GoogleError.status(GoogleStatus(response: response, isWrite: isWrite))
        }
        return response
    }

    private func send(
        _ method: String, _ url: String, body: JSONValue?, timeout: Duration, isWrite: Bool
    ) async throws -> JSONValue {
        var headers = HTTPHeaders()
        headers.append("Accept", "application/json")
        var bytes: [UInt8]?
        if let body {
            headers.append("Content-Type", "application/json; charset=utf-8")
            bytes = Array(body.serialized().utf8)
        }
        let response = try await exchange(
            method, url, headers: headers, body: bytes, timeout: timeout, isWrite: isWrite)
        if response.body.isEmpty { return .object([:]) }
        do {
            return try JSONValue(parsing: response.body)
        } catch {
            throw GoogleError.unreadable(what: "the answer to \(method) \(url)", reason: error.reason, isWrite: isWrite)
        }
    }
}
