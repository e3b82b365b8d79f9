import Dispatch
import GoogleCloudStub
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

#if canImport(Glibc)
private let noSignal = Int32(MSG_NOSIGNAL)
#else
private let noSignal: Int32 = 0
#endif

/// A small HTTP server on a port of its own that does with each request what a script says, right or wrong: one
/// request per connection, one connection at a time, no parsing beyond lengths.
final class LoopbackServer: Sendable {
    enum Reply: Sendable {
        case answer(status: Int, body: String)
        /// Reads the whole request and closes without a word.
        case hangUp
    }

    struct Request: Sendable {
        var method: String
        /// With its query.
        var path: String
        /// Head and body as they came.
        var text: String
    }

    enum Action: Sendable {
        case send([UInt8])
        /// One byte at a time, until the other side has had enough.
        case trickle([UInt8], pause: Duration)
        /// Says nothing more until the other side closes.
        case hold
        /// Closes so that the other side gets a reset instead of an end.
        case reset
    }

    typealias Script = @Sendable (Request) -> [Action]

    let port: Int
    private let listener: Int32
    private let script: Script
    private let state = Mutex<[Request]>([])

    convenience init(_ replies: [Reply]) throws {
        let left = Mutex(replies)
        try self.init { _ in
            guard case .answer(let status, let body) = left.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else {
                return []
            }
            return [.send(Self.response(status, Array(body.utf8)))]
        }
    }

    init(script: @escaping Script) throws {
        self.script = script
        let socket = try LoopbackListener(backlog: 8)
        port = socket.port
        listener = socket.descriptor
        DispatchQueue(label: "loopback server").async { [self] in serve() }
    }

    var base: String { "http://127.0.0.1:\(port)" }

    /// Heads and bodies as they came.
    var requests: [String] { state.withLock { $0.map(\.text) } }

    var received: [Request] { state.withLock { $0 } }

    /// Ends `serve`, which gives the descriptor back.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    static func response(_ status: Int, _ body: [UInt8], headers: [String] = []) -> [UInt8] {
        let lines =
            ["HTTP/1.1 \(status) X", "Content-Type: application/json", "Connection: close"] + headers
            + ["Content-Length: \(body.count)", "", ""]
        return Array(lines.joined(separator: "\r\n").utf8) + body
    }

    private func serve() {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { break }
            if let request = Self.read(connection) {
                state.withLock { $0.append(request) }
                for action in script(request) { perform(action, connection) }
            } else {
                // A client that speaks TLS takes this for an answer to its hello.
                perform(.send(Array("HTTP/1.1 400 X\r\n\r\n".utf8)), connection)
            }
            close(connection)
        }
        close(listener)
    }

    private func perform(_ action: Action, _ connection: Int32) {
        switch action {
        case .send(let bytes):
            _ = Self.sendAll(connection, bytes)
        case .trickle(let bytes, let pause):
            for byte in bytes {
                guard Self.sendAll(connection, [byte]) else { return }
                usleep(UInt32(pause / .microseconds(1)))
            }
        case .hold:
            var byte: UInt8 = 0
            while recv(connection, &byte, 1, 0) > 0 {}
        case .reset:
            // Closing with no time to send what is left is a reset.
            var none = linger(l_onoff: 1, l_linger: 0)
            setsockopt(connection, SOL_SOCKET, SO_LINGER, &none, socklen_t(MemoryLayout<linger>.size))
        }
    }

    private static func sendAll(_ connection: Int32, _ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, noSignal) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Nil for what is not HTTP.
    private static func read(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let head = text.firstRange(of: "\r\n\r\n") {
                let length = text.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst(15).drop { $0 == " " }) }
                if text[head.upperBound...].utf8.count >= length ?? 0 { return request(text) }
            }
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return request(text) }
            bytes += buffer[..<count]
            // The first byte of a TLS record with a handshake in it.
            if bytes.first == 0x16 { return nil }
        }
    }

    private static func request(_ text: String) -> Request? {
        let words = text.prefix { $0 != "\r\n" }.split(separator: " ")
        guard words.count == 3 else { return nil }
        return Request(method: String(words[0]), path: String(words[1]), text: text)
    }
}
