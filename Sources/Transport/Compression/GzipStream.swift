import Clibz

/// A gzip stream (RFC 1952) that is made piece by piece. Equal input, in whatever pieces, gives equal output with one
/// version of zlib: the header has neither a name nor a time.
package final class GzipStream {
    // zlib keeps the address of this value, so that it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var room = [UInt8](repeating: 0, count: 1 << 16)

    /// Nil when there is no memory for it (about 270 KiB, zlib's manual).
    package init?(level: Int32 = 6) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard stagectl_gzip_begin(stream, level) == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Takes a piece and hands on what is compressed by now, perhaps nothing.
    package func write<E: Error>(_ bytes: [UInt8], _ output: ([UInt8]) throws(E) -> Void) throws(E) {
        guard !bytes.isEmpty else { return }
        try run(bytes, Z_NO_FLUSH, output)
    }

    /// Hands on the rest. Nothing can be written after it.
    package func finish<E: Error>(_ output: ([UInt8]) throws(E) -> Void) throws(E) {
        try run([], Z_FINISH, output)
    }

    private func run<E: Error>(_ bytes: [UInt8], _ flush: Int32, _ output: ([UInt8]) throws(E) -> Void) throws(E) {
        var taken = 0
        while true {
            // zlib reads the piece only inside this call, so its address need not outlive it.
            let (made, left) = bytes.withUnsafeBufferPointer { input in
                room.withUnsafeMutableBufferPointer { room in
                    stream.pointee.next_in = input.baseAddress.map { UnsafeMutablePointer(mutating: $0 + taken) }
                    stream.pointee.avail_in = UInt32(input.count - taken)
                    stream.pointee.next_out = room.baseAddress
                    stream.pointee.avail_out = UInt32(room.count)
                    deflate(stream, flush)
                    return (room.count - Int(stream.pointee.avail_out), Int(stream.pointee.avail_in))
                }
            }
            taken = bytes.count - left
            if made > 0 { try output(Array(room.prefix(made))) }
            // Room that was not filled means that there is nothing more to hand on.
            if made < room.count { return }
        }
    }
}
