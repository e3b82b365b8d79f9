import JSON
import Releases
import Testing

@testable import Commands

@Suite struct LogSelectionTests {
    private static let id = "0af7651916cd43dd8448eb211c80319c"

    @Test(arguments: [
        (id, Optional(id)), ("0AF7651916CD43DD8448EB211C80319C", id), ("projects/p/traces/\(id)", id),
        ("00-\(id)-b7ad6b7169203331-01", id), ("\(id)/1234;o=1", id), ("", nil), ("abc", nil),
        ("00000000000000000000000000000000", nil), ("projects/p/spans/\(id)", nil), ("\(id)\" OR \"", nil),
        ("0af7651916cd43dd8448eb211c80319g", nil), ("-", nil), ("---", nil),
    ])
    func `a trace is known in every form that people copy`(text: String, id: String?) {
        #expect(LogSelection.trace(text) == id)
    }

    @Test(arguments: [
        ("10m", Optional("2026-03-02T08:50:00.000Z")), ("1h30m", "2026-03-02T07:30:00.000Z"),
        ("2026-03-02T08:00:00Z", "2026-03-02T08:00:00Z"), ("2026-03-02T08:00:00+01:00", "2026-03-02T08:00:00+01:00"),
        ("yesterday", nil), ("10", nil), ("", nil), ("2026-03-02", nil),
    ])
    func `since is a length of time or a time`(text: String, since: String?) {
        #expect(LogSelection.since(text, now: 1_772_442_000) == since)
    }

    @Test(arguments: [
        ("error", LogSeverity?.some(.error)), ("WARN", .warning), ("Fatal", .critical), ("DEFAULT", .standard),
        ("loud", nil), ("", nil),
    ])
    func `a severity is a word of Cloud Logging`(text: String, severity: LogSeverity?) {
        #expect(LogSelection.severity(text) == severity)
    }

    @Test func `nothing that a container prints reaches the terminal as it is`() {
        let line = LogLine(
            time: "t\u{1B}[2J", severity: "INFO", text: "\u{1B}]0;title\u{7}\u{202E}evil\nsecond\r\nthird",
            revision: "r\u{9B}1")
        let text = LogLineText.text(line, showsRevision: true)
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) })
        #expect(text.contains("\n    second\n    third"))
    }

    @Test func `a request is one readable line`() {
        let request = RequestLine(
            method: "GET", url: "https://backend.example/items?id=1", status: 503, milliseconds: 12.345)
        let own = "GET https://backend.example/items?id=1 503 12.3 ms"
        let plain = LogLine(time: "t", severity: "ERROR", text: own, request: request)
        #expect(LogLineText.text(plain, showsRevision: false) == "t  ERROR  GET /items?id=1 503 in 12.3 ms")
        var told = plain
        told.text = "no available instance"
        #expect(LogLineText.text(told, showsRevision: false).hasSuffix("in 12.3 ms\n    no available instance"))
    }

    @Test func `the keys of a JSON line are always there`() {
        let json = LogLineText.json(LogLine(time: "t", severity: "INFO", text: "x"))
        let keys = ["insertId", "instance", "request", "revision", "severity", "stream", "text", "time", "trace"]
        #expect(json.object?.keys.sorted() == keys)
    }
}
