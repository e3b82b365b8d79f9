import NIOCore
import NIOWebSocket

/// An open WebSocket; it is closed at the latest when nobody holds it any more.
package final class WebSocketConnection: Sendable {
    /// What the server chose of the subprotocols that were offered.
    package let subprotocol: String?
    /// Of the answer with 101.
    package let headers: HTTPHeaders
    /// `address:port` of the other side; that of the proxy where there is one.
    package let remoteAddress: String?
    package let timings: WebSocketTimings
    let channel: any Channel
    private let inbox: WebSocketInbox

    /// How long `close` waits for the server's own close frame.
    private static let closingTime: TimeAmount = .seconds(2)

    init(_ channel: any Channel, _ inbox: WebSocketInbox, _ answer: UpgradeAnswer, _ timings: WebSocketTimings) {
        self.channel = channel
        self.inbox = inbox
        self.timings = timings
        headers = answer.headers
        subprotocol = answer.headers["Sec-WebSocket-Protocol"]
        remoteAddress = channel.remoteAddress.flatMap { address in
            guard let host = address.ipAddress, let port = address.port else { return nil }
            return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }

    deinit {
        channel.close(promise: nil)
    }

    package func send(text: String) async throws(WebSocketError) {
        try await send(.text, Array(text.utf8))
    }

    package func send(binary bytes: [UInt8]) async throws(WebSocketError) {
        try await send(.binary, bytes)
    }

    /// The next message, in the order in which they came. After `.closed` every call returns the same again.
    package func receive(within limit: Duration) async throws(WebSocketError) -> WebSocketMessage {
        if Task.isCancelled { throw .cancelled }
        let (inbox, channel) = (inbox, channel)
        let id = inbox.nextID()
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<WebSocketInbox.Outcome, Never>) in
                inbox.take(id, continuation) {
                    channel.setOption(.autoRead, value: true).whenComplete { _ in }
                }
                let timer = channel.eventLoop.scheduleTask(in: .milliseconds(Int64(limit.clampedMilliseconds))) {
                    inbox.giveUp(id, .timedOut)
                }
                inbox.attach(timer, to: id)
                // The handler below found nobody to wake if the task was cancelled in between.
                if Task.isCancelled { inbox.giveUp(id, .cancelled) }
            }
        } onCancel: {
            inbox.giveUp(id, .cancelled)
        }
        return try outcome.get()
    }

    /// Sends a ping and waits for its pong (RFC 6455 section 5.5.2): how long that took. A pong behind many messages
    /// that nobody receives is not seen. Throws `timedOut` when none
    /// came in time, `closed` when the connection ended meanwhile.
    package func ping(within limit: Duration) async throws(WebSocketError) -> Duration {
        if Task.isCancelled { throw .cancelled }
        let (inbox, channel) = (inbox, channel)
        let payload = withUnsafeBytes(of: UInt64.random(in: .min ... .max)) { Array($0) }
        let clock = ContinuousClock()
        let start = clock.now
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard inbox.awaitPong(payload, continuation) else { return }
                channel.eventLoop.scheduleTask(in: .milliseconds(Int64(limit.clampedMilliseconds))) {
                    inbox.endPong(payload, .timedOut)
                }
                channel.writeAndFlush(WebSocketFrame.fromClient(.ping, payload)).whenFailure { _ in
                    inbox.endPong(payload, .closed)
                }
                if Task.isCancelled { inbox.endPong(payload, .cancelled) }
            }
        } onCancel: {
            inbox.endPong(payload, .cancelled)
        }
        if let error = outcome { throw error }
        return clock.now - start
    }

    /// Ends the connection without a close frame, as a network that fails does.
    package func drop() async {
        inbox.discard()
        await withCheckedContinuation { continuation in
            channel.close().whenComplete { _ in continuation.resume() }
        }
    }

    /// Sends a close frame, waits a little for the server's, and ends the connection. Messages that nobody received
    /// are lost. The code of the server's own frame, 1006 where none came.
    @discardableResult
    package func close(code: UInt16 = 1000, reason: String = "") async -> UInt16 {
        let channel = channel
        if !inbox.hasEnded {
            inbox.discard()
            channel.setOption(.autoRead, value: true).whenComplete { _ in }
            let bytes = [UInt8(code >> 8), UInt8(code & 0xFF)] + Self.fit(reason)
            channel.writeAndFlush(WebSocketFrame.fromClient(.connectionClose, bytes), promise: nil)
        }
        let timer = channel.eventLoop.scheduleTask(in: Self.closingTime) { channel.close(promise: nil) }
        await withCheckedContinuation { continuation in
            channel.closeFuture.whenComplete { _ in continuation.resume() }
        }
        timer.cancel()
        return inbox.closeCode
    }

    private func send(_ opcode: WebSocketOpcode, _ bytes: [UInt8]) async throws(WebSocketError) {
        guard !inbox.hasEnded else { throw .closed }
        do {
            try await channel.writeAndFlush(WebSocketFrame.fromClient(opcode, bytes)).get()
        } catch {
            throw .closed
        }
    }

    /// A control frame holds 125 bytes, two of them the code; the cut must not leave half a character.
    private static func fit(_ reason: String) -> [UInt8] {
        var text = reason
        while text.utf8.count > 123 { text.removeLast() }
        return Array(text.utf8)
    }
}
