import NIOCore
import NIOWebSocket

/// Turns bytes into messages, answers pings and the closing handshake, and ends the connection on a violation.
final class WebSocketFrameHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = WebSocketFrame

    /// RFC 6455 section 7.4.1.
    private static let noCode: UInt16 = 1005
    private static let noFrame: UInt16 = 1006

    /// How long the server has to read why the connection ends before it does.
    private static let lingering: TimeAmount = .seconds(1)

    private let inbox: WebSocketInbox
    private var frames: WebSocketFrameReader
    private var assembly: WebSocketAssembly
    private var hasEnded = false

    init(_ inbox: WebSocketInbox, maximumMessageBytes: Int) {
        self.inbox = inbox
        frames = WebSocketFrameReader(maximumPayload: maximumMessageBytes)
        assembly = WebSocketAssembly(maximumMessageBytes: maximumMessageBytes)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.success(.closed(code: Self.noFrame, reason: "")))
        context.fireChannelInactive()
    }

    /// A reset: there is no close frame, as at any other loss of the connection.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.success(.closed(code: Self.noFrame, reason: "")))
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // What comes after the last frame is nobody's any more (RFC 6455 section 5.5.1).
        guard !hasEnded else { return }
        frames.append(unwrapInboundIn(data))
        do throws(WebSocketViolation) {
            while !hasEnded, let frame = try frames.next() {
                if let event = try assembly.take(frame) { take(event, context) }
            }
        } catch {
            end(.failure(.protocolViolation(reason: error.reason, code: error.code)))
            reply(.connectionClose, [UInt8(error.code >> 8), UInt8(error.code & 0xFF)], context)
            endAfterReading(context)
        }
    }

    private func take(_ event: WebSocketAssembly.Event, _ context: ChannelHandlerContext) {
        switch event {
        case .message(let message):
            let channel = context.channel
            if inbox.put(message) { channel.setOption(.autoRead, value: false).whenComplete { _ in } }
        case .ping(let payload):
            // A server that asks and never reads must not fill the memory (section 5.5.3 lets answers be left out).
            if context.channel.isWritable { reply(.pong, payload, context) }
        case .pong(let payload):
            inbox.takePong(payload)
        case .close(let code, let reason):
            end(.success(.closed(code: code ?? Self.noCode, reason: reason)))
            // A close frame is answered, but one that is itself an answer only ends the connection.
            if inbox.isClosing { return context.close(promise: nil) }
            reply(.connectionClose, code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? [], context)
            endAfterReading(context)
        }
    }

    private func end(_ outcome: WebSocketInbox.Outcome) {
        hasEnded = true
        inbox.finish(outcome)
    }

    private func reply(_ opcode: WebSocketOpcode, _ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(.fromClient(opcode, bytes)), promise: nil)
    }

    /// Closing a socket with unread bytes resets it, and the server may never see the close frame: so this side only
    /// stops sending, and reads on until the server has ended too.
    private func endAfterReading(_ context: ChannelHandlerContext) {
        let channel = context.channel
        channel.setOption(.autoRead, value: true).whenComplete { _ in }
        channel.close(mode: .output).whenFailure { _ in channel.close(promise: nil) }
        let timer = channel.eventLoop.scheduleTask(in: Self.lingering) { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in timer.cancel() }
    }
}

extension WebSocketFrame {
    /// RFC 6455 section 5.3: a client masks every frame with a new key.
    static func fromClient(_ opcode: WebSocketOpcode, _ bytes: [UInt8]) -> WebSocketFrame {
        WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: ByteBuffer(bytes: bytes))
    }
}
