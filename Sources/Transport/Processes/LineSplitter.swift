/// Cuts a stream of bytes into lines; a line that never ends is handed on in pieces.
struct LineSplitter {
    static let longestLine = 64 << 10

    private var rest: [UInt8] = []

    mutating func take(_ bytes: some Collection<UInt8>, _ onLine: (String) -> Void) {
        for piece in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if piece.offset > 0 { flush(onLine) }
            var tail = piece.element[...]
            while rest.count + tail.count > Self.longestLine {
                let room = Self.longestLine - rest.count
                rest.append(contentsOf: tail.prefix(room))
                tail = tail.dropFirst(room)
                flush(onLine)
            }
            rest.append(contentsOf: tail)
        }
    }

    /// The last line, when it had no newline.
    mutating func finish(_ onLine: (String) -> Void) {
        if !rest.isEmpty { flush(onLine) }
    }

    private mutating func flush(_ onLine: (String) -> Void) {
        if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
        onLine(String(decoding: rest, as: UTF8.self))
        rest.removeAll(keepingCapacity: true)
    }
}
