import NIOCore
import NIOPosix

/// A caller that writes its requests itself and reads answers byte by byte, so that nothing is smoothed over.
final class RawClient {
    struct Answer {
        var status = 0
        var headers: [(name: String, value: String)] = []
        var body: [UInt8] = []
        /// Chunked and ended with the last chunk.
        var isChunked = false

        var text: String { String(decoding: body, as: UTF8.self) }

        subscript(name: String) -> String? {
            headers.first { $0.name == name }?.value
        }
    }

    struct ConnectionEnded: Error {
        var received: String
    }

    let channel: any Channel
    private var chunks: AsyncStream<[UInt8]>.Iterator
    private var buffer: [UInt8] = []

    private init(channel: any Channel, chunks: AsyncStream<[UInt8]>) {
        self.channel = channel
        self.chunks = chunks.makeAsyncIterator()
    }

    static func connect(_ port: Int, host: String = "127.0.0.1", reads: Bool = true) async throws -> RawClient {
        let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: reads)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Receiver(continuation))
                }
            }
            .connect(host: host, port: port).get()
        return RawClient(channel: channel, chunks: stream)
    }

    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    func close() async {
        try? await channel.close()
    }

    /// Sends a whole request and reads its answer.
    func request(_ method: String = "GET", _ path: String, host: String, headers: [String] = [], body: String = "")
        async throws -> Answer
    {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: \(host)"] + headers
        if !body.isEmpty { lines.append("Content-Length: \(body.utf8.count)") }
        try await send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
        return try await answer(toHead: method == "HEAD")
    }

    func answer(toHead: Bool = false) async throws -> Answer {
        var answer = try await head()
        if toHead || answer.status == 101 || answer.status == 100 || answer.status == 204 { return answer }
        if let length = answer["content-length"].flatMap({ Int($0) }) {
            answer.body = try await bytes(length)
        } else if answer["transfer-encoding"] == "chunked" {
            while true {
                let size = Int(try await line(), radix: 16) ?? 0
                answer.body += try await bytes(size)
                _ = try await line()
                if size == 0 { break }
            }
            answer.isChunked = true
        } else {
            while await receive() {}
            answer.body = buffer
            buffer = []
        }
        return answer
    }

    func head() async throws -> Answer {
        var answer = Answer()
        let first = try await line()
        answer.status = first.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        while true {
            let next = try await line()
            guard !next.isEmpty else { return answer }
            guard let colon = next.firstIndex(of: ":") else { continue }
            let value = next[next.index(after: colon)...].drop { $0 == " " }
            answer.headers.append((next[..<colon].lowercased(), String(value)))
        }
    }

    func line() async throws -> String {
        while true {
            if let end = buffer.firstIndex(of: 10) {
                let line = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeSubrange(...end)
                return line.hasSuffix("\r") ? String(line.dropLast()) : line.replacing("\r", with: "")
            }
            guard await receive() else { throw ConnectionEnded(received: String(decoding: buffer, as: UTF8.self)) }
        }
    }

    func bytes(_ count: Int) async throws -> [UInt8] {
        while buffer.count < count {
            guard await receive() else { throw ConnectionEnded(received: String(decoding: buffer, as: UTF8.self)) }
        }
        let result = Array(buffer[..<count])
        buffer.removeSubrange(..<count)
        return result
    }

    /// Whether the other side has closed, everything before that being read and dropped.
    func readToEnd() async -> Int {
        var count = buffer.count
        buffer = []
        while await receive() {
            count += buffer.count
            buffer = []
        }
        return count
    }

    private func receive() async -> Bool {
        var chunks = self.chunks
        guard let next = await chunks.next(isolation: #isolation) else { return false }
        self.chunks = chunks
        buffer += next
        return true
    }

    private final class Receiver: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let continuation: AsyncStream<[UInt8]>.Continuation

        init(_ continuation: AsyncStream<[UInt8]>.Continuation) {
            self.continuation = continuation
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            continuation.yield(Array(buffer: unwrapInboundIn(data)))
        }

        func channelInactive(context: ChannelHandlerContext) {
            continuation.finish()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
