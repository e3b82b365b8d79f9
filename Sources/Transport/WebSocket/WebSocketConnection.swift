import NIOCore
import NIOWebSocket

/// An open WebSocket; it is closed at the latest when nobody holds it any more.
package final class WebSocketConnection: Sendable {
    /// What the server chose of the subprotocols that were offered.
    package let subprotocol: String?
    private let channel: any Channel
    private let inbox: WebSocketInbox

    /// How long `close` waits for the server's own close frame.
    private static let closingTime: TimeAmount = .seconds(2)

    init(_ channel: any Channel, _ inbox: WebSocketInbox, subprotocol: String?) {
        self.channel = channel
        self.inbox = inbox
        self.subprotocol = subprotocol
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

    /// Sends a close frame, waits a little for the server's, and ends the connection. Messages that nobody received
    /// are lost.
    package func close(code: UInt16 = 1000, reason: String = "") async {
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
