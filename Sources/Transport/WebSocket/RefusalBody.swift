import NIOCore

/// The body of an answer that is no upgrade, as much of it as is wanted for a message (RFC 9112 section 6.3).
struct RefusalBody {
    private enum Framing {
        case length(Int)
        case chunks(left: Int)
        case untilClose
    }

    static let maximumBytes = 64 << 10
    /// A size of a chunk, with its extensions.
    private static let longestLine = 4 << 10

    private var framing: Framing
    private(set) var bytes: [UInt8] = []
    /// Nothing more is wanted.
    private(set) var isWhole = false

    init(_ answer: UpgradeAnswer) {
        let length = answer.headers["Content-Length"].flatMap { Int($0) }
        if answer.status == 204 || answer.status == 304 {
            framing = .length(0)
        } else if answer.headers.members(of: "Transfer-Encoding").last?.lowercased() == "chunked" {
            framing = .chunks(left: 0)
        } else if let length, length >= 0 {
            framing = .length(length)
        } else {
            framing = .untilClose
        }
        if case .length(0) = framing { isWhole = true }
    }

    /// Takes what it can use off the buffer.
    mutating func take(from buffer: inout ByteBuffer) {
        while !isWhole, buffer.readableBytes > 0 {
            switch framing {
            case .untilClose: keep(buffer.readableBytes, of: &buffer)
            case .length(let left):
                let count = keep(left, of: &buffer)
                framing = .length(left - count)
                if left == count { isWhole = true }
            case .chunks(let left) where left > 0:
                framing = .chunks(left: left - keep(left, of: &buffer))
            case .chunks:
                guard let line = Self.line(from: &buffer) else {
                    if buffer.readableBytes > Self.longestLine { isWhole = true }
                    return
                }
                // The line break after a chunk's data.
                if line.isEmpty { continue }
                let digits = line.prefix { $0 != ";" && $0 != " " && $0 != "\t" }
                guard let size = Int(digits, radix: 16), size > 0 else {
                    isWhole = true
                    return
                }
                framing = .chunks(left: size)
            }
        }
    }

    @discardableResult
    private mutating func keep(_ wanted: Int, of buffer: inout ByteBuffer) -> Int {
        let count = min(wanted, buffer.readableBytes)
        let part = buffer.readBytes(length: count) ?? []
        bytes += part.prefix(Self.maximumBytes - bytes.count)
        if bytes.count >= Self.maximumBytes { isWhole = true }
        return count
    }

    private static func line(from buffer: inout ByteBuffer) -> Substring? {
        guard let end = buffer.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let text = buffer.readString(length: end - buffer.readerIndex + 1) ?? ""
        return text.prefix { !$0.isNewline }
    }
}
