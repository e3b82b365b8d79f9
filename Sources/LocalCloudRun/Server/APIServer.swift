import JSON
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// HTTP/1.1 in front of the control plane, on the loopback only.
struct APIServer: Sendable {
    typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>
    typealias Listener = NIOAsyncChannel<Connection, Never>

    static let bodyLimit = 32 << 20

    var handle: @Sendable (APIRequest) async -> APIResponse

    /// Listens on 127.0.0.1, and on ::1 where the machine has it; port 0 takes a free one.
    static func listen(port: Int) async throws(LocalServerError) -> (listeners: [Listener], port: Int) {
        let first = try await bind(host: "127.0.0.1", port: port)
        let bound = first.channel.localAddress?.port ?? port
        do {
            return ([first, try await bind(host: "::1", port: bound)], bound)
        } catch {
            if case .portTaken = error {
                try? await first.channel.close()
                throw error
            }
            return ([first], bound)
        }
    }

    private static func bind(host: String, port: Int) async throws(LocalServerError) -> Listener {
        do {
            return try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.backlog, value: 256)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .bind(host: host, port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                        return try Connection(wrappingChannelSynchronously: channel)
                    }
                }
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw .portTaken(port)
        } catch {
            throw .couldNotListen(port: port, reason: "\(error)")
        }
    }

    /// Serves until it is cancelled.
    func run(_ listeners: [Listener]) async {
        await withDiscardingTaskGroup { group in
            for listener in listeners {
                group.addTask {
                    // Ends with an error when it is cancelled, which is how it is meant to end.
                    try? await listener.executeThenClose { connections in
                        await withDiscardingTaskGroup { group in
                            do {
                                for try await connection in connections {
                                    group.addTask { await serve(connection) }
                                }
                            } catch {
                                group.cancelAll()
                            }
                        }
                    }
                }
            }
        }
    }

    private func serve(_ connection: Connection) async {
        // A client that goes away ends its connection, nothing else.
        try? await connection.executeThenClose { inbound, outbound in
            var head: HTTPRequestHead?
            var body: [UInt8] = []
            for try await part in inbound {
                switch part {
                case .head(let received):
                    head = received
                    body = []
                    if received.headers.first(name: "expect")?.lowercased() == "100-continue" {
                        try await outbound.write(.head(HTTPResponseHead(version: .http1_1, status: .continue)))
                    }
                case .body(let bytes):
                    guard body.count + bytes.readableBytes <= Self.bodyLimit else {
                        try await write(
                            APIResponse(
                                status: 413,
                                body: [
                                    "error": [
                                        "code": 413, "message": "The request is too large.",
                                        "status": "INVALID_ARGUMENT",
                                    ]
                                ]),
                            keepAlive: false, to: outbound)
                        return
                    }
                    body += Array(bytes.readableBytesView)
                case .end:
                    guard let received = head else { return }
                    head = nil
                    let response = await answer(received, body)
                    body = []
                    if response.isReset {
                        // Nothing can be told to a caller that is cut off, nor does it matter whether it left before.
                        try? await connection.channel.reset().get()
                        return
                    }
                    try await write(
                        response, keepAlive: received.isKeepAlive, hasBody: received.method != .HEAD, to: outbound)
                    guard received.isKeepAlive else { return }
                }
            }
        }
    }

    private func answer(_ head: HTTPRequestHead, _ body: [UInt8]) async -> APIResponse {
        // A web page must not drive this server: neither through a name that it made point to 127.0.0.1, nor directly.
        guard Self.isLoopback(host: head.headers.first(name: "host") ?? ""), head.headers["origin"].isEmpty else {
            return APIError(.permissionDenied, "Only programs on this machine may call this API.").response
        }
        do throws(RequestTarget.Refusal) {
            let target = try RequestTarget(head.uri)
            return await handle(
                APIRequest(method: head.method.rawValue, path: target.path, query: target.query, body: body))
        } catch {
            return APIError(.invalidArgument, error.message).response
        }
    }

    private func write(
        _ response: APIResponse, keepAlive: Bool, hasBody: Bool = true,
        to outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    ) async throws {
        let body = ByteBuffer(string: response.page?.text ?? response.body.serialized())
        var headers: HTTPHeaders = [
            "content-type": response.page?.type ?? "application/json; charset=UTF-8",
            "content-length": String(body.readableBytes),
        ]
        for (name, value) in response.headers.sorted(by: { $0.key < $1.key }) { headers.add(name: name, value: value) }
        if !keepAlive { headers.add(name: "connection", value: "close") }
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: response.status), headers: headers)
        var parts: [HTTPServerResponsePart] = [.head(head)]
        // A body after the head of an answer to HEAD would be read as the next answer.
        if hasBody { parts.append(.body(.byteBuffer(body))) }
        try await outbound.write(contentsOf: parts + [.end(nil)])
    }

    static func isLoopback(host: String) -> Bool {
        let name = Routes.hostName(of: host)
        return name == "localhost" || name.hasSuffix(".localhost") || name == "127.0.0.1" || name == "::1"
    }
}
