import Testing

@testable import Loop

/// What is read from the words of other programs, before any rule judges it.
struct SeenTextTests {
    @Test(
        arguments: [
            ("HTTP 403", 403), ("assert 404 == 200", 404), ("expected 200, got 503", 503),
            ("<401 UNAUTHORIZED> returned", 401),
            ("response in 450 ms", nil), ("Failed to connect to x port 443", nil), ("http_req_duration p(95)<500", nil),
            ("/items/404 is not there, status unknown", nil), ("answered 5000", nil),
            ("expected 404 to equal 200", 404), ("Status expected:<200> but was:<401>", 401), ("200 != 404", nil),
            ("AssertionError: 200 != 404 : unexpected code", 404), ("CanCan::AccessDenied: no entry (403)", 403),
            ("405: the method is not supported", 405), ("but was: <FORBIDDEN>, status of the answer", 403),
            ("rpc error: code = PermissionDenied desc = no", 403), ("gRPC status OK, wanted PERMISSION_DENIED", nil),
            ("rpc error: code = Unavailable desc = no", nil), ("connect: unauthenticated: no name", 401),
            ("Expected: OK Actual: Forbidden", 403), ("Expected: Forbidden Actual: OK", nil),
            ("tonic: status: PermissionDenied", 403), ("the status is unknown", nil),
            // What was wanted is not what came.
            ("expected status 404 but got 200", nil), ("Expected: 403 Received: 200", nil), ("assert 200 == 401", nil),
            // Counts, limits and things' own numbers.
            ("expected 429 items, got 428", nil), ("order number 503 got lost", nil),
            ("expected 812 to be below 500", nil), ("http_req_duration: p95 < 500", nil),
        ] as [(String, Int?)])
    func `a status is read from the words of another program`(text: String, status: Int?) {
        #expect(FailureCodes.status(in: text) == status)
    }

    @Test(
        arguments: [
            ("received 1011 (internal error); then sent 1011", 1011), ("websocket closed, code 4401", 4401),
            ("closed with 1000", 1000),
            ("took 1011 ms on this socket", nil), ("1011 items", nil), ("1011 rows of the socket", nil),
            ("1011, and no browser at all", nil),
        ] as [(String, Int?)])
    func `a close code is read from the words of another program`(text: String, code: Int?) {
        #expect(FailureCodes.closeCode(in: text) == code)
    }

    @Test(
        arguments: [
            ("redis: connection lost, reconnected on attempt 2", true), ("JWKS cache refreshed, 2 keys", true),
            ("retry 2 of 3 succeeded", true), ("GET /healthz 200 3", true), ("service account loaded", true),
            ("[Recovery] panic recovered: runtime error: index out of range", false),
            ("login succeeded, but the session store refused it", false),
            ("could not be recovered: disk is full", false),
            ("cache refreshed with errors: no route to host", false), ("token of a restored session is invalid", false),
            ("memory limit of the started container exceeded", false),
        ])
    func `a line that tells of what went well tells of no failure`(line: String, isRoutine: Bool) {
        #expect(SeenText(line, .log).isRoutine == isRoutine)
    }

    @Test func `a word is looked for only where all of its pairs of characters are`() {
        let text = SeenText("Connection refused by the broker", .log)
        #expect(text.mentions("refused") && text.mentions("connection refused") && text.mentions(" by "))
        #expect(!text.mentions("denied") && !text.mentions("refused connection"))
        #expect(CharacterPairs("a longer text").mayHold(CharacterPairs("longer")))
        #expect(!CharacterPairs("a longer text").mayHold(CharacterPairs("xyz")))
    }
}
