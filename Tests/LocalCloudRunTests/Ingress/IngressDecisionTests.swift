import NIOHTTP1
import Testing

@testable import LocalCloudRun

@Suite("Ingress decisions")
struct IngressDecisionTests {
    @Test(
        arguments: [
            ("backend.localhost", "backend.localhost"), ("Backend.Localhost:8080", "backend.localhost"),
            ("backend.localhost.", "backend.localhost"), ("[::1]:8080", "::1"), ("127.0.0.1:80", "127.0.0.1"),
            ("", ""), ("[::1", "[::1"), (":80", ""),
        ])
    func `a host name is read out of its field`(authority: String, name: String) {
        #expect(Routes.hostName(of: authority) == name)
    }

    @Test func `every ticket falls on exactly its share`() {
        let route = Routes.Route(
            service: "s",
            targets: [
                .init(revision: "a", percent: 0), .init(revision: "b", percent: 1), .init(revision: "c", percent: 99),
            ], isPublic: true, timeoutSeconds: 1)
        let drawn = (0..<100).map { route.target(ticket: $0)?.revision }
        #expect(drawn.filter { $0 == "b" }.count == 1)
        #expect(drawn.filter { $0 == "c" }.count == 99)
        #expect(route.target(ticket: 100) == nil)
        let empty = Routes.Route(service: "s", targets: [], isPublic: true, timeoutSeconds: 1)
        #expect(empty.chooseTarget() == nil)
    }

    @Test(
        arguments: [
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true),
            ("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more", true),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more", false),
            ("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false),
            ("00-00000000000000000000000000000000-b7ad6b7169203331-01", false),
            ("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", false),
            ("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", false), ("", false), ("---", false),
        ])
    func `a trace parent is passed on only when it is one`(value: String, isValid: Bool) {
        #expect(TraceContext.isValid(value) == isValid)
    }

    @Test func `a made trace parent is valid and has Google's form too`() {
        for _ in 0..<100 { #expect(TraceContext.isValid(TraceContext.make())) }
        #expect(
            TraceContext.cloudTraceContext(of: "00-0af7651916cd43dd8448eb211c80319c-00000000000000ff-01")
                == "0af7651916cd43dd8448eb211c80319c/255;o=1")
    }

    private static func head(
        _ method: HTTPMethod = .GET, _ target: String = "/", _ headers: [(String, String)] = [("host", "a.localhost")],
        version: HTTPVersion = .http1_1
    ) -> HTTPRequestHead {
        HTTPRequestHead(version: version, method: method, uri: target, headers: HTTPHeaders(headers))
    }

    @Test(
        arguments: [
            ("/%41%62c", "/Abc"), ("/a%2Db%5f%7E%2e", "/a-b_~."), ("/a%20b%2Fc%25", "/a%20b%2Fc%25"),
            ("/%5Bid%5D", "/%5Bid%5D"), ("/%2541", "/%2541"), ("/%c3%a4%00", "/%c3%a4%00"), ("/a?b=%41", "/a?b=%41"),
            ("/%2e%2e/a", "/%2e%2e/a"), ("/a/.%2E", "/a/.%2E"), ("/..%41", "/..A"), ("/%", "/%"), ("/%4", "/%4"),
            ("/%+1", "/%+1"), ("/%zz", "/%zz"), ("*", "*"),
        ])
    func `what a path need not escape arrives decoded`(given: String, target: String) throws {
        let request = try RequestHead(Self.head(.OPTIONS, given))
        #expect(request.target == target)
        let forwarded = Forwarding.request(request, remoteAddress: "127.0.0.1", traceparent: TraceContext.make())
        #expect(forwarded.uri == target)
        #expect(try RequestHead(Self.head(.GET, "/%68ealthz")).isReserved)
    }

    @Test func `an absolute target names the host itself`() throws {
        let request = try RequestHead(Self.head(.GET, "http://b.localhost:80/x?y", [("host", "a.localhost")]))
        #expect(request.authority == "b.localhost:80")
        #expect(request.target == "/x?y")
        #expect(request.path == "/x")
        #expect(try RequestHead(Self.head(.GET, "http://b.localhost?y")).target == "/?y")
    }

    @Test(
        arguments: [
            ([("host", "a"), ("host", "b")], .host), ([], .host),
            ([("host", "a"), ("transfer-encoding", "gzip")], .transferEncoding),
            ([("host", "a"), ("transfer-encoding", "chunked"), ("content-length", "1")], .contentLength),
            ([("host", "a"), ("content-length", "1"), ("content-length", "1")], .contentLength),
            ([("host", "a"), ("content-length", "-1")], .contentLength),
            ([("host", "a"), ("content-length", "99999999999999999999")], .contentLength),
        ] as [([(String, String)], RequestHead.Refusal)])
    func `ambiguous heads are refused`(headers: [(String, String)], refusal: RequestHead.Refusal) {
        #expect(throws: refusal) { try RequestHead(Self.head(.POST, "/", headers)) }
    }

    @Test func `only a body-less GET or HEAD is repeated`() throws {
        let host = ("host", "a")
        #expect(try RequestHead(Self.head(.GET, "/", [host])).isRepeatable)
        #expect(try RequestHead(Self.head(.HEAD, "/", [host, ("content-length", "0")])).isRepeatable)
        #expect(try !RequestHead(Self.head(.POST, "/", [host])).isRepeatable)
        #expect(try !RequestHead(Self.head(.GET, "/", [host, ("content-length", "1")])).isRepeatable)
        #expect(
            try !RequestHead(Self.head(.GET, "/", [host, ("connection", "upgrade"), ("upgrade", "websocket")]))
                .isRepeatable)
    }

    @Test func `an offer of cleartext HTTP 2 is not passed on`() throws {
        let request = try RequestHead(
            Self.head(
                .GET, "/",
                [
                    ("host", "a"), ("connection", "Upgrade, HTTP2-Settings"), ("upgrade", "h2c"),
                    ("http2-settings", "x"),
                ]))
        #expect(!request.isUpgrade)
        #expect(!request.keepsConnection)
        let forwarded = Forwarding.request(request, remoteAddress: "127.0.0.1", traceparent: TraceContext.make())
        #expect(!forwarded.headers.contains(name: "upgrade"))
        #expect(!forwarded.headers.contains(name: "http2-settings"))
        #expect(!forwarded.headers.contains(name: "connection"))
    }
}
