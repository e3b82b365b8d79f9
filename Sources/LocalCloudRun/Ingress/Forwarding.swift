import NIOHTTP1

import enum Transport.ConnectionFields

/// What changes in a head on its way through the ingress (RFC 9110 section 7.6.1, RFC 9112 section 6).
enum Forwarding {
    /// The head that the container gets.
    static func request(_ request: RequestHead, remoteAddress: String, traceparent: String) -> HTTPRequestHead {
        var headers = ConnectionFields.removed(from: request.head.headers)
        headers.remove(name: "x-serverless-authorization")
        // The ingress answers 100 Continue itself, once it is ready to pass the body on.
        headers.remove(name: "expect")
        headers.replaceOrAdd(name: "host", value: request.authority)

        let callers = headers["x-forwarded-for"] + [remoteAddress]
        headers.replaceOrAdd(name: "x-forwarded-for", value: callers.joined(separator: ", "))
        headers.replaceOrAdd(name: "x-forwarded-proto", value: "http")
        headers.replaceOrAdd(name: "x-forwarded-host", value: request.authority)
        headers.replaceOrAdd(name: "traceparent", value: traceparent)
        if !headers.contains(name: "x-cloud-trace-context"),
            let context = TraceContext.cloudTraceContext(of: traceparent)
        {
            headers.add(name: "x-cloud-trace-context", value: context)
        }

        if request.isChunked {
            headers.add(name: "transfer-encoding", value: "chunked")
        } else if let length = request.contentLength {
            headers.replaceOrAdd(name: "content-length", value: String(length))
        }
        if request.isUpgrade {
            headers.add(name: "connection", value: "upgrade")
            for upgrade in request.head.headers["upgrade"] { headers.add(name: "upgrade", value: upgrade) }
        }
        return HTTPRequestHead(version: .http1_1, method: request.head.method, uri: request.target, headers: headers)
    }

    struct Response {
        var head: HTTPResponseHead
        /// The body ends where the connection ends: an HTTP/1.0 caller and no length.
        var endsWithConnection: Bool
    }

    /// The head that the caller gets.
    static func response(_ upstream: HTTPResponseHead, to request: RequestHead, keepAlive: Bool) -> Response {
        var headers = ConnectionFields.removed(from: upstream.headers)
        headers.replaceOrAdd(name: "server", value: "Google Frontend")
        let status = upstream.status
        let hasBody = request.head.method != .HEAD && status.mayHaveResponseBody && status != .notModified
        var endsWithConnection = false
        if status == .noContent { headers.remove(name: "content-length") }
        if hasBody, !request.isHTTP2, !headers.contains(name: "content-length") {
            if !request.isLegacy {
                headers.add(name: "transfer-encoding", value: "chunked")
            } else {
                endsWithConnection = true
            }
        }
        setConnection(in: &headers, for: request, keepAlive: keepAlive && !endsWithConnection)
        let head = HTTPResponseHead(version: request.head.version, status: status, headers: headers)
        return Response(head: head, endsWithConnection: endsWithConnection)
    }

    /// The head of an answer that changes the protocol; its connection fields are the point of it.
    static func switchingProtocols(_ upstream: HTTPResponseHead) -> HTTPResponseHead {
        var headers = ConnectionFields.removed(from: upstream.headers)
        headers.remove(name: "content-length")
        headers.add(name: "connection", value: "upgrade")
        for upgrade in upstream.headers["upgrade"] { headers.add(name: "upgrade", value: upgrade) }
        return HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: headers)
    }

    static func setConnection(in headers: inout HTTPHeaders, for request: RequestHead?, keepAlive: Bool) {
        if !keepAlive {
            headers.add(name: "connection", value: "close")
        } else if let request, request.isLegacy {
            headers.add(name: "connection", value: "keep-alive")
        }
    }
}
