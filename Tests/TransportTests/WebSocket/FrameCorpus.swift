import Testing
import Transport

/// What a server may send after its 101, right and wrong, and what a client must make of it (RFC 6455 sections 5
/// and 7).
struct FrameCase: Sendable, CustomTestStringConvertible {
    enum End: Hashable, Sendable {
        /// The client closes with this code.
        case violation(UInt16)
        /// The server's close frame, or 1006 where the connection ends without one.
        case closed(UInt16, String)
    }

    var name: String
    var bytes: [UInt8]
    var end: End
    /// Come through before the end.
    var messages: [WebSocketMessage]

    init(_ name: String, _ bytes: [UInt8], _ end: End, messages: [WebSocketMessage] = []) {
        self.name = name
        self.bytes = bytes
        self.end = end
        self.messages = messages
    }

    var testDescription: String { name }
}

extension FrameCase {
    /// The limit that the cases are played with.
    static let maximumMessageBytes = 1000

    private static let zeros = [UInt8](repeating: 0, count: 1100)

    static let corpus =
        reservedBits + opcodes + controls + lengths + texts + fragments + closeCodes + closes + sizes + honest

    private static let reservedBits: [FrameCase] = [
        FrameCase("RSV1, as permessage-deflate sets it", [0xC1, 1, 97], .violation(1002)),
        FrameCase("RSV2", [0xA1, 1, 97], .violation(1002)), FrameCase("RSV3", [0x91, 1, 97], .violation(1002)),
        FrameCase("all reserved bits", [0xF1, 1, 97], .violation(1002)),
        FrameCase("RSV1 of a ping", [0xC9, 0], .violation(1002)),
        FrameCase("RSV1 of a close", [0xC8, 0], .violation(1002)),
        FrameCase("RSV1 of a continuation", [0x01, 1, 97, 0xC0, 1, 97], .violation(1002)),
        FrameCase("a reserved bit, and its rest never comes", [0xC1], .violation(1002)),
    ]

    private static let opcodes: [FrameCase] = ([3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8]).map { opcode in
        FrameCase("reserved opcode \(opcode)", [0x80 | opcode, 0], .violation(1002))
    }

    private static let controls: [FrameCase] = [
        FrameCase("a ping of 126 bytes", ServerFrames.frame(9, Array(zeros.prefix(126))), .violation(1002)),
        FrameCase("a pong of 126 bytes", ServerFrames.frame(10, Array(zeros.prefix(126))), .violation(1002)),
        FrameCase("a close of 126 bytes", ServerFrames.frame(8, [3, 0xE8] + zeros.prefix(124)), .violation(1002)),
        FrameCase("a ping with a length of 64 bits", [0x89, 127], .violation(1002)),
        FrameCase("a fragmented ping", ServerFrames.frame(9, [], fin: false), .violation(1002)),
        FrameCase("a fragmented pong", ServerFrames.frame(10, [1], fin: false), .violation(1002)),
        FrameCase("a fragmented close", ServerFrames.frame(8, [3, 0xE8], fin: false), .violation(1002)),
        FrameCase("a masked text", ServerFrames.frame(1, [97], mask: [1, 2, 3, 4]), .violation(1002)),
        FrameCase("a masked close", ServerFrames.frame(8, [3, 0xE8], mask: [0, 0, 0, 0]), .violation(1002)),
        FrameCase("a masked ping", ServerFrames.frame(9, [], mask: [9, 9, 9, 9]), .violation(1002)),
    ]

    private static let lengths: [FrameCase] = [
        FrameCase("16 bits for a length of 0", [0x82, 126, 0, 0], .violation(1002)),
        FrameCase("16 bits for a length of 125", [0x82, 126, 0, 125] + zeros.prefix(125), .violation(1002)),
        FrameCase("64 bits for a length of 1", [0x82, 127, 0, 0, 0, 0, 0, 0, 0, 1, 0], .violation(1002)),
        FrameCase("64 bits for a length of 65535", [0x82, 127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], .violation(1002)),
        FrameCase("the highest bit of a length", [0x82, 127, 0x80, 0, 0, 0, 0, 1, 0, 0], .violation(1002)),
        FrameCase("a length of all ones", [0x82, 127] + [UInt8](repeating: 0xFF, count: 8), .violation(1002)),
        FrameCase("a length of 2^62", [0x82, 127, 0x40, 0, 0, 0, 0, 0, 0, 0], .violation(1009)),
        FrameCase("a length of 64 KiB, announced only", [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0], .violation(1009)),
    ]

    private static let texts: [FrameCase] = [
        FrameCase("0xFF", ServerFrames.frame(1, [0xFF]), .violation(1007)),
        FrameCase("a continuation byte first", ServerFrames.frame(1, [0x80]), .violation(1007)),
        FrameCase("an overlong slash", ServerFrames.frame(1, [0xC0, 0xAF]), .violation(1007)),
        FrameCase("an overlong character of three", ServerFrames.frame(1, [0xE0, 0x80, 0x80]), .violation(1007)),
        FrameCase("a surrogate", ServerFrames.frame(1, [0xED, 0xA0, 0x80]), .violation(1007)),
        FrameCase("above U+10FFFF", ServerFrames.frame(1, [0xF4, 0x90, 0x80, 0x80]), .violation(1007)),
        FrameCase("half a character at the end", ServerFrames.frame(1, [97, 0xE2, 0x82]), .violation(1007)),
        FrameCase(
            "half a character, then a letter in the next fragment",
            ServerFrames.frame(1, [0xE2, 0x82], fin: false) + ServerFrames.frame(0, [97]), .violation(1007)),
        FrameCase(
            "bad in the first fragment, and the rest never comes", ServerFrames.frame(1, [0xFE], fin: false),
            .violation(1007)),
        FrameCase(
            "half a character and an empty last fragment",
            ServerFrames.frame(1, [0xC3], fin: false) + ServerFrames.frame(0, []), .violation(1007)),
    ]

    private static let fragments: [FrameCase] = [
        FrameCase("a continuation of nothing", ServerFrames.frame(0, [97]), .violation(1002)),
        FrameCase("a middle part of nothing", ServerFrames.frame(0, [97], fin: false), .violation(1002)),
        FrameCase(
            "a continuation after a whole message", ServerFrames.text("a") + ServerFrames.frame(0, [98]),
            .violation(1002), messages: [.text("a")]),
        FrameCase(
            "a text inside a text", ServerFrames.text("a", fin: false) + ServerFrames.text("b"), .violation(1002)),
        FrameCase(
            "a binary inside a text", ServerFrames.text("a", fin: false) + ServerFrames.frame(2, [1]),
            .violation(1002)),
    ]

    private static let closeCodes: [FrameCase] =
        ([0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 5001, 32768, 65535] as [UInt16]).map {
            FrameCase("close code \($0)", ServerFrames.close($0, ""), .violation(1002))
        }
        + ([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999] as [UInt16])
        .map { FrameCase("close code \($0) is one", ServerFrames.close($0, "why"), .closed($0, "why")) }

    private static let closes: [FrameCase] = [
        FrameCase("a close of one byte", ServerFrames.frame(8, [3]), .violation(1002)),
        FrameCase("a reason that is not UTF-8", ServerFrames.frame(8, [3, 0xE8, 0xFF]), .violation(1007)),
        FrameCase("half a character in a reason", ServerFrames.frame(8, [3, 0xE8, 0xC3]), .violation(1007)),
        FrameCase("an empty close", ServerFrames.frame(8, []), .closed(1005, "")),
        FrameCase(
            "a text after the close", ServerFrames.close(1000, "") + ServerFrames.text("late"), .closed(1000, "")),
        FrameCase("rubbish after the close", ServerFrames.close(1001, "bye") + [0xFF, 0xFF], .closed(1001, "bye")),
        FrameCase(
            "two closes", ServerFrames.close(1008, "first") + ServerFrames.close(1000, ""), .closed(1008, "first")),
        FrameCase(
            "a close inside a message", ServerFrames.text("half", fin: false) + ServerFrames.close(1011, "oops"),
            .closed(1011, "oops")),
        FrameCase("no close at all", ServerFrames.text("only"), .closed(1006, ""), messages: [.text("only")]),
        FrameCase("an end inside a message", ServerFrames.text("half", fin: false), .closed(1006, "")),
        FrameCase("an end inside a frame", [0x81, 5, 104, 101], .closed(1006, "")),
        FrameCase("an end inside a length", [0x82, 126, 1], .closed(1006, "")),
        FrameCase("an end after one byte", [0x88], .closed(1006, "")),
        FrameCase("an HTTP answer after the 101", Array("HTTP/1.1 200 OK\r\n\r\n".utf8), .violation(1002)),
    ]

    private static let sizes: [FrameCase] = [
        FrameCase(
            "as large as may be", ServerFrames.frame(2, Array(zeros.prefix(1000))), .closed(1006, ""),
            messages: [.binary(Array(zeros.prefix(1000)))]),
        FrameCase("one byte more", ServerFrames.frame(2, Array(zeros.prefix(1001))), .violation(1009)),
        FrameCase(
            "one byte more in fragments",
            ServerFrames.frame(2, Array(zeros.prefix(600)), fin: false)
                + ServerFrames.frame(0, Array(zeros.prefix(401))), .violation(1009)),
        FrameCase(
            "many small fragments",
            ServerFrames.frame(2, [0], fin: false)
                + [[UInt8]](repeating: ServerFrames.frame(0, [0], fin: false), count: 1000).flatMap { $0 },
            .violation(1009)),
    ]

    private static let honest: [FrameCase] = [
        FrameCase("an empty text", ServerFrames.text(""), .closed(1006, ""), messages: [.text("")]),
        FrameCase(
            "a character over two fragments, with a ping in between",
            ServerFrames.frame(1, [0xF0, 0x9F], fin: false) + ServerFrames.frame(9, [1])
                + ServerFrames.frame(0, [0x98, 0x80]) + ServerFrames.close(1000, ""), .closed(1000, ""),
            messages: [.text("😀")]),
        FrameCase(
            "pongs that nobody asked for, and an empty continuation",
            ServerFrames.frame(10, [1, 2]) + ServerFrames.frame(2, [7], fin: false) + ServerFrames.frame(10, [])
                + ServerFrames.frame(0, [], fin: false) + ServerFrames.frame(0, [8]), .closed(1006, ""),
            messages: [.binary([7, 8])]),
        FrameCase(
            "the shortest lengths of 16 and 64 bits", ServerFrames.frame(2, Array(zeros.prefix(126))),
            .closed(1006, ""), messages: [.binary(Array(zeros.prefix(126)))]),
        FrameCase(
            "NUL, the last code point, and a byte order mark",
            ServerFrames.frame(1, [0, 0xF4, 0x8F, 0xBF, 0xBF, 0xEF, 0xBB, 0xBF]), .closed(1006, ""),
            messages: [.text("\0\u{10FFFF}\u{FEFF}")]),
    ]
}
