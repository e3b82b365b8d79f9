import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A small HTTP server on a port of its own: one request per connection, canned answers, no parsing beyond lengths.
final class LoopbackServer: Sendable {
    enum Reply: Sendable {
        case answer(status: Int, body: String)
        /// Reads the whole request and closes without a word.
        case hangUp
    }

    struct NoSocket: Error {}

    let port: Int
    private let listener: Int32
    private let state: Mutex<(replies: [Reply], requests: [String])>

    init(_ replies: [Reply]) throws {
        state = Mutex((replies, []))
        #if canImport(Glibc)
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        listener = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let worked = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 8) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard listener >= 0, worked else { throw NoSocket() }
        port = Int(UInt16(bigEndian: address.sin_port))
        DispatchQueue(label: "loopback server").async { [self] in serve() }
    }

    var base: String { "http://127.0.0.1:\(port)" }

    /// Heads and bodies as they came.
    var requests: [String] { state.withLock { $0.requests } }

    /// Ends `serve`, which gives the descriptor back.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func serve() {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { break }
            let request = Self.read(connection)
            let reply = state.withLock { state -> Reply? in
                state.requests.append(request)
                return state.replies.isEmpty ? nil : state.replies.removeFirst()
            }
            if case .answer(let status, let body) = reply {
                let text =
                    "HTTP/1.1 \(status) X\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
                    + "Connection: close\r\n\r\n\(body)"
                _ = text.withCString { send(connection, $0, text.utf8.count, 0) }
            }
            close(connection)
        }
        close(listener)
    }

    private static func read(_ connection: Int32) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let head = text.firstRange(of: "\r\n\r\n") {
                let length = text.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst(15).drop { $0 == " " }) }
                if text[head.upperBound...].utf8.count >= length ?? 0 { return text }
            }
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return text }
            bytes += buffer[..<count]
        }
    }
}
