/// WebSocket bytes as a server sends them, made by hand so that they can be wrong.
enum ServerFrames {
    static func accept(_ request: LoopbackServer.Request, extra: String = "") -> String {
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: \(acceptValue(request.header("Sec-WebSocket-Key") ?? ""))\r\n\(extra)\r\n"
    }

    /// RFC 6455 section 4.2.2.
    static func acceptValue(_ key: String) -> String {
        base64(SHA1.digest(Array("\(key)258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8)))
    }

    static func frame(_ opcode: UInt8, _ payload: [UInt8], fin: Bool = true, mask: [UInt8]? = nil) -> [UInt8] {
        var bytes: [UInt8] = [(fin ? 0x80 : 0) | opcode]
        let maskBit: UInt8 = mask == nil ? 0 : 0x80
        switch payload.count {
        case ..<126: bytes.append(maskBit | UInt8(payload.count))
        case ..<65_536: bytes += [maskBit | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default:
            bytes.append(maskBit | 127)
            for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(payload.count >> shift & 0xFF)) }
        }
        guard let mask else { return bytes + payload }
        return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }

    static func text(_ text: String, fin: Bool = true) -> [UInt8] { frame(1, Array(text.utf8), fin: fin) }

    static func close(_ code: UInt16, _ reason: String) -> [UInt8] {
        frame(8, [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
    }

    /// Small masked frames of a client; nil for a frame without a mask.
    static func decodeClient(_ bytes: [UInt8]) -> [(opcode: UInt8, payload: [UInt8])]? {
        var rest = bytes[...]
        var frames: [(opcode: UInt8, payload: [UInt8])] = []
        while rest.count >= 6 {
            let (first, second) = (rest[rest.startIndex], rest[rest.startIndex + 1])
            guard second & 0x80 != 0, second & 0x7F < 126 else { return nil }
            let length = Int(second & 0x7F)
            let mask = Array(rest.dropFirst(2).prefix(4))
            let payload = rest.dropFirst(6).prefix(length)
            guard payload.count == length else { break }
            frames.append((first & 0x0F, payload.enumerated().map { $1 ^ mask[$0 % 4] }))
            rest = rest.dropFirst(6 + length)
        }
        return frames
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = Array(bytes[start..<min(start + 3, bytes.count)])
            let number = part.enumerated().reduce(0) { $0 | Int($1.element) << (16 - 8 * $1.offset) }
            for index in 0..<4 {
                text.append(index <= part.count ? alphabet[number >> (18 - 6 * index) & 63] : "=")
            }
        }
        return text
    }
}

/// RFC 3174, for the handshake's `Sec-WebSocket-Accept` alone.
private enum SHA1 {
    static func digest(_ message: [UInt8]) -> [UInt8] {
        var padded = message + [0x80]
        while padded.count % 64 != 56 { padded.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) { padded.append(UInt8((message.count * 8) >> shift & 0xFF)) }
        var hash: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
        for block in stride(from: 0, to: padded.count, by: 64) {
            var words = stride(from: block, to: block + 64, by: 4).map { at in
                (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(padded[at + $1]) }
            }
            for t in 16..<80 {
                words.append(rotate(words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16], 1))
            }
            var (a, b, c, d, e) = (hash[0], hash[1], hash[2], hash[3], hash[4])
            for t in 0..<80 {
                let (f, k): (UInt32, UInt32) =
                    switch t {
                    case ..<20: (b & c | ~b & d, 0x5A82_7999)
                    case ..<40: (b ^ c ^ d, 0x6ED9_EBA1)
                    case ..<60: (b & c | b & d | c & d, 0x8F1B_BCDC)
                    default: (b ^ c ^ d, 0xCA62_C1D6)
                    }
                let next = rotate(a, 5) &+ f &+ e &+ k &+ words[t]
                (e, d, c, b, a) = (d, c, rotate(b, 30), a, next)
            }
            for (index, value) in [a, b, c, d, e].enumerated() { hash[index] &+= value }
        }
        return hash.flatMap { word in stride(from: 24, through: 0, by: -8).map { UInt8(word >> $0 & 0xFF) } }
    }

    private static func rotate(_ value: UInt32, _ count: UInt32) -> UInt32 {
        value << count | value >> (32 - count)
    }
}
