/// What came of a stream, piece by piece, over one request or over several that go on where the one before ended.
struct StreamTranscript: Sendable {
    struct Item: Hashable, Sendable {
        var event: ServerSentEvent
        /// Since the request that it came with was sent.
        var milliseconds: Double
        /// 0 for the first request.
        var part: Int
    }

    enum End: Hashable, Sendable {
        /// By the server, in a way that can be told from a lost connection.
        case whole
        /// The connection ended, and neither a length nor chunks say whether that was the end.
        case untold
        /// The time was over.
        case cut
        case lost(reason: String)
    }

    private let framing: EventStreamCheck.Framing
    private(set) var items: [Item] = []
    private(set) var end = End.cut
    private(set) var parts = 0
    /// Of bytes of any kind, comments too; the pause until the cut is one of them.
    private(set) var longestSilence = 0.0
    /// Between events, likewise.
    private(set) var longestGap = 0.0
    private(set) var lastEventID: String?
    private(set) var retryMilliseconds: Int?
    /// Of a reader's line that was not ended.
    private(set) var unfinishedBytes = 0

    init(_ framing: EventStreamCheck.Framing) {
        self.framing = framing
    }

    /// Adds an answer with what came of its body; `cutOff` says why it is not all of it.
    mutating func add(_ response: HTTPProbeResponse, cutOff: ProbeFailure?) {
        var events = ServerSentEventReader()
        var lines = LineReader()
        var (lastByte, lastEvent) = (response.phases.firstByte, Double?.none)
        var taken = 0
        for arrival in response.timeline where arrival.bytes > taken {
            let piece = response.body[taken..<min(arrival.bytes, response.body.count)]
            taken = arrival.bytes
            longestSilence = max(longestSilence, arrival.milliseconds - lastByte)
            lastByte = arrival.milliseconds
            let came = framing == .events ? events.take(piece) : lines.take(piece)
            for event in came {
                if let lastEvent { longestGap = max(longestGap, arrival.milliseconds - lastEvent) }
                lastEvent = arrival.milliseconds
                items.append(Item(event: event, milliseconds: arrival.milliseconds, part: parts))
            }
        }
        end = Self.end(of: response, cutOff)
        if framing == .lines, end == .whole || end == .untold, let last = lines.finish() {
            items.append(Item(event: last, milliseconds: response.phases.total, part: parts))
        }
        unfinishedBytes = framing == .lines ? lines.unfinishedBytes : 0
        if end == .cut {
            longestSilence = max(longestSilence, response.phases.total - lastByte)
            longestGap = max(longestGap, response.phases.total - (lastEvent ?? response.phases.firstByte))
        }
        if framing == .events {
            lastEventID = events.lastEventID ?? lastEventID
            retryMilliseconds = events.retryMilliseconds ?? retryMilliseconds
        }
        parts += 1
    }

    private static func end(of response: HTTPProbeResponse, _ cutOff: ProbeFailure?) -> End {
        if let cutOff { return cutOff.kind == .timeout ? .cut : .lost(reason: cutOff.reason) }
        // RFC 9112 section 6.3: without either, the body lasts until the connection ends, for whatever reason.
        let isFramed =
            response.version != "1.0" && response.version != "1.1" || response.headers["content-length"] != nil
            || response.headers["transfer-encoding"] != nil || response.status == 204
        return isFramed ? .whole : .untold
    }
}

/// Lines of a stream as events without a type; empty ones keep a connection alive and say nothing.
private struct LineReader {
    private var line: [UInt8] = []

    var unfinishedBytes: Int { line.count }

    mutating func take(_ bytes: some Sequence<UInt8>) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                continue
            }
            if let event = finish() { events.append(event) }
        }
        return events
    }

    mutating func finish() -> ServerSentEvent? {
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        defer { line.removeAll(keepingCapacity: true) }
        return line.isEmpty ? nil : ServerSentEvent(data: String(decoding: line, as: UTF8.self))
    }
}

extension HTTPProbeResponse {
    /// When the body had how many bytes; all of it at the end where nobody noted more.
    fileprivate var timeline: [Arrival] {
        arrivals + [Arrival(bytes: body.count, milliseconds: arrivals.last?.milliseconds ?? phases.total)]
    }
}
