import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(1)))
struct WebSocketRefusalTests {
    private func failure(
        _ url: String, headers: HTTPHeaders = .init(), timeout: Duration = .seconds(5)
    ) async -> WebSocketError? {
        do throws(WebSocketError) {
            _ = try await WebSocketClient.connect(WebSocketRequest(url, headers: headers, connectTimeout: timeout))
            return nil
        } catch {
            return error
        }
    }

    private func failure(_ actions: [LoopbackServer.Action], timeout: Duration = .seconds(5)) async throws
        -> WebSocketError?
    {
        let server = try await LoopbackServer.start { _ in actions }
        let error = await failure("ws://127.0.0.1:\(server.port)/", timeout: timeout)
        #expect(await eventually { server.openConnections == 0 })
        return error
    }

    @Test(arguments: [true, false])
    func `a refusal is seen in full, with a length or until the end`(hasLength: Bool) async throws {
        let length = hasLength ? "Content-Length: 9\r\n" : ""
        let error = try await failure(
            [.send("HTTP/1.1 403 Forbidden\r\nX-Reason: token\r\n\(length)\r\nforbidden")] + (hasLength ? [] : [.close])
        )
        guard case .refused(403, let headers, let body) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(headers["x-reason"] == "token")
        #expect(body == Array("forbidden".utf8))
    }

    @Test func `a refusal that never ends is what has come of it`() async throws {
        let error = try await failure(
            [.send("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 99\r\n\r\nhalf")], timeout: .seconds(2))
        #expect(
            error == .refused(status: 503, headers: .init([.init("Content-Length", "99")]), body: Array("half".utf8)))
    }

    @Test func `a refusal's body is bounded`() async throws {
        let body = String(repeating: "x", count: 200_000)
        let error = try await failure([.send("HTTP/1.1 500 Oops\r\nContent-Length: 200000\r\n\r\n\(body)")])
        guard case .refused(500, _, let kept) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(kept.count == 64 << 10)
    }

    @Test func `a wrong accept key is a violation`() async throws {
        let error = try await failure([
            .send(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: AAAA\r\n\r\n")
        ])
        guard case .protocolViolation = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a 101 without its headers, or what is not HTTP, is a violation`() async throws {
        for answer in ["HTTP/1.1 101 Switching Protocols\r\n\r\n", "SSH-2.0-OpenSSH\r\n\r\n"] {
            let error = try await failure([.send(answer)])
            guard case .protocolViolation = error else {
                Issue.record("\(answer): \(String(describing: error))")
                continue
            }
        }
    }

    @Test func `a server that closes or says nothing`() async throws {
        let closed = try await failure([.close])
        #expect(closed == .couldNotConnect(reason: "the server closed the connection without an answer"))
        #expect(try await failure([], timeout: .milliseconds(100)) == .timedOut)
    }

    @Test func `a port that nobody listens on`() async {
        #expect(await failure("ws://127.0.0.1:1/") == .couldNotConnect(reason: "connection refused"))
    }

    @Test(arguments: ["http://127.0.0.1/", "ws://", "", "ws://a b/", "ws://user:pass@127.0.0.1/", "ws://h/\r\nX: y"])
    func `what is not a WebSocket URL is refused`(url: String) async {
        guard case .invalidURL = await failure(url) else {
            Issue.record("`\(url)` was taken")
            return
        }
    }

    @Test func `a header that would end early is refused`() async {
        guard case .invalidURL = await failure("ws://127.0.0.1:1/", headers: .init([.init("X", "a\r\nY: b")])) else {
            Issue.record("the header was taken")
            return
        }
    }

    @Test func `cancelling ends the attempt`() async throws {
        let server = try await LoopbackServer.start { _ in [] }
        let url = "ws://127.0.0.1:\(server.port)/"
        let task = Task { try await WebSocketClient.connect(WebSocketRequest(url, connectTimeout: .seconds(60))) }
        #expect(await eventually { server.requests.count == 1 })
        task.cancel()
        await #expect(throws: WebSocketError.cancelled) { try await task.value }
        #expect(await eventually { server.openConnections == 0 })
    }
}
