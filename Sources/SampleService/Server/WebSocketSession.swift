import NIOCore
import NIOWebSocket

/// One WebSocket: echoes, and plays the events of an agent in order.
final class WebSocketSession: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private static let agentEvents = [
        "agent_started", "agent_thinking", "tool_executing", "tool_completed", "agent_completed",
    ]
    private static let pause = TimeAmount.milliseconds(20)
    /// Agents at work at once on one connection.
    private static let maximumAgents = 8

    private let user: String
    private let application: Application
    private let effects: [Effect]
    private let breaks: Bool
    private var context: ChannelHandlerContext?
    private var isClosing = false
    private var agents = 0

    init(_ opening: SocketOpening, application: Application, effects: [Effect], breaks: Bool) {
        user = opening.user
        self.application = application
        self.effects = effects
        self.breaks = breaks
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Called when the upgrade is complete: a write from `handlerAdded` would still meet the HTTP handlers.
    func begin() {
        application.countWebSocket()
        if breaks {
            FaultBehaviour.logWebSocketTraceback()
            close(.unexpectedServerError, reason: "internal error")
        }
        for case .closes(let code) in effects { close(WebSocketErrorCode(codeNumber: code), reason: "closed") }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var frame = unwrapInboundIn(data)
        guard !isClosing || frame.opcode == .connectionClose else { return }
        switch frame.opcode {
        case .text: receive(Array(frame.unmaskedData.readableBytesView))
        case .binary: send(.binary, frame.unmaskedData)
        case .ping: send(.pong, frame.unmaskedData)
        case .connectionClose:
            if !isClosing {
                isClosing = true
                var data = frame.unmaskedData
                send(.connectionClose, data.readSlice(length: min(2, data.readableBytes)) ?? ByteBuffer())
            }
            context.close(promise: nil)
        default: break
        }
        frame.data.clear()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ServiceStopping { return close(.goingAway, reason: "service is stopping") }
        if event is IdleStateHandler.IdleStateEvent { return close(.goingAway, reason: "idle") }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The handler before this one has answered errors of the protocol and closes the connection.
        if error is NIOWebSocketError { return }
        guard error is NIOWebSocketFrameAggregator.Error else { return context.close(promise: nil) }
        close(.messageTooLarge, reason: "at most 64 KiB in 256 fragments")
    }

    private func receive(_ bytes: [UInt8]) {
        guard let message = JSONParser.parse(bytes), let type = message["type"]?.text else {
            return send(["type": "error", "error": "a JSON object with a type is needed"])
        }
        switch type {
        case "echo": send(message)
        case "ping": send(["type": "pong"])
        case "whoami": send(["type": "whoami", "sub": .string(user)])
        case "start_agent": startAgent()
        default: send(["type": "error", "error": .string("unknown type \(type)")])
        }
    }

    private func startAgent() {
        guard agents < Self.maximumAgents else { return send(["type": "error", "error": "too many agents at work"]) }
        agents += 1
        sendAgentEvent(0)
    }

    private func sendAgentEvent(_ index: Int) {
        guard let context, !isClosing, context.channel.isActive else { return }
        send(["type": .string(Self.agentEvents[index]), "seq": .integer(index + 1)])
        guard index + 1 < Self.agentEvents.count else {
            agents -= 1
            return
        }
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { self.sendAgentEvent(index + 1) }
    }

    /// With what a mutation makes of it.
    private func send(_ original: JSON) {
        var message = original
        var times = 1
        var late = 0
        for case .message(let type, let change) in effects where type == "*" || original["type"]?.text == type {
            switch change {
            case .lost: times = 0
            case .twice: times *= 2
            case .late(let milliseconds): late += milliseconds
            case .closes(let code): return close(WebSocketErrorCode(codeNumber: code), reason: "closed")
            case .json(let path, let change): message = message.changed(at: path, change)
            }
        }
        let frame = ByteBuffer(string: message.serialized)
        guard late > 0 else { return (0..<times).forEach { _ in send(.text, frame) } }
        context?.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(late))) { self.send(.text, frame) }
    }

    private func send(_ opcode: WebSocketOpcode, _ data: ByteBuffer) {
        guard let context else { return }
        // A client that does not read must not make the service hold what it is owed.
        guard context.channel.isWritable else { return context.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(WebSocketFrame(fin: true, opcode: opcode, data: data)), promise: nil)
    }

    /// Starts the closing handshake and ends the connection when the other side does not finish it.
    private func close(_ code: WebSocketErrorCode, reason: String) {
        guard let context, !isClosing else { return }
        var data = context.channel.allocator.buffer(capacity: 2 + reason.utf8.count)
        data.write(webSocketErrorCode: code)
        data.writeString(reason)
        send(.connectionClose, data)
        isClosing = true
        context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(2)) { context.close(promise: nil) }
    }
}
