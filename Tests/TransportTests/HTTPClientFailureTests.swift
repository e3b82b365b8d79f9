import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(1)))
struct HTTPClientFailureTests {
    private func failure(_ request: HTTPRequest) async -> TransportError? {
        do throws(TransportError) {
            _ = try await HTTPClient().send(request)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        HTTPRequest("GET", "ftp://127.0.0.1/"), HTTPRequest("GET", "file:///etc/passwd"), HTTPRequest("GET", ""),
        HTTPRequest("GET", "http://a b/"), HTTPRequest("GET", "http://h/\r\nX: y"), HTTPRequest("GET", "http://h/\0"),
        HTTPRequest("G T", "http://127.0.0.1/"), HTTPRequest("", "http://127.0.0.1/"),
        HTTPRequest("GET", "http://127.0.0.1/", headers: .init([.init("X", "a\r\nY: b")])),
        HTTPRequest("GET", "http://127.0.0.1/", headers: .init([.init("X Y", "a")])),
        HTTPRequest("GET", "http://127.0.0.1/", unixSocket: String(repeating: "x", count: 5000)),
    ])
    func `a request that cannot be sent is refused before anything happens`(request: HTTPRequest) async {
        switch await failure(request) {
        case .invalidRequest: break
        case let other: Issue.record("\(String(describing: other))")
        }
    }

    @Test func `a port that nobody listens on`() async throws {
        guard case .couldNotConnect(let reason) = await failure(HTTPRequest("GET", "http://127.0.0.1:1/")) else {
            Issue.record("the request did not fail to connect")
            return
        }
        #expect(reason.contains("connect"))
    }

    @Test func `a name that does not exist`() async {
        let error = await failure(HTTPRequest("GET", "http://no-such-host.invalid/"))
        #expect(error == .couldNotResolve(host: "no-such-host.invalid"))
    }

    @Test func `a server that never answers`() async throws {
        let server = try await LoopbackServer.start { _ in [] }
        let error = await failure(HTTPRequest("GET", server.url, timeout: .milliseconds(100)))
        #expect(error == .timedOut(sent: true))
    }

    @Test func `a server that closes without an answer`() async throws {
        let server = try await LoopbackServer.start { _ in [.close] }
        await expectLost(HTTPRequest("GET", server.url))
    }

    @Test func `a reset in the middle of the body`() async throws {
        let server = try await LoopbackServer.start { _ in
            [.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), .reset]
        }
        await expectLost(HTTPRequest("GET", server.url))
    }

    @Test func `a truncated body is no body`() async throws {
        let server = try await LoopbackServer.start { _ in
            [.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), .close]
        }
        await expectLost(HTTPRequest("GET", server.url))
    }

    @Test func `a truncated chunked body is no body`() async throws {
        let server = try await LoopbackServer.start { _ in
            [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"), .close]
        }
        await expectLost(HTTPRequest("GET", server.url))
    }

    @Test func `an answer that is not HTTP`() async throws {
        let server = try await LoopbackServer.start { _ in [.send("SSH-2.0-OpenSSH_9.2\r\n"), .close] }
        await expectLost(HTTPRequest("GET", server.url))
    }

    @Test func `a flood of headers ends the exchange`() async throws {
        let line = "X-Flood: " + String(repeating: "x", count: 1000) + "\r\n"
        let server = try await LoopbackServer.start { _ in
            [.send("HTTP/1.1 200 OK\r\n" + String(repeating: line, count: 2000))]
        }
        #expect(await failure(HTTPRequest("GET", server.url)) == .headerTooLarge(limit: 262_144))
    }

    @Test func `a body one byte over the limit ends the exchange, one at the limit does not`() async throws {
        let body = String(repeating: "b", count: 300_000)
        let server = try await LoopbackServer.start { _ in HTTPClientTests.ok(body) }
        #expect(
            await failure(HTTPRequest("GET", server.url, maximumBodyBytes: 299_999)) == .bodyTooLarge(limit: 299_999))
        let response = try await HTTPClient().send(HTTPRequest("GET", server.url, maximumBodyBytes: 300_000))
        #expect(response.body.count == 300_000)
    }

    @Test func `cancelling the task ends the exchange and the connection`() async throws {
        let server = try await LoopbackServer.start { _ in [] }
        let client = HTTPClient()
        let request = HTTPRequest("GET", server.url)
        let task = Task { try await client.send(request) }
        #expect(await eventually { server.requests.count == 1 })
        let start = ContinuousClock.now
        task.cancel()
        await #expect(throws: TransportError.cancelled) { try await task.value }
        // Far from the request's own 30 s, and far from what a busy machine needs.
        #expect(ContinuousClock.now - start < .seconds(15))
        #expect(await eventually { server.openConnections == 0 })
    }

    @Test func `a cancelled task sends nothing`() async throws {
        let server = try await LoopbackServer.start { _ in HTTPClientTests.ok("") }
        let request = HTTPRequest("GET", server.url)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await HTTPClient().send(request)
        }
        await #expect(throws: TransportError.cancelled) { try await task.value }
        #expect(server.requests.isEmpty)
    }

    /// The second request on a connection is read and then dropped, as by a server that dies while it acts on it.
    @Test(arguments: [("POST", [UInt8]("{}".utf8)), ("POST", []), ("PATCH", [UInt8]("{}".utf8))])
    func `a POST or PATCH is never sent twice`(method: String, body: [UInt8]) async throws {
        let server = try await LoopbackServer.start { request in
            request.head.hasPrefix("GET") ? HTTPClientTests.ok("") : [.close]
        }
        let client = HTTPClient()
        _ = try await client.send(HTTPRequest("GET", server.url))
        await #expect(throws: TransportError.self) {
            try await client.send(HTTPRequest(method, server.url, body: body))
        }
        #expect(server.requests.count { $0.head.hasPrefix(method) } == 1)
    }

    @Test func `a client that is let go ends its connections`() async throws {
        let server = try await LoopbackServer.start { _ in HTTPClientTests.ok("") }
        _ = try await HTTPClient().send(HTTPRequest("GET", server.url))
        #expect(await eventually { server.openConnections == 0 })
    }

    private func expectLost(_ request: HTTPRequest, sourceLocation: SourceLocation = #_sourceLocation) async {
        let error = await failure(request)
        guard case .connectionLost = error else {
            Issue.record("\(String(describing: error))", sourceLocation: sourceLocation)
            return
        }
    }
}
