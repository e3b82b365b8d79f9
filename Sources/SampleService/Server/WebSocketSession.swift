import NIOCore
import NIOWebSocket
import Synchronization

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

    let user: String
    let application: Application
    private let effects: [Effect]
    private let breaks: Bool
    private(set) var context: ChannelHandlerContext?
    private var isClosing = false
    /// Agents at work by number; taking one out stops it.
    private var working: Set<Int> = []
    private var lastAgent = 0
    /// What can be resumed after the connection is lost; nil where nobody asked for it.
    private var session: (id: String, after: Int)?
    private let query: [String: String]
    /// The one that this connection began, for messages that name none.
    var lastExecution: String?

    init(_ opening: SocketOpening, application: Application, effects: [Effect], breaks: Bool) {
        user = opening.user
        query = opening.query
        self.application = application
        self.effects = effects
        self.breaks = breaks
    }

    var isOpen: Bool { !isClosing && context?.channel.isActive == true }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Called when the upgrade is complete: a write from `handlerAdded` would still meet the HTTP handlers.
    func begin() {
        application.countWebSocket()
        if let id = query["session"] {
            let session = application.memory.withLock {
                $0.sessions.open(id, after: query["after"].flatMap { Int($0) })
            }
            self.session = session
            send(["type": "session", "session": .string(session.id), "after": .integer(session.after)])
        }
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
        if let delivery = event as? SocketDelivery { return send(delivery.message) }
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
        case "stop_agent": stopAgents()
        case "next": sendNext()
        case "subscribe", "post_message": converse(type, message)
        case "execute": execute(message)
        case "follow_execution": followExecution(message)
        case "cancel_execution": cancelExecution(message)
        default: send(["type": "error", "error": .string("unknown type \(type)")])
        }
    }

    private func startAgent() {
        guard working.count < Self.maximumAgents else {
            return send(["type": "error", "error": "too many agents at work"])
        }
        lastAgent += 1
        working.insert(lastAgent)
        sendAgentEvent(0, of: lastAgent)
    }

    private func stopAgents() {
        let count = working.count
        working = []
        send(["type": "agent_stopped", "stopped": .integer(count)])
    }

    private func sendAgentEvent(_ index: Int, of agent: Int) {
        guard let context, !isClosing, context.channel.isActive, working.contains(agent) else { return }
        send(["type": .string(Self.agentEvents[index]), "seq": .integer(index + 1)])
        guard index + 1 < Self.agentEvents.count else {
            working.remove(agent)
            return
        }
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { self.sendAgentEvent(index + 1, of: agent) }
    }

    /// The next item of a session; it goes on where it was, on whichever connection.
    private func sendNext() {
        guard var session else { return send(["type": "error", "error": "this connection has no session"]) }
        session.after += 1
        self.session = session
        application.memory.withLock { $0.sessions.note(session.id, session.after) }
        send(["type": "item", "seq": .integer(session.after), "session": .string(session.id)])
    }

    /// Threads over the WebSocket: who subscribes gets what anybody posts, this connection included.
    private func converse(_ type: String, _ message: JSON) {
        let id = message["thread"]?.text ?? ""
        guard application.memory.withLock({ $0.threads.thread(id, visibleTo: user) }) != nil else {
            return send(["type": "error", "error": "no such thread"])
        }
        guard type == "post_message" else {
            if let context { application.hub.add(context.channel, to: id) }
            return send(["type": "subscribed", "thread": .string(id)])
        }
        guard let content = message["content"]?.text, !content.isEmpty else {
            return send(["type": "error", "error": "the message is empty"])
        }
        let posted = application.memory.withLock { $0.threads.addMessage(content, role: "user", to: id) }
        guard let posted else { return }
        send(["type": "posted", "thread": .string(id), "seq": .integer(posted.number)])
        application.tell(id, posted)
    }

    /// With what a mutation makes of it.
    func send(_ original: JSON) {
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
