import Synchronization
import Verification

/// A service's side of WebSocket connections, played in a time that passes only while somebody waits.
final class PlayedWebSocket: WebSocketProbe {
    struct Script: Sendable {
        /// By the milliseconds after the opening.
        var events: [(at: Double, message: WebSocketMessage)] = []
        /// What follows a message of the client, and how much later.
        var answer: @Sendable (String) -> [(after: Double, message: WebSocketMessage)] = { _ in [] }
        var pongs = true
        /// What the server says to a close frame.
        var closeAnswer = 1000
        var headers: [HeaderField] = []
    }

    private struct State {
        var openings: [WebSocketProbeRequest] = []
        var open = 0
        var drops = 0
    }

    let clock: ManualClock
    private let state = Mutex(State())
    /// By the number of the opening, from 1, and how many are open.
    private let opening: @Sendable (Int, Int, WebSocketProbeRequest) -> Result<Script, Refusal>

    struct Refusal: Error {
        var status: Int
        var body = ""
        var headers: [HeaderField] = []
    }

    init(
        clock: ManualClock = ManualClock(),
        _ opening: @escaping @Sendable (Int, Int, WebSocketProbeRequest) -> Result<Script, Refusal>
    ) {
        self.clock = clock
        self.opening = opening
    }

    convenience init(_ script: Script) {
        self.init { _, _, _ in .success(script) }
    }

    var openings: [WebSocketProbeRequest] { state.withLock { $0.openings } }
    var drops: Int { state.withLock { $0.drops } }

    func open(_ request: WebSocketProbeRequest) async -> WebSocketOpening {
        let (number, open) = state.withLock { state in
            state.openings.append(request)
            return (state.openings.count, state.open)
        }
        switch opening(number, open, request) {
        case .failure(let refusal):
            return .refused(status: refusal.status, headers: refusal.headers, body: Array(refusal.body.utf8))
        case .success(let script):
            state.withLock { $0.open += 1 }
            clock.advance(.milliseconds(5))
            return .connected(
                Session(self, script),
                WebSocketAcceptance(
                    headers: script.headers, remoteAddress: "127.0.0.1:80", phases: Phases(firstByte: 4, total: 5)))
        }
    }

    private func ended(byDrop: Bool) {
        state.withLock { state in
            state.open -= 1
            if byDrop { state.drops += 1 }
        }
    }

    private final class Session: WebSocketSession {
        private struct Line {
            var events: [(at: Duration, message: WebSocketMessage)]
            var isOver = false
        }

        private let service: PlayedWebSocket
        private let script: Script
        private let line: Mutex<Line>

        init(_ service: PlayedWebSocket, _ script: Script) {
            self.service = service
            self.script = script
            let start = service.clock.now()
            line = Mutex(
                Line(events: script.events.map { (start + .microseconds(Int64($0.at * 1000)), $0.message) }))
        }

        func send(_ text: String) async throws {
            let now = service.clock.now()
            line.withLock { line in
                for (after, message) in script.answer(text) {
                    line.events.append((now + .microseconds(Int64(after * 1000)), message))
                }
                line.events.sort { $0.at < $1.at }
            }
        }

        func send(_ bytes: [UInt8]) async throws { try await send("\(bytes)") }

        func receive(withinMilliseconds milliseconds: Int) async -> WebSocketMessage {
            let now = service.clock.now()
            let due = line.withLock { line -> (Duration, WebSocketMessage)? in
                guard let first = line.events.first, first.at - now <= .milliseconds(milliseconds) else { return nil }
                // The end of a connection stays its end.
                if case .closed = first.message { return (first.at, first.message) }
                line.events.removeFirst()
                return (first.at, first.message)
            }
            guard let (at, message) = due else {
                service.clock.advance(.milliseconds(milliseconds))
                return .timedOut
            }
            if at > now { service.clock.advance(at - now) }
            return message
        }

        func ping(withinMilliseconds milliseconds: Int) async -> Double? {
            service.clock.advance(.milliseconds(script.pongs ? 1 : milliseconds))
            return script.pongs ? 1 : nil
        }

        func close(code: Int, reason: String) async -> Int {
            end(byDrop: false)
            return script.closeAnswer
        }

        func drop() async { end(byDrop: true) }

        private func end(byDrop: Bool) {
            let isFirst = line.withLock { line in
                defer { line.isOver = true }
                return !line.isOver
            }
            if isFirst { service.ended(byDrop: byDrop) }
        }
    }
}

extension PlayedWebSocket.Script {
    /// Answers every message with itself.
    static func echo(after milliseconds: Double = 10) -> Self {
        Self(answer: { [(milliseconds, .text($0))] })
    }

    /// Messages with these numbers, 10 ms apart.
    static func numbers(_ numbers: some Sequence<Int>, session: String = "s1") -> Self {
        Self(
            events: numbers.enumerated().map {
                (Double($0.offset * 10), .text(#"{"seq":\#($0.element),"session":"\#(session)"}"#))
            })
    }
}
