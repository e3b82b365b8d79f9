import Clibz

/// Reads gzip (RFC 1952) that came from elsewhere.
package enum Gunzip {
    /// - Parameter limit: bytes that the content may have; a stream may claim a thousand times its own length.
    /// - Returns: nil for what is no gzip, is cut, has something behind its end, or has more than `limit` bytes.
    package static func bytes(of compressed: [UInt8], atMost limit: Int) -> [UInt8]? {
        guard !compressed.isEmpty, compressed.count <= Int(UInt32.max) else { return nil }
        // zlib keeps the address of this value, so that it must not move.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer { stream.deallocate() }
        guard stagectl_gunzip_begin(stream) == Z_OK else { return nil }
        defer { inflateEnd(stream) }
        var content: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 1 << 16)
        return compressed.withUnsafeBufferPointer { input in
            stream.pointee.next_in = input.baseAddress.map { UnsafeMutablePointer(mutating: $0) }
            stream.pointee.avail_in = UInt32(input.count)
            while true {
                let (status, made) = room.withUnsafeMutableBufferPointer { room in
                    stream.pointee.next_out = room.baseAddress
                    stream.pointee.avail_out = UInt32(room.count)
                    let status = inflate(stream, Z_NO_FLUSH)
                    return (status, room.count - Int(stream.pointee.avail_out))
                }
                guard status == Z_OK || status == Z_STREAM_END, content.count + made <= limit else { return nil }
                content += room.prefix(made)
                if status == Z_STREAM_END { return stream.pointee.avail_in == 0 ? content : nil }
            }
        }
    }
}
