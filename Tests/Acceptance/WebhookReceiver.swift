import Foundation
import JSON
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Takes POSTs on loopback, one after the other, answers each with 200, and keeps what it was told.
final class WebhookReceiver: Sendable {
    struct NoSocket: Error {}

    let port: UInt16
    private let listener: Int32
    private let told = Mutex<[JSONValue]>([])

    var bodies: [JSONValue] { told.withLock { $0 } }

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else { throw NoSocket() }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        let thread = Task.detached { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { break }
                serve(connection)
                _ = Glibc.close(connection)
            }
        }
        _ = thread
    }

    func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        _ = Glibc.close(listener)
    }

    private func serve(_ connection: Int32) {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            if let body = Self.body(of: bytes) {
                if let document = try? JSONValue(parsing: body) { told.withLock { $0.append(document) } }
                let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok".utf8)
                _ = write(connection, answer, answer.count)
                return
            }
            let count = read(connection, &chunk, chunk.count)
            guard count > 0 else { return }
            bytes += chunk[..<count]
        }
    }

    /// Nil while it is not all there.
    private static func body(of bytes: [UInt8]) -> [UInt8]? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let head = text[..<end.lowerBound].lowercased()
        let length = head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
            .flatMap { Int($0.drop { !$0.isNumber }) }
        let start = text[..<end.upperBound].utf8.count
        guard let length, bytes.count >= start + length else { return nil }
        return Array(bytes[start..<(start + length)])
    }
}
