import Testing

@testable import Transport

/// HTTP/2 that is known beforehand, what follows a body, and answers that go on.
@Suite(.timeLimit(.minutes(1))) struct HTTP2Tests {
    private static let head = HTTP2ScriptServer.Action.headers([
        (":status", "200"), ("content-type", "application/grpc"),
    ])

    private func request(_ server: HTTP2ScriptServer, timeout: Duration = .seconds(10)) -> HTTPRequest {
        var request = HTTPRequest(
            "POST", "http://127.0.0.1:\(server.port)/pack.Service/Call",
            headers: HTTPHeaders([.init("TE", "trailers"), .init("grpc-timeout", "1S")]), body: [0, 0, 0, 0, 0],
            timeout: timeout)
        request.requiresHTTP2 = true
        return request
    }

    @Test func `without TLS, with body, metadata and trailers`() async throws {
        let server = try await HTTP2ScriptServer.start { _ in
            [Self.head, .data([1, 2, 3]), .headers([("grpc-status", "0"), ("more", "x")], end: true)]
        }
        let client = HTTPClient(network: NetworkSettings(environment: [:]))
        let response = try await client.send(request(server))
        #expect(response.version == "2" && response.status == 200 && response.body == [1, 2, 3])
        #expect(response.headers["content-type"] == "application/grpc")
        #expect(response.headers["grpc-status"] == nil)
        #expect(response.trailers["grpc-status"] == "0" && response.trailers["more"] == "x")
        let asked = try #require(server.requests.first)
        #expect(asked.body == [0, 0, 0, 0, 0])
        #expect(asked.headers["te"] == "trailers" && asked.headers[":path"] == "/pack.Service/Call")
        _ = try await client.send(request(server))
        #expect(server.connections == 2, "each on a connection of its own")
    }

    @Test func `trailers alone`() async throws {
        let server = try await HTTP2ScriptServer.start { _ in
            [.headers([(":status", "200"), ("grpc-status", "12")], end: true)]
        }
        let response = try await HTTPClient(network: NetworkSettings(environment: [:])).send(request(server))
        #expect(response.headers["grpc-status"] == "12" && response.trailers.fields.isEmpty)
    }

    @Test(
        arguments: [[.goAway, .close], [head, .data([1]), .reset], [head, .data([1]), .close]]
            as [[HTTP2ScriptServer.Action]])
    func `an answer that breaks off is none`(_ actions: [HTTP2ScriptServer.Action]) async throws {
        let server = try await HTTP2ScriptServer.start { _ in actions }
        await #expect {
            try await HTTPClient(network: NetworkSettings(environment: [:])).send(request(server))
        } throws: { error in
            if case .connectionLost? = error as? TransportError { true } else { false }
        }
    }

    @Test func `a server that speaks HTTP/1.1 alone is an error`() async throws {
        let server = try await LoopbackServer.start { _ in
            [.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"), .close]
        }
        var request = HTTPRequest("POST", "http://127.0.0.1:\(server.port)/", body: [0])
        request.requiresHTTP2 = true
        await #expect(throws: TransportError.self) {
            try await HTTPClient(network: NetworkSettings(environment: [:])).send(request)
        }
    }

    @Test func `a stream that goes on is an answer when the time is over, and at once when it is enough`() async throws
    {
        let server = try await HTTP2ScriptServer.start { _ in [Self.head, .data([9, 9]), .data([0, 1])] }
        let client = HTTPClient(network: NetworkSettings(environment: [:]))
        await #expect(throws: TransportError.timedOut(sent: true)) {
            try await client.send(request(server, timeout: .milliseconds(300)))
        }
        var open = request(server, timeout: .milliseconds(300))
        open.isOpenEnded = true
        let cut = try await client.send(open)
        #expect(cut.isCut && cut.status == 200 && cut.body == [9, 9, 0, 1])
        open.timeout = .seconds(30)
        open.enough = [[7], [0, 1]]
        let began = ContinuousClock.now
        let enough = try await client.send(open)
        #expect(!enough.isCut && enough.body == [9, 9, 0, 1])
        #expect(began.duration(to: .now) < .seconds(10))
    }

    @Test func `trailers of HTTP/1.1 stand apart as well`() async throws {
        let server = try await LoopbackServer.start { _ in
            [
                .send(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nA: 1\r\n\r\n2\r\nok\r\n0\r\nA: 2\r\nB: 3\r\n\r\n")
            ]
        }
        let response = try await HTTPClient(network: NetworkSettings(environment: [:])).send(
            HTTPRequest("GET", "http://127.0.0.1:\(server.port)/"))
        #expect(response.headers["a"] == "1" && response.headers["b"] == nil)
        #expect(response.trailers["a"] == "2" && response.trailers["b"] == "3")
    }

    @Test(.enabled(if: TestCertificates.isAvailable, "needs openssl to make certificates"))
    func `the certificate comes with the answer, over connections that are used again, too`() async throws {
        let certificates = try await TestCertificates.make()
        let tls = try certificates.server(.good, protocols: ["h2"])
        let server = try await HTTP2ScriptServer.start(tls: tls) { _ in [.headers([(":status", "204")], end: true)] }
        let client = HTTPClient(network: certificates.trusting)
        var request = HTTPRequest("GET", "https://localhost:\(server.port)/")
        #expect(try await client.send(request).certificate == nil)
        request.wantsCertificate = true
        // Not over the connection that nobody asked the certificate of.
        let other = HTTPClient(network: certificates.trusting)
        let responses = try await withThrowingTaskGroup(of: HTTPResponse.self) { group in
            for _ in 0..<10 { group.addTask { [request] in try await other.send(request) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(responses.contains { $0.reusedConnection })
        #expect(Set(responses.map(\.certificate)).count == 1)
        #expect(responses.first?.certificate?.contains("BEGIN CERTIFICATE") == true)
        let plain = try await LoopbackServer.start { _ in [.send("HTTP/1.1 204 No Content\r\n\r\n")] }
        var clear = HTTPRequest("GET", "http://127.0.0.1:\(plain.port)/")
        clear.wantsCertificate = true
        #expect(try await client.send(clear).certificate == nil)
    }
}
