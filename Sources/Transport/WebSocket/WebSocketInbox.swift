import NIOCore
import Synchronization

/// Messages that have come in and callers that wait for one.
final class WebSocketInbox: Sendable {
    typealias Outcome = Result<WebSocketMessage, WebSocketError>

    private struct Waiter {
        var id: UInt64
        var continuation: CheckedContinuation<Outcome, Never>
        var timer: Scheduled<Void>?

        func resume(_ outcome: Outcome) {
            timer?.cancel()
            continuation.resume(returning: outcome)
        }
    }

    private struct State {
        var messages: [WebSocketMessage] = []
        var bytes = 0
        var waiters: [Waiter] = []
        var lastID: UInt64 = 0
        var end: Outcome?
        var isPaused = false
        var discards = false
        var pongs: [[UInt8]: CheckedContinuation<WebSocketError?, Never>] = [:]
    }

    /// Above this the socket is not read until someone has received; a server cannot fill the memory.
    private static let highWater = (bytes: 4 << 20, messages: 1024)

    private let state = Mutex(State())

    var hasEnded: Bool { state.withLock { $0.end != nil } }

    /// Of the server's close frame; 1006 where it has not sent one.
    var closeCode: UInt16 {
        state.withLock {
            if case .success(.closed(let code, _)) = $0.end { code } else { 1006 }
        }
    }

    /// This side has sent its close frame.
    var isClosing: Bool { state.withLock { $0.discards } }

    func nextID() -> UInt64 {
        state.withLock {
            $0.lastID += 1
            return $0.lastID
        }
    }

    /// True when reading should stop.
    func put(_ message: WebSocketMessage) -> Bool {
        state.withLock { state in
            guard state.end == nil, !state.discards else { return false }
            if !state.waiters.isEmpty {
                state.waiters.removeFirst().resume(.success(message))
                return false
            }
            state.messages.append(message)
            state.bytes += message.byteCount
            let full = state.bytes > Self.highWater.bytes || state.messages.count > Self.highWater.messages
            defer { if full { state.isPaused = true } }
            return full && !state.isPaused
        }
    }

    /// The first end counts; it is what every later caller gets.
    func finish(_ end: Outcome) {
        state.withLock { state in
            guard state.end == nil else { return }
            state.end = end
            for waiter in state.waiters { waiter.resume(end) }
            state.waiters = []
            for waiter in state.pongs.values { waiter.resume(returning: .closed) }
            state.pongs = [:]
        }
    }

    /// Nobody wants what has not been received yet.
    func discard() {
        state.withLock {
            $0.discards = true
            $0.messages = []
            $0.bytes = 0
        }
    }

    /// Resumes at once when there is a message; `resumeReading` is called when reading had stopped and may go on.
    func take(
        _ id: UInt64, _ continuation: CheckedContinuation<Outcome, Never>, resumeReading: () -> Void
    ) {
        let mayRead = state.withLock { state -> Bool in
            guard !state.messages.isEmpty else {
                if let end = state.end {
                    continuation.resume(returning: end)
                } else {
                    state.waiters.append(Waiter(id: id, continuation: continuation))
                }
                return false
            }
            let message = state.messages.removeFirst()
            state.bytes -= message.byteCount
            continuation.resume(returning: .success(message))
            let drained =
                state.isPaused && state.bytes <= Self.highWater.bytes / 2
                && state.messages.count <= Self.highWater.messages / 2
            if drained { state.isPaused = false }
            return drained
        }
        if mayRead { resumeReading() }
    }

    /// Bounds the wait of a caller; no effect when it has its message.
    func attach(_ timer: Scheduled<Void>, to id: UInt64) {
        let attached = state.withLock { state -> Bool in
            guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return false }
            state.waiters[index].timer = timer
            return true
        }
        if !attached { timer.cancel() }
    }

    /// False when the connection has ended; the caller then has its answer.
    func awaitPong(_ payload: [UInt8], _ continuation: CheckedContinuation<WebSocketError?, Never>) -> Bool {
        state.withLock { state in
            if state.end != nil {
                continuation.resume(returning: .closed)
                return false
            }
            state.pongs[payload] = continuation
            return true
        }
    }

    /// A pong that nobody asked for means nothing (RFC 6455 section 5.5.3).
    func takePong(_ payload: [UInt8]) { endPong(payload, nil) }

    func endPong(_ payload: [UInt8], _ error: WebSocketError?) {
        state.withLock { $0.pongs.removeValue(forKey: payload)?.resume(returning: error) }
    }

    func giveUp(_ id: UInt64, _ error: WebSocketError) {
        state.withLock { state in
            guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return }
            state.waiters.remove(at: index).resume(.failure(error))
        }
    }
}

extension WebSocketMessage {
    fileprivate var byteCount: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .binary(let bytes): bytes.count
        case .closed: 0
        }
    }
}
