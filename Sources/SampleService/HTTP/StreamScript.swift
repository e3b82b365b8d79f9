/// The pieces of an answer that comes bit by bit.
struct StreamScript: Sendable {
    var contentType = "text/event-stream"
    var headers: [(String, String)] = [("cache-control", "no-store")]
    var pieces: [String]
    /// Between two pieces.
    var pauseMilliseconds = 30
    /// After so many pieces nothing comes any more, while the connection stays open; nil for never.
    var stallsAfter: Int?

    /// One server-sent event (WHATWG HTML, section 9.2.5).
    static func event(_ name: String, id: Int, _ data: JSON) -> String {
        "id: \(id)\nevent: \(name)\ndata: \(data.serialized)\n\n"
    }

    /// Hello, ordered ticks, end.
    static let ticks = StreamScript(
        pieces: (0...5).map { event($0 == 0 ? "hello" : "tick", id: $0, ["seq": .integer($0), "ok": true]) }
            + ["event: end\ndata: {\"ok\":true}\n\n"])
}
