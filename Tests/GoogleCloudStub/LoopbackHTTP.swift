import Dispatch

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A small HTTP/1.1 server on a port of its own: one request per connection, several at a time.
package final class LoopbackHTTP: Sendable {
    package struct Request: Sendable {
        package var method: String
        /// Without the query, as it came.
        package var path: String
        package var query: [String: String]
        /// By lower-case name.
        package var headers: [String: String]
        package var body: [UInt8]
    }

    package enum Reply: Sendable {
        case answer(status: Int, headers: [(String, String)] = [], body: [UInt8])
        /// Closes without a word.
        case hangUp
    }

    package let port: Int
    private let listener: Int32

    /// - Parameter now: what its answers say the time is, in seconds since 1970.
    package init(
        now: @escaping @Sendable () -> Double = { Double(time(nil)) },
        _ handle: @escaping @Sendable (Request) -> Reply
    ) throws {
        let socket = try LoopbackListener(backlog: 16)
        port = socket.port
        listener = socket.descriptor
        let listener = listener
        let connections = DispatchQueue(label: "loopback connections", attributes: .concurrent)
        DispatchQueue(label: "loopback listener").async {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { break }
                connections.async { Self.serve(connection, now, handle) }
            }
            close(listener)
        }
    }

    package var base: String { "http://127.0.0.1:\(port)" }

    /// Ends the listener, which gives the descriptor back.
    package func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private static func serve(_ connection: Int32, _ now: () -> Double, _ handle: (Request) -> Reply) {
        defer { close(connection) }
        guard let request = read(connection), case .answer(let status, let headers, let body) = handle(request) else {
            return
        }
        var head = "HTTP/1.1 \(status) X\r\nContent-Length: \(body.count)\r\nConnection: close\r\n"
        // Whoever answers may have a clock of its own; two of them would be one too many.
        if !headers.contains(where: { $0.0.lowercased() == "date" }) { head += "Date: \(date(now()))\r\n" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        let bytes = Array((head + "\r\n").utf8) + (request.method == "HEAD" ? [] : body)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// RFC 9110 section 6.6.1: every server with a clock says what time it is.
    private static func date(_ seconds: Double) -> String {
        var (now, fields, text) = (time_t(seconds), tm(), [CChar](repeating: 0, count: 64))
        gmtime_r(&now, &fields)
        let length = strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S GMT", &fields)
        return String(decoding: text[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func read(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var request: (request: Request, end: Int, length: Int)?
        while true {
            if request == nil { request = head(bytes) }
            if var found = request, bytes.count >= found.end + found.length {
                found.request.body = Array(bytes[found.end..<found.end + found.length])
                return found.request
            }
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
        }
    }

    private static func head(_ bytes: [UInt8]) -> (Request, end: Int, length: Int)? {
        let gap = Array("\r\n\r\n".utf8)
        guard bytes.count >= gap.count,
            let start = (0...bytes.count - gap.count).first(where: {
                bytes[$0] == gap[0] && Array(bytes[$0..<$0 + 4]) == gap
            })
        else { return nil }
        let lines = String(decoding: bytes[..<start], as: UTF8.self).split(separator: "\r\n").map(String.init)
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3 else { return nil }
        let target = words[1].split(separator: "?", maxSplits: 1)
        var query: [String: String] = [:]
        for item in target.dropFirst().first?.split(separator: "&") ?? [] {
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let value = decoded(pair.count > 1 ? pair[1] : "")
            // One that is given several times is a list.
            query[pair[0]] = query[pair[0]].map { "\($0),\(value)" } ?? value
        }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let pair = line.split(separator: ":", maxSplits: 1)
            headers[pair[0].lowercased()] = pair.count > 1 ? String(pair[1].drop { $0 == " " }) : ""
        }
        let request = Request(
            method: String(words[0]), path: target.first.map(String.init) ?? "", query: query, headers: headers,
            body: [])
        return (request, start + 4, Int(headers["content-length"] ?? "") ?? 0)
    }

    package static func decoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else {
                bytes.append(byte)
                continue
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
