/// Puts a server's frames together to messages (RFC 6455 sections 5.4 to 5.6 and 7.4).
struct WebSocketAssembly {
    enum Event: Hashable, Sendable {
        case message(WebSocketMessage)
        case ping([UInt8])
        case pong([UInt8])
        /// Nil: the frame had no code.
        case close(code: UInt16?, reason: String)
    }

    private let maximumMessageBytes: Int
    private var isText: Bool?
    private var bytes: [UInt8] = []
    private var characters = UTF8Validator()

    init(maximumMessageBytes: Int) {
        self.maximumMessageBytes = maximumMessageBytes
    }

    /// Nil for a fragment that completes nothing.
    mutating func take(_ frame: ServerFrame) throws(WebSocketViolation) -> Event? {
        switch frame.kind {
        case .ping: return .ping(frame.payload)
        case .pong: return .pong(frame.payload)
        case .close: return try Self.close(frame.payload)
        case .text, .binary:
            guard isText == nil else { throw WebSocketViolation("a message begins inside another one") }
            isText = frame.kind == .text
            characters = UTF8Validator()
            return try append(frame)
        case .continuation:
            guard isText != nil else { throw WebSocketViolation("a fragment continues no message") }
            return try append(frame)
        }
    }

    private mutating func append(_ frame: ServerFrame) throws(WebSocketViolation) -> Event? {
        guard bytes.count + frame.payload.count <= maximumMessageBytes else { throw .tooLarge(maximumMessageBytes) }
        let isText = isText ?? false
        if isText, !characters.take(frame.payload) || (frame.isFinal && !characters.isComplete) {
            throw WebSocketViolation("a text message is not UTF-8", code: WebSocketViolation.invalidText)
        }
        bytes += frame.payload
        guard frame.isFinal else { return nil }
        defer {
            self.isText = nil
            bytes = []
        }
        return .message(isText ? .text(String(decoding: bytes, as: UTF8.self)) : .binary(bytes))
    }

    private static func close(_ payload: [UInt8]) throws(WebSocketViolation) -> Event {
        guard payload.count != 1 else { throw WebSocketViolation("a close frame holds half a code") }
        guard payload.count >= 2 else { return .close(code: nil, reason: "") }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        guard isCloseCode(code) else { throw WebSocketViolation("`\(code)` is not a close code") }
        guard let reason = String(validating: payload[2...], as: UTF8.self) else {
            throw WebSocketViolation("the reason of a close frame is not UTF-8", code: WebSocketViolation.invalidText)
        }
        return .close(code: code, reason: reason)
    }

    /// What may stand in a frame: RFC 6455 section 7.4, with the codes registered since (IANA, WebSocket Close Code
    /// Number Registry: 1012 to 1014).
    static func isCloseCode(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
