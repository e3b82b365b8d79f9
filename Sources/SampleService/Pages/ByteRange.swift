/// One range of a `Range` field (RFC 9110 section 14.1.2).
enum ByteRange: Sendable, Equatable {
    case bytes(Range<Int>)
    /// Nothing of the file lies in it: 416.
    case unsatisfiable
    /// Not understood, or several at once, which the samples do not offer: the whole file is sent.
    case ignored

    init(_ field: String, size: Int) {
        self = .ignored
        guard field.hasPrefix("bytes=") else { return }
        let sides = field.dropFirst("bytes=".count).split(
            separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2 else { return }
        if sides[0].isEmpty {
            guard let last = Int(sides[1]), last >= 0 else { return }
            self = last == 0 || size == 0 ? .unsatisfiable : .bytes(max(0, size - last)..<size)
        } else {
            guard let start = Int(sides[0]), start >= 0 else { return }
            guard sides[1].isEmpty || Int(sides[1]).map({ $0 >= start }) == true else { return }
            let end = min(Int(sides[1]).map { $0 < Int.max ? $0 + 1 : $0 } ?? size, size)
            self = start < size ? .bytes(start..<end) : .unsatisfiable
        }
    }
}
