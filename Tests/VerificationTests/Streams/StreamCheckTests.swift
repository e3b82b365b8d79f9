import Synchronization
import Testing
import Verification

/// Checks of kind `sse` and `stream`: what makes each expectation pass, and what makes it fail.
struct StreamCheckTests {
    /// Pieces of a body by the milliseconds at which they come.
    struct Played: Sendable {
        var pieces: [(at: Double, text: String)] = []
        var status = 200
        var headers = [HeaderField("content-type", "text/event-stream"), HeaderField("transfer-encoding", "chunked")]
        /// Nil: the server ends it after the last piece.
        var failure: ProbeFailure.Kind?

        func outcome(within milliseconds: Int) -> HTTPProbeOutcome {
            let came = pieces.filter { $0.at < Double(milliseconds) }
            var response = HTTPProbeResponse(status: status, headers: headers)
            for piece in came {
                response.body += Array(piece.text.utf8)
                response.arrivals.append(Arrival(bytes: response.body.count, milliseconds: piece.at))
            }
            let isCut = failure == .timeout || came.count < pieces.count
            let end = isCut ? Double(milliseconds) : (pieces.last?.at ?? 5) + 1
            response.phases = Phases(firstByte: 3, total: end)
            guard isCut || failure != nil else { return .response(response) }
            return .failure(
                ProbeFailure(isCut ? .timeout : failure ?? .lost, "it ended", milliseconds: end, partial: response))
        }
    }

    static func numbers(_ range: ClosedRange<Int>, every milliseconds: Double = 100) -> [(at: Double, text: String)] {
        range.map { number in
            (
                Double(number - range.lowerBound + 1) * milliseconds,
                "id: \(number)\nevent: tick\ndata: {\"seq\":\(number)}\n\n"
            )
        }
    }

    static func result(
        _ check: String, kind: String = "sse: { path: /events, within: 10s }", _ parts: Played...
    ) async throws -> CheckResult {
        let http = FakeHTTP { request, before in
            parts[min(before, parts.count - 1)].outcome(within: request.timeoutMilliseconds)
        }
        return try await result(check, kind: kind, http)
    }

    static func result(_ check: String, kind: String, _ http: FakeHTTP) async throws -> CheckResult {
        let run = await runner(http).run(
            [try suite(SuiteRunnerTests.head + "checks:\n  - id: e\n    \(kind)\n\(check)")],
            against: SuiteRunTarget(url: "http://h", references: ["run.id": "r"]),
            options: SuiteRunOptions(today: today))
        return run.results[0]
    }

    private func expect(_ result: CheckResult, _ words: String?, _ location: SourceLocation = #_sourceLocation) {
        #expect((result.status == .passed) == (words == nil), "\(result.summary ?? "")", sourceLocation: location)
        guard let words else { return }
        #expect(result.summary?.contains(words) == true, "\(result.summary ?? "")", sourceLocation: location)
    }

    @Test(
        arguments: [
            ("{ events: [ { event: tick, data: { json: { $.seq: 1 } } }, { event: tick, id: '5' } ] }", nil),
            ("{ events: [ { event: tick, id: '5' }, { event: tick, id: '2' } ] }", "expected event 2 (`tick`)"),
            ("{ min_events: 5, ends: true }", nil), ("{ min_events: 6 }", "5 events came, wanted at least 6"),
            ("{ ends: false }", "the server ended the stream after 5 events"),
            ("{ first_event: 200ms }", nil), ("{ first_event: 50ms }", "the first event took 0.100 s"),
            ("{ gap: 150ms }", nil), ("{ gap: 90ms }", "no event came for 0.100 s, wanted less than 90 ms"),
            ("{ silence: 90ms }", "nothing came for 0.100 s"),
            ("{ ordered: { key: $.seq, count: 5, no_gaps: true } }", nil),
            ("{ ordered: { key: $.seq, count: 6 } }", "5 events have `$.seq`, wanted at least 6"),
            ("{ header: { x-accel-buffering: 'no' } }", "header `x-accel-buffering` is missing"),
        ] as [(String, String?)])
    func `each expectation passes and fails`(_ expectation: String, _ words: String?) async throws {
        let found = try await Self.result("    expect: \(expectation)\n", Played(pieces: Self.numbers(1...5)))
        expect(found, words)
        #expect(found.evidence.stream?.firstEventMilliseconds == 100)
        #expect(found.evidence.stream?.ended == true)
    }

    @Test func `the first byte is not the first event`() async throws {
        let pieces: [(at: Double, text: String)] = [(5, ": hello\n\n"), (2000, "data: 1\n"), (3000, "\n")]
        expect(
            try await Self.result("    expect: { first_event: 1s }\n", Played(pieces: pieces)),
            "the first event took 3.000 s, wanted less than 1000 ms")
    }

    @Test func `order and gaps are seen`() async throws {
        let swapped = Played(pieces: [Self.numbers(1...3)[0], Self.numbers(1...3)[2], Self.numbers(1...3)[1]])
        let check = "    expect: { ordered: { key: $.seq, no_gaps: true } }\n"
        expect(try await Self.result(check, swapped), "a gap: 3 after 1")
        let twice = Played(pieces: Self.numbers(1...2) + [(900, "data: {\"seq\":2}\n\n")])
        expect(try await Self.result(check, twice), "out of order: 2 after 2")
    }

    @Test func `a stream that stalls is seen by its gap and by its missing end`() async throws {
        let stalled = Played(pieces: Self.numbers(1...2), failure: .timeout)
        let gap = try await Self.result("    expect: { gap: 2s }\n", stalled)
        expect(gap, "no event came for 9.800 s, wanted less than 2000 ms")
        #expect(gap.cause?.contains("stopped while its connection stays open") == true)
        expect(
            try await Self.result("    expect: { ends: true }\n", stalled),
            "the stream did not end within 10000 ms, after 2 events")
        expect(try await Self.result("    expect: { ends: false, min_events: 2 }\n", stalled), nil)
        let alive = Played(
            pieces: Self.numbers(1...2) + (1...90).map { (200 + Double($0) * 100, ": still here\n") }, failure: .timeout
        )
        expect(try await Self.result("    expect: { silence: 2s }\n", alive), nil)
        expect(try await Self.result("    expect: { gap: 2s }\n", alive), "no event came for 9.800 s")
    }

    @Test func `an end that is none is told`() async throws {
        let lost = Played(pieces: Self.numbers(1...2), failure: .lost)
        let found = try await Self.result("", lost)
        expect(found, "the stream was lost: it ended")
        #expect(found.cause?.contains("in the middle of the stream") == true)
        var untold = Played(pieces: Self.numbers(1...2))
        untold.headers.removeLast()
        expect(try await Self.result("", untold), nil)
        expect(try await Self.result("    expect: { ends: true }\n", untold), "cannot be told from a lost connection")
    }

    @Test func `what is held back until the end has its cause`() async throws {
        let held = Played(pieces: [(4000, Self.numbers(1...5).map(\.text).joined())])
        let found = try await Self.result("    expect: { first_event: 1s }\n", held)
        expect(found, "the first event took 4.000 s")
        #expect(found.cause?.contains("all of it came at once") == true)
    }

    @Test(
        arguments: [
            ("text/event-stream; charset=utf-8", nil), ("Text/Event-Stream", nil),
            ("text/plain", "the content type is `text/plain`, wanted `text/event-stream`"),
            ("text/event-streaming", "the content type is"), (nil, "the answer has no content type"),
        ] as [(String?, String?)])
    func `a browser takes one content type alone`(_ type: String?, _ words: String?) async throws {
        var played = Played(pieces: Self.numbers(1...2))
        played.headers = type.map { [HeaderField("Content-Type", $0)] } ?? []
        let found = try await Self.result("", played)
        expect(found, words)
        if words != nil { #expect(found.cause?.contains("EventSource") == true) }
    }

    @Test(
        arguments: [
            (403, "status 403, wanted 200", "refused this caller"), (204, "status 204, wanted 200", nil),
            (302, "status 302, wanted 200", nil), (503, "status 503, wanted 200", "no instance"),
        ] as [(Int, String, String?)])
    func `another status is told, with its cause`(_ status: Int, _ words: String, _ cause: String?) async throws {
        let found = try await Self.result("", Played(status: status))
        expect(found, words)
        if let cause { #expect(found.cause?.contains(cause) == true, "\(found.cause ?? "")") }
    }

    @Test func `a redirect says where it leads`() async throws {
        let http = FakeHTTP { _, _ in
            .response(HTTPProbeResponse(status: 307, redirectTarget: "http://h/login"))
        }
        let found = try await Self.result("", kind: "sse: { path: /events }", http)
        expect(found, "status 307, wanted 200")
        #expect(found.cause?.contains("redirects to `http://h/login`") == true)
    }

    @Test func `a client that comes back says where it was, and nothing is missing`() async throws {
        let check = """
                reconnect: { times: 2, after: 250ms }
                expect: { ordered: { key: $.seq, count: 5, no_gaps: true } }

            """
        let asked = Mutex<[String?]>([])
        let good = FakeHTTP { request, _ in
            let id = request.headers["last-event-id"]
            asked.withLock { $0.append(id) }
            let next = (id.flatMap { Int($0) } ?? 0) + 1
            return Played(pieces: Self.numbers(next...next + 9)).outcome(within: request.timeoutMilliseconds)
        }
        let found = try await Self.result(check, kind: "sse: { path: /e, within: 10s }", good)
        expect(found, nil)
        #expect(asked.withLock { $0 } == [nil, "2", "4"])
        #expect(found.evidence.stream?.requests == 3)
        let forgetful = try await Self.result(check, Played(pieces: Self.numbers(1...9)))
        expect(forgetful, "after the reconnect the event with the id `1` came again")
        let nameless = Played(pieces: (1...9).map { (Double($0) * 100, "data: {\"seq\":\($0)}\n\n") })
        expect(try await Self.result(check, nameless), "no event has an id")
        let gone = try await Self.result(check, Played(pieces: Self.numbers(1...9)), Played(status: 404))
        expect(gone, "request 2: status 404")
    }

    @Test(
        arguments: [
            ("{ lines: [ { json: { $.seq: 1 } }, { contains: '\"seq\":3' } ], min_lines: 3, ends: true }", nil),
            ("{ min_lines: 4 }", "3 lines came, wanted at least 4"),
            ("{ lines: [ { json: { $.seq: 9 } } ] }", "expected line 1 did not come in its place (3 lines came)"),
            ("{ first_line: 50ms }", "the first line took 0.100 s"),
            ("{ ordered: { key: $.seq, no_gaps: true, count: 3 }, gap: 1s }", nil),
        ] as [(String, String?)])
    func `lines over chunks are a stream too`(_ expectation: String, _ words: String?) async throws {
        var lines = Played(
            pieces: [(100, "{\"seq\":1}\n{\"se"), (150, "q\":2}\r\n\n"), (200, "{\"seq\":3}")])
        lines.headers = [HeaderField("content-type", "application/jsonl"), HeaderField("transfer-encoding", "chunked")]
        expect(
            try await Self.result("    expect: \(expectation)\n", kind: "stream: { path: /lines, within: 5s }", lines),
            words)
    }

    @Test func `a line that was cut off is none`() async throws {
        let cut = Played(pieces: [(100, "{\"seq\":1}\n{\"seq\":2}")], failure: .timeout)
        expect(
            try await Self.result(
                "    expect: { min_lines: 2 }\n", kind: "stream: { path: /lines, within: 5s }", cut),
            "1 line came, wanted at least 2")
    }

    @Test(arguments: [
        ("stream: { path: /a }, reconnect: {}", "unknown key"),
        ("sse: { path: /a, within: 2s }, reconnect: { after: 2s }", "nothing of the time is left"),
        ("sse: { path: /a }, expect: { lines: [a] }", "unknown key"),
        ("stream: { path: /a }, expect: { events: [ { event: a } ] }", "unknown key"),
    ])
    func `what cannot be meant is a finding`(_ keys: String, _ words: String) {
        let yaml = SuiteRunnerTests.head + "checks: [ { id: e, \(keys) } ]"
        guard case .failure(let problems) = SuiteLoader.load(Array(yaml.utf8), file: "suites/s.yaml") else {
            Issue.record("\(keys) was taken")
            return
        }
        #expect("\(problems)".contains(words), "\(problems)")
    }
}
