/// One event of a stream (HTML Living Standard, section 9.2).
package struct ServerSentEvent: Hashable, Sendable {
    package var event: String
    package var data: String
    /// The last id that the stream named so far, this event's or an earlier one's.
    package var id: String?

    package init(event: String = "message", data: String, id: String? = nil) {
        self.event = event
        self.data = data
        self.id = id
    }

    /// The complete events of a stream; what follows the last blank line has not happened yet.
    package static func parse(_ bytes: [UInt8]) -> [ServerSentEvent] {
        var reader = ServerSentEventReader()
        return reader.take(bytes)
    }
}

/// Reads a stream in whatever pieces it comes (HTML Living Standard, section 9.2.6). Lines are cut as bytes: text would
/// take a colon with a combining mark after it for one character.
package struct ServerSentEventReader: Sendable {
    private static let colon = UInt8(ascii: ":")
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private var line: [UInt8] = []
    private var isFirstLine = true
    private var endedWithCR = false
    private var type = ""
    private var data: [UInt8] = []
    private var hasData = false
    /// What a client sends as `Last-Event-ID` when it comes back.
    package private(set) var lastEventID: String?
    /// Milliseconds that the server wants a client to wait before it comes back.
    package private(set) var retryMilliseconds: Int?

    package init() {}

    /// The events that these bytes complete.
    package mutating func take(_ bytes: some Sequence<UInt8>) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            let follows = endedWithCR
            endedWithCR = byte == UInt8(ascii: "\r")
            switch byte {
            case UInt8(ascii: "\n") where follows: continue
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                if let event = endLine() { events.append(event) }
            default: line.append(byte)
            }
        }
        return events
    }

    private mutating func endLine() -> ServerSentEvent? {
        var whole = line[...]
        line.removeAll(keepingCapacity: true)
        if isFirstLine, whole.starts(with: Self.byteOrderMark) { whole = whole.dropFirst(3) }
        isFirstLine = false
        guard !whole.isEmpty else { return dispatch() }
        let name = whole.prefix { $0 != Self.colon }
        var value = whole.dropFirst(name.count + 1)
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        switch String(decoding: name, as: UTF8.self) {
        case "event": type = String(decoding: value, as: UTF8.self)
        case "data":
            if hasData { data.append(UInt8(ascii: "\n")) }
            data += value
            hasData = true
        case "id":
            if !value.contains(0) { lastEventID = String(decoding: value, as: UTF8.self) }
        case "retry":
            let isNumber = !value.isEmpty && value.allSatisfy { (0x30...0x39).contains($0) }
            if isNumber { retryMilliseconds = Int(String(decoding: value, as: UTF8.self)) ?? retryMilliseconds }
        default: break
        }
        return nil
    }

    private mutating func dispatch() -> ServerSentEvent? {
        defer {
            type = ""
            data.removeAll(keepingCapacity: true)
            hasData = false
        }
        guard hasData else { return nil }
        return ServerSentEvent(
            event: type.isEmpty ? "message" : type, data: String(decoding: data, as: UTF8.self), id: lastEventID)
    }
}
