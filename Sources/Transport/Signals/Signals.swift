import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Where the handler writes; a handler may do little more than `write`.
private let handlerPipe = Atomic<Int32>(-1)

/// Signals to this process as values, for Ctrl-C.
package enum Signals {
    /// From this call on the signals have no other effect; when the stream is no longer read, they have their own
    /// again. There is one stream at a time: a later one takes over.
    package static func stream(_ signals: [Int32]) -> AsyncStream<Int32> {
        AsyncStream { continuation in
            guard let (readEnd, writeEnd) = makePipe() else { return continuation.finish() }
            let started = WorkerThread.start {
                forward(from: readEnd, to: continuation)
                close(readEnd)
            }
            guard started else { return continuation.finish() }
            handlerPipe.store(writeEnd, ordering: .sequentiallyConsistent)
            for number in signals { signal(number, { Signals.handle($0) }) }
            continuation.onTermination = { _ in
                for number in signals { signal(number, SIG_DFL) }
                // Ends the thread. The write end stays open: a handler that still runs must not write elsewhere.
                var end: UInt8 = 0
                _ = write(writeEnd, &end, 1)
            }
        }
    }

    private static func handle(_ number: Int32) {
        let saved = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(handlerPipe.load(ordering: .sequentiallyConsistent), &byte, 1)
        errno = saved
    }

    private static func forward(from readEnd: Int32, to continuation: AsyncStream<Int32>.Continuation) {
        var byte: UInt8 = 0
        while true {
            let count = read(readEnd, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1, byte != 0 else { return continuation.finish() }
            continuation.yield(Int32(byte))
        }
    }

    private static func makePipe() -> (readEnd: Int32, writeEnd: Int32)? {
        guard var pipe = Pipe() else { return nil }
        // A handler must never wait.
        Pipe.setNonBlocking(pipe.writeEnd)
        return pipe.release()
    }
}
