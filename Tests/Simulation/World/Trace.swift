/// What happened, in order: the same seed gives the same lines, and so the same digest.
package struct Trace: Sendable {
    package private(set) var lines: [String] = []

    mutating func add(_ line: String) { lines.append(line) }

    /// FNV-1a over all lines.
    package var digest: UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for line in lines {
            for byte in line.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            hash = (hash ^ 0x0A) &* 0x100_0000_01B3
        }
        return hash
    }
}
