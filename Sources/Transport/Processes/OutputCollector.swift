#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One output stream of a child: the beginning is kept, all of it goes out in lines.
struct OutputCollector: ~Copyable {
    private static let chunk = 64 << 10

    private(set) var kept: [UInt8] = []
    private(set) var droppedBytes = 0
    private var pipe: Pipe
    private var lines = LineSplitter()
    private let stream: OutputStream
    private let limit: Int
    private let onLine: Supervisor.LineHandler?

    /// Takes over a pipe whose other end the child has by now or will have.
    init(_ pipe: consuming Pipe, _ stream: OutputStream, _ limit: Int, _ onLine: Supervisor.LineHandler?) {
        pipe.closeWriteEnd()
        Pipe.setNonBlocking(pipe.readEnd)
        self.pipe = pipe
        self.stream = stream
        self.limit = max(0, limit)
        self.onLine = onLine
    }

    var descriptor: Int32 { pipe.readEnd }
    var isAtEnd: Bool { pipe.readEnd < 0 }

    mutating func read() {
        var chunk = [UInt8](repeating: 0, count: Self.chunk)
        #if canImport(Glibc)
        let count = Glibc.read(pipe.readEnd, &chunk, chunk.count)
        #else
        let count = Darwin.read(pipe.readEnd, &chunk, chunk.count)
        #endif
        if count > 0 {
            let room = min(count, limit - kept.count)
            kept.append(contentsOf: chunk[..<room])
            droppedBytes += count - room
            if let onLine { lines.take(chunk[..<count]) { onLine(stream, $0) } }
        } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
            pipe.closeReadEnd()
        }
    }

    mutating func finish() {
        if let onLine { lines.finish { onLine(stream, $0) } }
    }
}
