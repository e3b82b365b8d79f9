import Testing

@testable import Transport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite(.timeLimit(.minutes(1)))
struct HTTPClientTests {
    static func ok(_ body: String, extra: String = "") -> [LoopbackServer.Action] {
        [.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\(extra)\r\n\(body)")]
    }

    @Test func `a response comes back whole`() async throws {
        let server = try await LoopbackServer.start { _ in Self.ok("hello", extra: "X-One: 1\r\nx-one:  two \r\n") }
        let response = try await HTTPClient().send(HTTPRequest("GET", server.url + "/a?b=c"))
        #expect(response.status == 200)
        #expect(response.body == Array("hello".utf8))
        #expect(response.headers.fields.map(\.value) == ["5", "1", "two"])
        #expect(response.headers["x-ONE"] == "1")
        #expect(response.version == "1.1")
        #expect(response.remoteAddress == "127.0.0.1:\(server.port)")
        #expect(!response.reusedConnection)
        #expect(response.timings.total >= response.timings.firstByte && response.timings.firstByte > 0)
        let head = try #require(server.requests.first?.head)
        #expect(head.hasPrefix("GET /a?b=c HTTP/1.1\r\n"))
        #expect(!head.lowercased().contains("expect:") && !head.lowercased().contains("content-type:"))
    }

    @Test func `a connection is used again`() async throws {
        let server = try await LoopbackServer.start { _ in Self.ok("") }
        let client = HTTPClient()
        for _ in 0..<5 { _ = try await client.send(HTTPRequest("GET", server.url)) }
        let last = try await client.send(HTTPRequest("POST", server.url, body: [1, 2, 3]))
        #expect(last.reusedConnection)
        #expect(Set(server.requests.map(\.connection)) == [1])
    }

    @Test(arguments: ["POST", "PUT", "PATCH", "DELETE", "GET"])
    func `a body travels with every method that has one`(method: String) async throws {
        let server = try await LoopbackServer.start { _ in Self.ok("") }
        let body = [UInt8](repeating: 7, count: 200_000)
        _ = try await HTTPClient().send(
            HTTPRequest(
                method, server.url, headers: .init([.init("Content-Type", "x/y"), .init("X-Empty", "")]), body: body))
        let request = try #require(server.requests.first)
        #expect(request.head.hasPrefix("\(method) / HTTP/1.1"))
        #expect(request.body == body)
        #expect(request.header("Content-Type") == "x/y")
        #expect(request.head.contains("\r\nX-Empty:"))
    }

    @Test(arguments: ["POST", "PUT", "PATCH"])
    func `no body is an empty one where the method needs one`(method: String) async throws {
        let server = try await LoopbackServer.start { _ in Self.ok("") }
        let response = try await HTTPClient().send(HTTPRequest(method, server.url))
        #expect(response.status == 200)
        #expect(server.requests.first?.header("Content-Length") == "0")
    }

    @Test func `HEAD has no body whatever its length says`() async throws {
        let server = try await LoopbackServer.start { _ in
            [.send("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")]
        }
        let response = try await HTTPClient().send(HTTPRequest("HEAD", server.url, maximumBodyBytes: 10))
        #expect(response.headers["content-length"] == "99999999")
        #expect(response.body.isEmpty)
    }

    @Test(arguments: ["svc.localhost", "tag---svc.localhost", "localhost"])
    func `names below localhost are this machine`(host: String) async throws {
        let server = try await LoopbackServer.start { _ in Self.ok("") }
        let response = try await HTTPClient().send(HTTPRequest("GET", "http://\(host):\(server.port)/"))
        #expect(response.status == 200)
        #expect(server.requests.first?.header("Host") == "\(host):\(server.port)")
    }

    @Test func `a redirect is an answer, with its absolute target`() async throws {
        let server = try await LoopbackServer.start { _ in
            [.send("HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n")]
        }
        let response = try await HTTPClient().send(HTTPRequest("GET", server.url + "/first"))
        #expect(response.status == 302)
        #expect(response.redirectTarget == server.url + "/next")
        #expect(server.requests.count == 1)
    }

    @Test func `only the final response's fields count`() async throws {
        let server = try await LoopbackServer.start { _ in
            [.send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")] + Self.ok("", extra: "X-Fold: a\r\n b\r\n")
        }
        let response = try await HTTPClient().send(HTTPRequest("GET", server.url))
        #expect(response.status == 200)
        #expect(response.headers["Link"] == nil)
        #expect(response.headers["X-Fold"] == "a b")
    }

    @Test func `a Unix socket takes the place of the host`() async throws {
        let path = "/tmp/stagectl-test-\(UInt32.random(in: 0 ... .max)).sock"
        let server = try await LoopbackServer.start(unixSocket: path) { _ in Self.ok("from the socket") }
        defer { unlinkFile(path) }
        let response = try await HTTPClient().send(HTTPRequest("GET", "http://docker/v1.41/info", unixSocket: path))
        #expect(response.body == Array("from the socket".utf8))
        #expect(server.requests.first?.header("Host") == "docker")
        #expect(response.remoteAddress == nil)
    }

    @Test func `many requests at once each get their own answer`() async throws {
        let server = try await LoopbackServer.start { request in
            Self.ok(String(request.head.split(separator: " ")[1]))
        }
        let client = HTTPClient()
        let url = server.url
        let bodies = try await withThrowingTaskGroup(of: (Int, String).self) { group in
            for number in 0..<200 {
                group.addTask {
                    let response = try await client.send(HTTPRequest("GET", "\(url)/\(number)"))
                    return (number, String(decoding: response.body, as: UTF8.self))
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        #expect(bodies == Dictionary(uniqueKeysWithValues: (0..<200).map { ($0, "/\($0)") }))
    }
}

private func unlinkFile(_ path: String) { _ = unlink(path) }
