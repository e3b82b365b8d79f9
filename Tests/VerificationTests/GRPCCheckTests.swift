import Configuration
import Testing
import Verification

/// gRPC's health protocol, against answers that no network has to give.
struct GRPCCheckTests {
    private static let scope = CheckScope(
        values: ["vars.name": "demo.Echo"], baseURL: "https://api.example.com",
        authentication: [HeaderField("Authorization", "Bearer target-token")])

    private static func check(_ text: String) throws -> GRPCCheck {
        let suite = try suite(
            SuiteLoaderTests.head + "vars: { name: demo.Echo }\nchecks:\n  - { id: a, \(text) }\n")
        guard case .grpc(let check) = try #require(suite.checks.first).kind else { throw Missing() }
        return check
    }

    private struct Missing: Error {}

    /// SERVING is 1, NOT_SERVING 2: field 1, a varint.
    private static func frame(_ message: [UInt8], length: UInt8? = nil, compressed: UInt8 = 0) -> [UInt8] {
        [compressed, 0, 0, 0, length ?? UInt8(message.count)] + message
    }

    private static func answer(
        _ body: [UInt8], status: Int = 200, type: String? = "application/grpc", version: String = "2",
        trailers: [String: String] = ["grpc-status": "0"], headers: [String: String] = [:]
    ) -> HTTPProbeResponse {
        var fields = headers.map { HeaderField($0.key, $0.value) }
        if let type { fields.append(HeaderField("content-type", type)) }
        var response = HTTPProbeResponse(
            status: status, headers: fields, body: body, phases: Phases(firstByte: 3, total: 4),
            remoteAddress: "203.0.113.7:443", version: version)
        response.trailers = trailers.map { HeaderField($0.key, $0.value) }
        return response
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var expect: String
        var response: HTTPProbeResponse
        /// Nil where the check passes.
        var words: String?
        var testDescription: String { words ?? "passes: \(expect)" }

        init(_ expect: String, _ response: HTTPProbeResponse, _ words: String?) {
            self.expect = expect
            self.response = response
            self.words = words
        }
    }

    static let cases: [Case] = [
        Case("{}", answer(frame([8, 1])), nil),
        Case("{}", answer(frame([8, 1]), type: "application/grpc+proto"), nil),
        // Unknown fields are passed over, the last value counts, and an absent one is 0.
        Case("{}", answer(frame([8, 2, 0x12, 2, 7, 7, 8, 1])), nil),
        Case("{ status: UNKNOWN }", answer(frame([])), nil),
        Case("{ status: [SERVING, NOT_SERVING] }", answer(frame([8, 2])), nil),
        Case("{}", answer(frame([8, 2])), "the health of `demo.Echo` is NOT_SERVING, wanted SERVING"),
        Case("{}", answer(frame([8, 9])), "is 9, wanted SERVING"),
        Case("{}", answer(frame([8, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1])), "is -1, wanted"),
        Case("{}", answer(frame([8])), "the message is no HealthCheckResponse"),
        Case("{}", answer(frame([0x0B, 1])), "the message is no HealthCheckResponse"),
        // An error, with trailers and without messages.
        Case(
            "{}", answer([], trailers: ["grpc-status": "5", "grpc-message": "no such%20service %E6%97%A5 100%"]),
            "gRPC status NOT_FOUND, wanted OK: no such service 日 100%"),
        Case(
            "{ code: NOT_FOUND, message: { contains: absent } }",
            answer([], trailers: ["grpc-status": "5", "grpc-message": "absent"]), nil),
        Case(
            "{}", answer([], trailers: [:], headers: ["grpc-status": "12", "grpc-message": "no"]),
            "gRPC status UNIMPLEMENTED, wanted OK: no"),
        Case("{}", answer([], trailers: ["grpc-status": "99"]), "gRPC status UNKNOWN, wanted OK"),
        Case("{}", answer([], trailers: ["grpc-status": "many"]), "`grpc-status` is `many`, which is no number"),
        Case("{}", answer([], trailers: ["grpc-status": "-1"]), "which is no number"),
        Case("{ code: UNAUTHENTICATED }", answer(frame([8, 1])), "gRPC status OK, wanted UNAUTHENTICATED"),
        // No gRPC: the platform's refusal counts as the code that a client makes of it.
        Case("{ code: PERMISSION_DENIED }", answer([], status: 403, type: "text/html", version: "1.1"), nil),
        Case(
            "{}", answer(Array("<html>gone".utf8), status: 404, type: "text/html", trailers: [:]),
            "HTTP status 404, which gRPC reads as UNIMPLEMENTED, wanted OK: <html>gone"),
        Case(
            "{}", answer([], status: 503, type: nil, trailers: [:]), "HTTP status 503, which gRPC reads as UNAVAILABLE"),
        Case(
            "{}", answer(Array("<!doctype html>".utf8), type: "text/html; charset=utf-8", trailers: [:]),
            "the content type is `text/html; charset=utf-8`, wanted `application/grpc`: <!doctype html>"),
        Case(
            "{}", answer([], type: "application/grpc-web", trailers: [:]), "the content type is `application/grpc-web`"),
        Case("{}", answer([], type: nil, trailers: [:]), "the content type is missing"),
        Case("{}", answer(frame([8, 1]), version: "1.1"), "the answer came over HTTP/1.1, and gRPC needs HTTP/2"),
        // Cut and broken messages.
        Case("{}", answer(frame([8, 1]), trailers: [:]), "ended without `grpc-status`, so it was cut off"),
        Case("{}", answer([]), "0 messages came, wanted one"),
        Case("{}", answer(frame([8, 1]) + frame([8, 1])), "2 messages came, wanted one"),
        Case("{}", answer([0, 0, 0]), "ends within the prefix of a message (3 of 5 bytes)"),
        Case("{}", answer(frame([8], length: 2)), "a message announces 2 bytes, and 1 came"),
        Case("{}", answer([0, 0x7F, 0, 0, 0]), "a message announces 2130706432 bytes, more than 65536"),
        Case("{}", answer(frame([8, 1], compressed: 1)), "a message is compressed, which this client did not offer"),
        Case("{}", answer(frame([8, 1], compressed: 7)), "its first byte is 7, not 0 or 1"),
        Case(
            "{ metadata: { revision: r-1, had: { present: false } } }",
            answer(frame([8, 1]), trailers: ["grpc-status": "0", "revision": "r-1"]), nil),
        Case("{ metadata: { revision: r-1 } }", answer(frame([8, 1])), "revision"),
        Case("{ time: 2ms }", answer(frame([8, 1])), "the answer took 0.004 s, wanted less than 2 ms"),
    ]

    @Test(arguments: cases) func `an answer is judged as gRPC's clients would`(_ test: Case) throws {
        let check = try Self.check("grpc: { service: '${vars.name}' }, expect: \(test.expect)")
        let request = try check.request(in: Self.scope)
        let measurement = try check.judge(.response(test.response), to: request, in: Self.scope)
        #expect(measurement.outcome == (test.words == nil ? .passed : .failed), "\(measurement.summary ?? "")")
        #expect(test.words.map { measurement.summary?.contains($0) == true } ?? true, "\(measurement.summary ?? "")")
        #expect((measurement.likely == nil) == (test.words == nil || test.expect.contains("time")))
        #expect(measurement.evidence.status == test.response.status)
        #expect(measurement.evidence.grpcStatus != nil)
        #expect(measurement.evidence.remoteAddress == "203.0.113.7:443")
    }

    @Test func `what is asked is the protocol's, with the deadline and the caller's metadata`() throws {
        let check = try Self.check("grpc: { service: demo.Echo }, timeout: 3s, headers: { x-e2e: smoke }")
        let request = try check.request(in: Self.scope)
        #expect(request.url == "https://api.example.com/grpc.health.v1.Health/Check")
        #expect(request.method == "POST" && request.requiresHTTP2 && !request.isOpenEnded)
        #expect(request.body == [0, 0, 0, 0, 11, 0x0A, 9] + Array("demo.Echo".utf8))
        #expect(request.headers["content-type"] == "application/grpc")
        #expect(request.headers["te"] == "trailers")
        #expect(request.headers["grpc-timeout"] == "3000m")
        #expect(request.headers["x-e2e"] == "smoke")
        #expect(request.headers["authorization"] == "Bearer target-token")
        #expect(try Self.check("grpc: {}").request(in: Self.scope).body == [0, 0, 0, 0, 0])
    }

    @Test(
        arguments: [
            ([[8, 2], [8, 1]], nil), ([[8, 1]], nil),
            ([[8, 2]], "did not become SERVING within 2000 ms; came: NOT_SERVING"),
            ([], "did not become SERVING within 2000 ms; came: nothing"),
        ] as [([[UInt8]], String?)])
    func `watch waits until the wanted health comes`(_ messages: [[UInt8]], _ words: String?) throws {
        let check = try Self.check("grpc: { service: demo.Echo, watch: 2s }")
        let request = try check.request(in: Self.scope)
        #expect(request.url.hasSuffix("/Watch") && request.timeoutMilliseconds == 2000)
        #expect(request.isOpenEnded && request.enough == [[0, 0, 0, 0, 2, 8, 1]])
        let open = Self.answer(messages.flatMap { Self.frame($0) }, trailers: [:])
        let outcome: HTTPProbeOutcome =
            words == nil ? .response(open) : .failure(ProbeFailure(.timeout, "no end", partial: open))
        let measurement = try check.judge(outcome, to: request, in: Self.scope)
        #expect(measurement.outcome == (words == nil ? .passed : .failed))
        #expect(words.map { measurement.summary?.contains($0) == true } ?? true, "\(measurement.summary ?? "")")
        #expect(measurement.evidence.messages == messages.count)
    }

    @Test func `without an answer the check is an error, and HTTP/1.1 servers are named`() throws {
        let check = try Self.check("grpc: {}")
        let request = try check.request(in: Self.scope)
        let lost = try check.judge(.failure(ProbeFailure(.lost, "framing")), to: request, in: Self.scope)
        #expect(lost.outcome == .error)
        #expect(lost.likely?.cause.contains("does not speak HTTP/2") == true)
        #expect(lost.likely?.fix.contains("h2c") == true)
        let refused = try check.judge(.failure(ProbeFailure(.connect, "refused")), to: request, in: Self.scope)
        #expect(refused.likely?.cause.contains("nothing listens") == true)
    }

    @Test(arguments: [
        ("grpc: { service: a, path: /x }", "unknown key `path`"),
        ("grpc: {}, expect: { status: READY }", "expected `UNKNOWN` or `SERVING`"),
        ("grpc: {}, expect: { code: 5 }", "expected `OK`"),
        ("grpc: {}, expect: { code: NOT_FOUND, status: SERVING }", "tells no health"),
        ("grpc: {}, headers: { grpc-timeout: 1S }", "is set by gRPC itself"),
        ("grpc: { watch: 5s }, timeout: 3s", "`timeout` has nothing to add"),
        ("grpc: {}, capture: { a: { header: b } }", "cannot capture"),
    ])
    func `what cannot be meant is a finding`(_ text: String, _ words: String) {
        let yaml = SuiteLoaderTests.head + "checks:\n  - { id: a, \(text) }\n"
        guard case .failure(let findings) = SuiteLoader.load(Array(yaml.utf8), file: "s.yaml") else {
            Issue.record("no finding")
            return
        }
        #expect(findings.findings.contains { $0.message.contains(words) }, "\(findings.findings.map(\.message))")
    }
}
