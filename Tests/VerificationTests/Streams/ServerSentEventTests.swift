import Testing
import Verification

/// Streams and what a browser makes of them (HTML Living Standard, section 9.2).
struct ServerSentEventTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var bytes: [UInt8]
        var events: [ServerSentEvent]
        var retry: Int?
        var lastID: String?

        init(_ name: String, _ text: String, _ events: [ServerSentEvent], retry: Int? = nil, lastID: String? = nil) {
            self.init(name, Array(text.utf8), events, retry: retry, lastID: lastID)
        }

        init(_ name: String, _ bytes: [UInt8], _ events: [ServerSentEvent], retry: Int? = nil, lastID: String? = nil) {
            self.name = name
            self.bytes = bytes
            self.events = events
            self.retry = retry
            self.lastID = lastID
        }

        var testDescription: String { name }
    }

    private static func event(_ data: String, _ type: String = "message", id: String? = nil) -> ServerSentEvent {
        ServerSentEvent(event: type, data: data, id: id)
    }

    static let corpus: [Case] = [
        // The standard's own examples, in other words.
        Case(
            "three messages", "data: first\n\ndata: second\n\ndata: third\n\n",
            [event("first"), event("second"), event("third")]),
        Case("types", "event: add\ndata: 7\n\nevent: remove\ndata: 8\n\n", [event("7", "add"), event("8", "remove")]),
        Case("several lines of data", "data: YHOO\ndata: +2\ndata: 10\n\n", [event("YHOO\n+2\n10")]),
        Case(
            "a comment, an id, an id that is reset, a field that begins with a space",
            ": a comment\n\ndata: one\nid: 1\n\ndata:two\nid\n\ndata:  three\n\n",
            [event("one", id: "1"), event("two", id: ""), event(" three", id: "")], lastID: ""),
        Case("empty data", "data\n\ndata\ndata\n\ndata:", [event(""), event("\n")]),
        Case("one space is taken away, and no more", "data:test\n\ndata: test\n\n", [event("test"), event("test")]),
        // Line ends.
        Case("CR LF", "event: a\r\ndata: 1\r\n\r\n", [event("1", "a")]),
        Case("CR", "event: a\rdata: 1\r\r", [event("1", "a")]),
        Case("all of them", "data: 1\r\ndata: 2\ndata: 3\r\rdata: 4\n\r\n", [event("1\n2\n3"), event("4")]),
        Case("LF CR are two ends", "data: 1\n\rdata: 2\n\n", [event("1"), event("2")]),
        Case("no blank line at the end", "data: 1\n\ndata: 2\n", [event("1")]),
        Case("no line end at the end", "data: 1\n\ndata: 2", [event("1")]),
        Case("nothing", "", []), Case("blank lines only", "\n\n\r\n\r\r", []),
        Case("comments only", ":\n:ping\n\n: \n\n", []),
        // Fields.
        Case("a field without a colon", "data\n\n", [event("")]),
        Case("unknown fields", "colour: red\ndata: 1\nDATA: 2\n data: 3\n\n", [event("1")]),
        Case("a colon in the value", "data: a: b: c\n\n", [event("a: b: c")]),
        Case("only a colon is a comment", ":data: 1\n\n", []),
        Case("a tab is no space", "data:\t1\n\n", [event("\t1")]),
        Case("a type without data is forgotten", "event: a\n\ndata: 1\n\n", [event("1")]),
        Case("an empty type is a message", "event:\ndata: 1\n\n", [event("1")]),
        Case("the last type counts", "event: a\nevent: b\ndata: 1\n\n", [event("1", "b")]),
        // Ids.
        Case(
            "an id goes on", "id: 7\ndata: 1\n\ndata: 2\n\n", [event("1", id: "7"), event("2", id: "7")], lastID: "7"),
        Case("an id without data counts", "id: 8\n\ndata: 1\n\n", [event("1", id: "8")], lastID: "8"),
        Case(
            "an id with a NUL is ignored", "id: 7\ndata: 1\n\nid: a\u{0}b\ndata: 2\n\n",
            [event("1", id: "7"), event("2", id: "7")], lastID: "7"),
        Case("an id of characters", "id: é/😀\ndata: 1\n\n", [event("1", id: "é/😀")], lastID: "é/😀"),
        // The time to come back.
        Case("retry", "retry: 1500\n\n", [], retry: 1500),
        Case("retry in words, signs and fractions", "retry: soon\nretry: -1\nretry: 1.5\nretry:\nretry: +2\n\n", []),
        Case("retry beyond all numbers", "retry: 99999999999999999999999\n\n", []),
        Case("the last retry counts", "retry: 10\nretry: 20\ndata: 1\n\n", [event("1")], retry: 20),
        // Bytes.
        Case("a byte order mark", "\u{FEFF}data: 1\n\n", [event("1")]),
        Case("a second byte order mark is a part of a name", "\u{FEFF}\u{FEFF}data: 1\n\ndata: 2\n\n", [event("2")]),
        Case("a byte order mark in the middle", "data: \u{FEFF}1\n\n", [event("\u{FEFF}1")]),
        Case("a combining mark after the colon", "data:\u{301}x\n\n", [event("\u{301}x")]),
        Case("a combining mark after the space", "data: \u{301}x\n\n", [event("\u{301}x")]),
        Case("characters of all lengths", "data: aé€😀\n\n", [event("aé€😀")]),
        Case(
            "other line ends of Unicode are none", "data: a\u{2028}b\u{85}c\u{B}d\n\n",
            [event("a\u{2028}b\u{85}c\u{B}d")]),
        Case("bytes that are not UTF-8", [0x64, 0x61, 0x74, 0x61, 0x3A, 0xFF, 0x61, 0x0A, 0x0A], [event("\u{FFFD}a")]),
        Case(
            "half a character before a line end", [0x64, 0x61, 0x74, 0x61, 0x3A, 0xE2, 0x82, 0x0A, 0x0A],
            [event("\u{FFFD}")]),
        Case("NUL in data", "data: a\u{0}b\n\n", [event("a\u{0}b")]),
        Case(
            "a large event", "data: " + String(repeating: "x", count: 100_000) + "\n\n",
            [event(String(repeating: "x", count: 100_000))]),
    ]

    @Test(arguments: corpus)
    func `streams mean what the standard says, in one piece and in pieces`(stream: Case) {
        var whole = ServerSentEventReader()
        #expect(whole.take(stream.bytes) == stream.events)
        #expect(whole.retryMilliseconds == stream.retry)
        #expect(whole.lastEventID == stream.lastID)
        for length in [1, 2, 3, 7] where stream.bytes.count < 1000 {
            var reader = ServerSentEventReader()
            var events: [ServerSentEvent] = []
            var rest = stream.bytes[...]
            while !rest.isEmpty {
                events += reader.take(rest.prefix(length))
                rest = rest.dropFirst(length)
            }
            #expect(events == stream.events, "in pieces of \(length)")
        }
    }

    @Test func `what is cut off gives the first events and no others`() {
        for stream in Self.corpus where stream.bytes.count < 1000 {
            for length in stream.bytes.indices {
                let events = ServerSentEvent.parse(Array(stream.bytes.prefix(length)))
                #expect(stream.events.starts(with: events), "\(stream.name) at \(length)")
            }
        }
    }
}
