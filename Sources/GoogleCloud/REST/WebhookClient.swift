package import JSON
package import Releases
package import Transport

/// Tells somebody else's server about a release: a POST of JSON, repeated as a read is (``RetryRule``). To be told twice
/// does less harm than to be told never, and whoever minds knows a delivery by its number.
///
/// Nothing of the URL but its host is in any message: whoever has it may post there.
package struct WebhookClient: Sendable {
    private let rest: RESTClient

    /// The same for every attempt of one delivery.
    private static let deliveryHeader = "X-Stagectl-Delivery"

    /// - Parameter patience: for all attempts together, pauses included.
    package init(patience: Duration, http: HTTPClient) {
        self.init(
            rest: RESTClient(
                tokens: NoAccessTokens(),
                retry: RetryPolicy(attempts: 3, deadline: patience, readTimeout: patience, writeTimeout: patience),
                limits: .process
            ) { request throws(TransportError) in try await http.send(request) })
    }

    init(rest: RESTClient) { self.rest = rest }

    /// Throws `configuration` for what is no URL or would travel in the clear, `unavailable` where nobody answers,
    /// and what calls throw where the answer is not a success.
    package func post(_ document: JSONValue, to url: String, delivery: String) async throws(Failure) {
        guard let base = BaseURL(url) else {
            throw Failure(
                .configuration, "what the webhook's `url` refers to is not an http or https URL",
                hint: "set it to the whole URL: https://…")
        }
        guard base.keepsSecrets else {
            throw Failure(
                .configuration, "a webhook's URL is never sent in the clear to `\(base.host)`", hint: "use https")
        }
        var headers = HTTPHeaders()
        headers.append("Content-Type", "application/json; charset=utf-8")
        headers.append(Self.deliveryHeader, delivery)
        do {
            _ = try await rest.exchange(
                "POST", url, headers: headers, body: Array(document.serialized().utf8), timeout: rest.retry.readTimeout,
                isWrite: false, maximumBodyBytes: 1 << 20)
        } catch {
            throw failure(error, host: base.host)
        }
    }

    private func failure(_ error: any Error, host: String) -> Failure {
        guard let error = error as? GoogleError else {
            return error as? Failure ?? Failure(.interrupted, "telling `\(host)` was interrupted")
        }
        var failure = Failure(error, during: "telling `\(host)`")
        failure.hint = nil
        if case .status(let status) = error {
            // A receiver's words are nobody's who we know.
            failure.summary = "`\(host)` answered \(status.httpStatus)"
            failure.details = []
            if failure.category != .unavailable { failure.hint = "check what the webhook's `url` refers to" }
        }
        return failure
    }
}
