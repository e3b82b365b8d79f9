import Dispatch
import GoogleCloudStub
import JSON
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A token server on a port of its own: many connections at once, one request on each, answered by a function.
final class TokenServer: Sendable {
    struct Request: Sendable {
        var method: String
        /// Path and query.
        var target: String
        /// Names in lower case.
        var headers: [String: String]
        var body: String

        var path: String { String(target.prefix { $0 != "?" }) }
        var json: JSONValue? { try? JSONValue(parsing: body) }

        var form: [String: String] { Self.fields(body) }
        var query: [String: String] {
            target.split(separator: "?", maxSplits: 1).dropFirst().first.map { Self.fields(String($0)) } ?? [:]
        }

        private static func fields(_ text: String) -> [String: String] {
            text.split(separator: "&").reduce(into: [:]) { fields, pair in
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                fields[decoded(parts[0])] = parts.count > 1 ? decoded(parts[1]) : ""
            }
        }

        private static func decoded(_ text: Substring) -> String {
            var bytes: [UInt8] = []
            var rest = Array(text.utf8)[...]
            while let byte = rest.popFirst() {
                if byte == UInt8(ascii: "%"),
                    let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
                {
                    bytes.append(value)
                    rest = rest.dropFirst(2)
                } else {
                    bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    enum Reply: Sendable {
        case answer(Int, String, headers: [String: String] = [:])
        case hangUp
        /// Nothing, for as long as the other side waits.
        case silence

        static func json(_ status: Int, _ body: JSONValue) -> Reply { .answer(status, body.serialized()) }
    }

    let port: Int
    private let listener: Int32
    private let reply: @Sendable (Request) -> Reply
    private let state = Mutex<(requests: [Request], silent: [Int32])>(([], []))

    init(_ reply: @escaping @Sendable (Request) -> Reply) throws {
        self.reply = reply
        let socket = try LoopbackListener(backlog: 64)
        port = socket.port
        listener = socket.descriptor
        DispatchQueue(label: "token server").async { [self] in serve() }
    }

    var base: String { "http://127.0.0.1:\(port)" }
    var requests: [Request] { state.withLock { $0.requests } }

    /// Ends `serve`, which gives the descriptors back.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func serve() {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { break }
            handle(connection)
        }
        for connection in state.withLock({ $0.silent }) { close(connection) }
        close(listener)
    }

    private func handle(_ connection: Int32) {
        guard let request = Self.read(connection) else {
            close(connection)
            return
        }
        state.withLock { $0.requests.append(request) }
        switch reply(request) {
        case .answer(let status, let body, let headers):
            let fields = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
            let text =
                "HTTP/1.1 \(status) X\r\n\(fields)Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
            _ = text.withCString { send(connection, $0, text.utf8.count, Int32(MSG_NOSIGNAL)) }
            close(connection)
        case .hangUp: close(connection)
        case .silence: state.withLock { $0.silent.append(connection) }
        }
    }

    private static func read(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = text.firstRange(of: "\r\n\r\n"), let request = request(text, headEnd: end) { return request }
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
        }
    }

    /// Nil while a part of the body is missing.
    private static func request(_ text: String, headEnd: Range<String.Index>) -> Request? {
        let lines = text[..<headEnd.lowerBound].split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " }) }
        }
        let body = String(text[headEnd.upperBound...])
        guard body.utf8.count >= headers["content-length"].flatMap({ Int($0) }) ?? 0 else { return nil }
        return Request(method: String(words[0]), target: String(words[1]), headers: headers, body: body)
    }
}
