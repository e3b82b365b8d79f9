import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(1)))
struct RedirectsTests {
    private func step(
        from: String = "https://a.example/", to target: String?, status: Int = 302, method: String = "GET",
        address: String? = "93.184.216.34:443", followed: Int = 0
    ) -> Redirects.Step {
        let headers = HTTPHeaders([
            .init("Accept", "text/plain"), .init("Authorization", "Bearer t"),
            .init("X-Serverless-Authorization", "Bearer s"), .init("X-Api-Key", "k"), .init("Cookie", "c"),
        ])
        let response = HTTPResponse(
            status: status, headers: .init(), body: [], remoteAddress: address, redirectTarget: target)
        return Redirects().step(
            after: HTTPRequest(method, from, headers: headers), response, followed: followed)
    }

    private func names(_ step: Redirects.Step) -> [String]? {
        if case .follow(let request) = step { request.headers.fields.map(\.name) } else { nil }
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `a redirect within the origin keeps every field`(status: Int) {
        #expect(names(step(to: "https://a.example/next", status: status))?.count == 5)
        #expect(names(step(to: "https://A.EXAMPLE:443/next", status: status))?.count == 5)
    }

    @Test(arguments: ["https://b.example/", "https://a.example:8443/", "https://a.example.evil.example/"])
    func `another origin gets nothing that could be a secret`(target: String) {
        #expect(names(step(to: target)) == ["Accept"])
    }

    @Test(arguments: [200, 204, 300, 304, 305, 401])
    func `other statuses are no redirect`(status: Int) {
        #expect(step(to: "https://a.example/next", status: status) == .end)
    }

    @Test(arguments: ["POST", "PUT", "PATCH", "DELETE"])
    func `a write is not sent to where it was not meant for`(method: String) {
        #expect(step(to: "https://a.example/next", method: method) == .end)
    }

    @Test(arguments: [
        "http://a.example/", "http://b.example/", "ftp://a.example/", "file:///etc/passwd", "https://u:p@a.example/",
        "https://u@b.example/",
        // The metadata servers, in every form that an address can be written in.
        "https://169.254.169.254/", "https://[fd00:ec2::254]/", "https://[::ffff:169.254.169.254]/",
        "https://[::ffff:a9fe:a9fe]/", "https://2852039166/", "https://0xa9fea9fe/", "https://0251.0376.0251.0376/",
        "https://0xa9.0xfe.0xa9.0xfe/", "https://169.16689662/", "https://[64:ff9b::a9fe:a9fe]/",
        "https://[2002:a9fe:a9fe::1]/", "https://[::a9fe:a9fe]/", "https://[fe80::1]/",
        "https://metadata.google.internal/", "https://metadata.google.internal./", "https://metadata/",
        // This machine, and networks behind it.
        "http://127.0.0.1/", "https://127.0.0.1/", "https://localhost/", "https://x.localhost/", "https://2130706433/",
        "https://0177.0.0.1/", "https://0x7f.1/", "https://127.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/",
        "https://0.0.0.0/", "https://[::]/", "https://10.0.0.1/", "https://172.31.0.1/", "https://192.168.1.1/",
        "https://100.64.0.1/", "https://[fc00::1]/", "https://[fec0::1]/", "https://224.0.0.1/",
        "https://255.255.255.255/", "https://198.18.0.1/",
    ])
    func `a redirect that is not safe is refused`(target: String) {
        guard case .refuse(let reason) = step(to: target) else {
            Issue.record("`\(target)` is followed")
            return
        }
        #expect(!reason.isEmpty)
    }

    @Test(arguments: [
        ("http://127.0.0.1:1/", "http://127.0.0.1:2/", "127.0.0.1:1", true),
        ("http://127.0.0.1:1/", "http://svc.localhost:2/", "127.0.0.1:1", true),
        ("http://localhost:1/", "https://10.0.0.1/", "[::1]:1", false),
        ("http://localhost:1/", "https://169.254.169.254/", "[::1]:1", false),
        ("https://internal.example/", "https://10.0.0.1/", "10.9.9.9:443", true),
        ("https://internal.example/", "https://127.0.0.1/", "10.9.9.9:443", false),
        ("https://a.example/", "https://172.32.0.1/", "93.184.216.34:443", true),
        ("https://a.example/", "https://100.128.0.1/", "93.184.216.34:443", true),
        ("https://a.example/", "https://[2606:4700::1]/", "93.184.216.34:443", true),
    ])
    func `an address of a closed network is for an origin in it`(
        from: String, to target: String, address: String, isFollowed: Bool
    ) {
        let step = step(from: from, to: target, address: address)
        if case .follow = step { #expect(isFollowed) } else { #expect(!isFollowed, "\(step)") }
    }

    @Test func `five in a row are followed, and no more`() async throws {
        let server = try await LoopbackServer.start { request in
            let number = Int(request.head.split(separator: " ")[1].dropFirst()) ?? 0
            return [
                .send("HTTP/1.1 302 X\r\nLocation: /\(number + 1)\r\nContent-Length: 0\r\n\r\n")
            ]
        }
        await #expect(throws: TransportError.redirectRefused(reason: "more than 5 redirects in a row")) {
            try await HTTPClient().send(HTTPRequest("GET", server.url + "/0"), following: Redirects())
        }
        #expect(server.requests.count == 6)
    }

    @Test func `secrets stay with the server that they are for`() async throws {
        let other = try await LoopbackServer.start { _ in HTTPClientTests.ok("there") }
        let (port, first) = (other.port, [HTTPHeaders.Field("X-Serverless-Authorization", "Bearer s")])
        let server = try await LoopbackServer.start { request in
            request.head.hasPrefix("GET /same")
                ? [.send("HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:\(port)/\r\nContent-Length: 0\r\n\r\n")]
                : [.send("HTTP/1.1 307 X\r\nLocation: /same\r\nContent-Length: 0\r\n\r\n")]
        }
        let response = try await HTTPClient().send(
            HTTPRequest("GET", server.url + "/", headers: .init(first)), following: Redirects())
        #expect(response.body == Array("there".utf8))
        #expect(server.requests.map { $0.header("X-Serverless-Authorization") } == ["Bearer s", "Bearer s"])
        #expect(other.requests.map { $0.header("X-Serverless-Authorization") } == [nil])
    }

    /// A name that has another address by the time it is connected to.
    @Test func `what a name leads to is looked at before anything is sent`() async throws {
        let server = try await LoopbackServer.start { _ in HTTPClientTests.ok("secret") }
        var request = HTTPRequest("GET", server.url)
        request.allowedScopes = [.everywhere]
        await #expect(
            throws: TransportError.redirectRefused(
                reason: "a redirect leads into a network that its origin is not part of")
        ) { try await HTTPClient().send(request) }
        #expect(server.requests.isEmpty)
        request.allowedScopes = [.everywhere, .thisMachine]
        #expect(try await HTTPClient().send(request).status == 200)
    }
}
