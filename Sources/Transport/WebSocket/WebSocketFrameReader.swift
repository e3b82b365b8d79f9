import NIOCore

/// What RFC 6455 forbids a server, and the code that a client closes with for it (section 7.4.1).
struct WebSocketViolation: Error, Hashable, Sendable {
    static let protocolError: UInt16 = 1002
    static let invalidText: UInt16 = 1007
    static let tooLarge: UInt16 = 1009

    var code: UInt16
    var reason: String

    init(_ reason: String, code: UInt16 = protocolError) {
        self.reason = reason
        self.code = code
    }

    static func tooLarge(_ limit: Int) -> WebSocketViolation {
        WebSocketViolation("a message is larger than \(limit) bytes", code: tooLarge)
    }
}

/// One frame of a server.
struct ServerFrame: Hashable, Sendable {
    enum Kind: UInt8 {
        case continuation = 0, text = 1, binary = 2
        case close = 8, ping = 9, pong = 10

        var isControl: Bool { rawValue >= 8 }
    }

    var kind: Kind
    var isFinal: Bool
    var payload: [UInt8]
}

/// Cuts bytes into frames (RFC 6455 section 5.2). Every rule is applied as soon as its byte is there, so that a broken
/// frame is told even when its rest never comes; NIOWebSocket's decoder leaves lengths, bits and opcodes to others.
struct WebSocketFrameReader {
    private static let longestControlPayload = 125

    private let maximumPayload: Int
    private var buffer = ByteBuffer()

    init(maximumPayload: Int) {
        self.maximumPayload = max(maximumPayload, 0)
    }

    mutating func append(_ bytes: ByteBuffer) {
        buffer.discardReadBytes()
        buffer.writeImmutableBuffer(bytes)
    }

    /// The next whole frame; nil until more has come.
    mutating func next() throws(WebSocketViolation) -> ServerFrame? {
        let start = buffer.readerIndex
        guard let first = buffer.getInteger(at: start, as: UInt8.self) else { return nil }
        let kind = try Self.kind(of: first)
        guard let second = buffer.getInteger(at: start + 1, as: UInt8.self) else { return nil }
        if second & 0x80 != 0 { throw WebSocketViolation("a frame of the server is masked") }
        if kind.isControl, second > Self.longestControlPayload {
            throw WebSocketViolation("a control frame is longer than 125 bytes")
        }
        guard let (length, header) = try length(second, at: start) else { return nil }
        if length > maximumPayload, !kind.isControl { throw .tooLarge(maximumPayload) }
        guard buffer.readableBytes >= header + length else { return nil }
        buffer.moveReaderIndex(forwardBy: header)
        let payload = buffer.readBytes(length: length) ?? []
        return ServerFrame(kind: kind, isFinal: first & 0x80 != 0, payload: payload)
    }

    private static func kind(of byte: UInt8) throws(WebSocketViolation) -> ServerFrame.Kind {
        if byte & 0x70 != 0 { throw WebSocketViolation("a frame has a reserved bit set") }
        guard let kind = ServerFrame.Kind(rawValue: byte & 0x0F) else {
            throw WebSocketViolation("a frame has a reserved opcode")
        }
        if kind.isControl, byte & 0x80 == 0 { throw WebSocketViolation("a control frame is fragmented") }
        return kind
    }

    /// Length of the payload and of what stands before it; the shortest form is the only one.
    private func length(_ second: UInt8, at start: Int) throws(WebSocketViolation) -> (Int, Int)? {
        switch second {
        case 126:
            guard let length = buffer.getInteger(at: start + 2, as: UInt16.self) else { return nil }
            if length < 126 { throw WebSocketViolation("a frame's length is not in its shortest form") }
            return (Int(length), 4)
        case 127:
            guard let length = buffer.getInteger(at: start + 2, as: UInt64.self) else { return nil }
            if length >> 63 != 0 { throw WebSocketViolation("a frame's length has its highest bit set") }
            if length <= UInt64(UInt16.max) {
                throw WebSocketViolation("a frame's length is not in its shortest form")
            }
            guard let whole = Int(exactly: length), whole <= maximumPayload else { throw .tooLarge(maximumPayload) }
            return (whole, 10)
        default:
            return (Int(second), 2)
        }
    }
}
