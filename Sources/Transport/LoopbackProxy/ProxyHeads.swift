import NIOHTTP1

/// What changes in the heads of messages on their way through the proxy.
struct ProxyHeads: Sendable {
    var target: ProxyDestination
    /// The port of this machine that leads there.
    var port: Int
    /// Added to requests to the target that have none of that name.
    var added: Transport.HTTPHeaders

    static func isUpgrade(_ head: HTTPRequestHead) -> Bool {
        head.headers.contains(name: "upgrade")
            && head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
    }

    /// - Parameter path: as the request line has it.
    func request(_ head: HTTPRequestHead, to destination: ProxyDestination, path: String, isTarget: Bool)
        -> HTTPRequestHead
    {
        var headers = ConnectionFields.removed(from: head.headers)
        // The proxy answers 100 Continue itself.
        headers.remove(name: "expect")
        headers.replaceOrAdd(name: "host", value: destination.hostField)
        if isTarget {
            for field in added.fields where !headers.contains(name: field.name) {
                headers.add(name: field.name, value: field.value)
            }
        }
        if head.headers[canonicalForm: "transfer-encoding"].contains(where: { $0.lowercased() == "chunked" }) {
            headers.remove(name: "content-length")
            headers.add(name: "transfer-encoding", value: "chunked")
        }
        if Self.isUpgrade(head) {
            headers.add(name: "connection", value: "upgrade")
            for value in head.headers["upgrade"] { headers.add(name: "upgrade", value: value) }
        }
        return HTTPRequestHead(version: .http1_1, method: head.method, uri: path, headers: headers)
    }

    struct Answer {
        var head: HTTPResponseHead
        /// The body ends where the connection ends.
        var endsWithConnection = false
    }

    /// - Parameter isTurned: the caller takes this machine for the target.
    func answer(_ upstream: HTTPResponseHead, to request: HTTPRequestHead, isTurned: Bool) -> Answer {
        var headers = ConnectionFields.removed(from: upstream.headers)
        let status = upstream.status
        if status == .switchingProtocols {
            headers.remove(name: "content-length")
            headers.add(name: "connection", value: "upgrade")
            for value in upstream.headers["upgrade"] { headers.add(name: "upgrade", value: value) }
            return Answer(head: HTTPResponseHead(version: .http1_1, status: status, headers: headers))
        }
        if isTurned { Self.turn(&headers, target, port) }
        var answer = Answer(head: HTTPResponseHead(version: request.version, status: status, headers: headers))
        let hasBody = request.method != .HEAD && status.mayHaveResponseBody && status != .notModified
        if hasBody, !headers.contains(name: "content-length") {
            if request.version != .http1_0 {
                answer.head.headers.add(name: "transfer-encoding", value: "chunked")
            } else {
                answer.endsWithConnection = true
            }
        }
        if answer.endsWithConnection || !request.isKeepAlive {
            answer.head.headers.add(name: "connection", value: "close")
        }
        return answer
    }

    /// What names the target names this machine: a caller that follows a redirect comes back, and keeps its cookies,
    /// which here are those of another host and of no secure connection.
    private static func turn(_ headers: inout NIOHTTP1.HTTPHeaders, _ target: ProxyDestination, _ port: Int) {
        if let location = headers.first(name: "location"), let parts = URLParts(location),
            let destination = ProxyDestination(url: location), destination.authority == target.authority
        {
            headers.replaceOrAdd(name: "location", value: "http://127.0.0.1:\(port)\(parts.target)")
        }
        let cookies = headers["set-cookie"]
        guard !cookies.isEmpty else { return }
        headers.remove(name: "set-cookie")
        for cookie in cookies {
            let kept = cookie.split(separator: ";", omittingEmptySubsequences: false).filter { part in
                let name = part.drop { $0 == " " }.prefix { $0 != "=" }.lowercased()
                return name != "domain" && name != "secure"
            }
            headers.add(name: "set-cookie", value: kept.joined(separator: ";"))
        }
    }
}
