/// A few kilobytes of gzip that become more than twenty megabytes.
enum GzipBomb {
    static let bytes: [UInt8] = {
        // RFC 1952 section 2.3: magic, deflate, no flags, no time, no extra flags, unknown system.
        var bits = Bits(bytes: [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])
        // RFC 1951: one last block with fixed codes.
        bits.append(1, count: 1)
        bits.append(1, count: 2)
        // The literal 0x20, then copies of 258 bytes from one byte back.
        bits.appendCode(0b0011_0000 + 0x20, count: 8)
        for _ in 0..<82_000 {
            bits.appendCode(0b1100_0000 + 285 - 280, count: 8)
            bits.appendCode(0, count: 5)
        }
        return bits.bytes
    }()

    private struct Bits {
        var bytes: [UInt8]
        var used = 8

        /// Least significant bit first.
        mutating func append(_ value: Int, count: Int) {
            for bit in 0..<count {
                if used == 8 {
                    bytes.append(0)
                    used = 0
                }
                bytes[bytes.count - 1] |= UInt8(value >> bit & 1) << UInt8(used)
                used += 1
            }
        }

        /// Huffman codes come with their most significant bit first.
        mutating func appendCode(_ value: Int, count: Int) {
            for bit in (0..<count).reversed() { append(value >> bit & 1, count: 1) }
        }
    }
}
