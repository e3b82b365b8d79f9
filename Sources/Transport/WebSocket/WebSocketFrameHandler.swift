import NIOCore
import NIOWebSocket

/// Turns frames into messages, answers pings and the closing handshake, and ends the connection on a violation.
final class WebSocketFrameHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame

    /// RFC 6455 section 7.4.1.
    private enum CloseCode {
        static let protocolError: UInt16 = 1002
        static let noCode: UInt16 = 1005
        static let noFrame: UInt16 = 1006
        static let invalidText: UInt16 = 1007
        static let tooLarge: UInt16 = 1009
    }

    private struct Violation: Error {
        var code: UInt16
        var reason: String

        init(_ reason: String, code: UInt16 = CloseCode.protocolError) {
            self.reason = reason
            self.code = code
        }
    }

    private let inbox: WebSocketInbox
    private let maximumMessageBytes: Int
    private var partial: (opcode: WebSocketOpcode, bytes: [UInt8])?
    private var hasEnded = false

    init(_ inbox: WebSocketInbox, maximumMessageBytes: Int) {
        self.inbox = inbox
        self.maximumMessageBytes = maximumMessageBytes
    }

    func handlerAdded(context: ChannelHandlerContext) {
        // The end of file may have come before this handler.
        if !context.channel.isActive { end(.success(.closed(code: CloseCode.noFrame, reason: ""))) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.success(.closed(code: CloseCode.noFrame, reason: "")))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasEnded else { return }
        do {
            try take(unwrapInboundIn(data), context.channel)
        } catch let violation as Violation {
            fail(violation, context.channel)
        } catch {
            fail(Violation("\(error)"), context.channel)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error as? NIOWebSocketError {
        case .invalidFrameLength:
            fail(Violation(tooLargeText, code: CloseCode.tooLarge), context.channel)
        case .multiByteControlFrameLength:
            fail(Violation("a control frame is longer than 125 bytes"), context.channel)
        case .fragmentedControlFrame:
            fail(Violation("a control frame is fragmented"), context.channel)
        default:
            // A reset: there is no close frame, as at any other loss of the connection.
            end(.success(.closed(code: CloseCode.noFrame, reason: "")))
            context.close(promise: nil)
        }
    }

    private var tooLargeText: String { "a message is larger than \(maximumMessageBytes) bytes" }

    private func take(_ frame: WebSocketFrame, _ channel: any Channel) throws {
        if frame.rsv1 || frame.rsv2 || frame.rsv3 { throw Violation("a frame has a reserved bit set") }
        if frame.maskKey != nil { throw Violation("a frame of the server is masked") }
        let bytes = Array(frame.data.readableBytesView)
        switch frame.opcode {
        case .ping:
            reply(.pong, bytes, channel, thenClose: false)
        case .pong:
            break
        case .connectionClose:
            try takeClose(bytes, channel)
        case .text, .binary:
            guard partial == nil else { throw Violation("a message begins inside another one") }
            try append(frame.opcode, bytes, to: [], isLast: frame.fin, channel)
        case .continuation:
            guard let (opcode, begun) = partial else { throw Violation("a fragment continues no message") }
            partial = nil
            try append(opcode, bytes, to: begun, isLast: frame.fin, channel)
        default:
            throw Violation("a frame has a reserved opcode")
        }
    }

    private func append(
        _ opcode: WebSocketOpcode, _ bytes: [UInt8], to begun: [UInt8], isLast: Bool, _ channel: any Channel
    ) throws {
        guard begun.count + bytes.count <= maximumMessageBytes else {
            throw Violation(tooLargeText, code: CloseCode.tooLarge)
        }
        let whole = begun + bytes
        guard isLast else {
            partial = (opcode, whole)
            return
        }
        if opcode == .binary {
            put(.binary(whole), channel)
        } else if let text = String(validating: whole, as: UTF8.self) {
            put(.text(text), channel)
        } else {
            throw Violation("a text message is not UTF-8", code: CloseCode.invalidText)
        }
    }

    private func put(_ message: WebSocketMessage, _ channel: any Channel) {
        if inbox.put(message) { channel.setOption(.autoRead, value: false).whenComplete { _ in } }
    }

    private func takeClose(_ bytes: [UInt8], _ channel: any Channel) throws {
        guard bytes.count != 1 else { throw Violation("a close frame holds half a code") }
        guard bytes.count >= 2 else {
            end(.success(.closed(code: CloseCode.noCode, reason: "")))
            answerClose([], channel)
            return
        }
        let code = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
        guard (1000...4999).contains(code), ![1004, 1005, 1006, 1015].contains(code) else {
            throw Violation("`\(code)` is not a close code")
        }
        end(.success(.closed(code: code, reason: String(decoding: bytes[2...], as: UTF8.self))))
        answerClose(Array(bytes[..<2]), channel)
    }

    private func fail(_ violation: Violation, _ channel: any Channel) {
        guard !hasEnded else { return }
        end(.failure(.protocolViolation(reason: violation.reason)))
        let code = [UInt8(violation.code >> 8), UInt8(violation.code & 0xFF)]
        reply(.connectionClose, code, channel, thenClose: true)
    }

    private func end(_ outcome: WebSocketInbox.Outcome) {
        hasEnded = true
        inbox.finish(outcome)
    }

    /// A close frame is answered, but one that is itself an answer only ends the connection.
    private func answerClose(_ code: [UInt8], _ channel: any Channel) {
        if inbox.isClosing {
            channel.close(promise: nil)
        } else {
            reply(.connectionClose, code, channel, thenClose: true)
        }
    }

    /// In a later turn of the event loop: while the upgrade is under way NIO drops what is written, silently.
    private func reply(_ opcode: WebSocketOpcode, _ bytes: [UInt8], _ channel: any Channel, thenClose: Bool) {
        channel.eventLoop.execute {
            let written = channel.writeAndFlush(WebSocketFrame.fromClient(opcode, bytes))
            if thenClose { written.whenComplete { _ in channel.close(promise: nil) } }
        }
    }
}

extension WebSocketFrame {
    /// RFC 6455 section 5.3: a client masks every frame with a new key.
    static func fromClient(_ opcode: WebSocketOpcode, _ bytes: [UInt8]) -> WebSocketFrame {
        WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: ByteBuffer(bytes: bytes))
    }
}
