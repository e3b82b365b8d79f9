import NIOHTTP1

/// A request that another service answers on behalf of this one.
struct ProxiedRequest: Sendable {
    enum Service: String, CaseIterable, Sendable { case auth, backend }

    /// Those of one connection alone (RFC 9110 section 7.6.1), and those that are written anew.
    private static let own: Set<String> = [
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade", "host", "content-length", "traceparent", "x-forwarded-for",
        "x-forwarded-host", "cookie2", "accept-encoding",
    ]
    private static let longestMilliseconds = 5000

    let service: Service
    let target: String
    let request: Request
    /// What is made of the answer.
    let finish: @Sendable (Response) -> Response

    init(
        service: Service, target: String, request: Request, finish: @escaping @Sendable (Response) -> Response
    ) {
        self.service = service
        self.target = target
        self.request = request
        self.finish = finish
    }

    /// A question about an answer needs the answer: its length goes back.
    var method: HTTPMethod { request.method == .HEAD ? .GET : request.method }

    /// Path and query.
    var uri: String { request.queryText.isEmpty ? target : target + "?" + request.queryText }

    /// A client that waits no longer than this says so.
    var timeoutMilliseconds: Int {
        let wish = request.headers.first(name: "x-request-timeout-ms").flatMap { Int($0) } ?? Self.longestMilliseconds
        return min(max(wish, 1), Self.longestMilliseconds)
    }

    var headers: HTTPHeaders {
        let named = request.headers[canonicalForm: "connection"].map { $0.lowercased() }
        var headers = HTTPHeaders(
            request.headers.filter { name, _ in
                !Self.own.contains(name.lowercased()) && !named.contains(name.lowercased())
            })
        headers.add(name: "x-forwarded-for", value: request.client)
        headers.add(name: "x-forwarded-host", value: request.headers.first(name: "host") ?? "")
        headers.add(name: "via", value: "1.1 sample-frontend")
        headers.add(name: "traceparent", value: TraceParent(request.headers.first(name: "traceparent")).next)
        if !request.body.isEmpty { headers.add(name: "content-length", value: String(request.body.count)) }
        if !request.mutationNames.isEmpty {
            headers.replaceOrAdd(name: MutationSwitch.header, value: request.mutationNames.joined(separator: ","))
        }
        return headers
    }

    /// The answer as this service's own: without what belongs to that connection or is this service's to say.
    func response(_ result: Result<UpstreamClient.Answer, any Error>) -> Response {
        switch result {
        case .success(let answer):
            let kept = ["location", "set-cookie", "etag", "retry-after", "www-authenticate", "allow", "pragma"]
            var response = Response(
                status: HTTPResponseStatus(statusCode: answer.status),
                contentType: answer.headers.first(name: "content-type") ?? "application/octet-stream",
                body: answer.body)
            for (name, value) in answer.headers where kept.contains(name.lowercased()) {
                response = response.with(header: name, value)
            }
            if let policy = answer.headers.first(name: "cache-control") {
                response = response.with(header: "cache-control", policy)
            }
            // A server's own words about its failure are for its log, not for whoever asked.
            if answer.status >= 500 {
                Log.error("\(service) answered \(answer.status)")
                response.contentType = "application/json"
                response.body = Response.error(response.status, "\(service) failed").body
            }
            return finish(response.with(header: "x-answered-by", answer.revision ?? service.rawValue))
        case .failure(let error):
            Log.error("\(service) is not reachable: \(error)")
            if case UpstreamClient.Failure.timedOut = error {
                return finish(.error(.gatewayTimeout, "\(service) did not answer in time"))
            }
            return finish(.error(.badGateway, "\(service) is not reachable"))
        }
    }
}
