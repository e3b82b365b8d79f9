/// Reads the text of ``RecordedRun/outcomesDocument`` as it is written, without making a value of each id: trends look at
/// every check of a hundred runs.
struct OutcomeScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var place = 0

    /// Calls `each` with the texts of suite and id between their quotes, as they are escaped, first of those that passed.
    ///
    /// - Returns: false for a text of another form, of which some may have been told by then.
    static func scan(
        _ document: [UInt8], _ each: (_ suite: Slice, _ id: Slice, _ passed: Bool) -> Void
    ) -> Bool {
        document.withUnsafeBufferPointer { bytes in
            for (section, passed) in [("passed", true), ("failed", false)] {
                var scanner = OutcomeScanner(bytes: bytes)
                guard scanner.scan(section, { each($0, $1, passed) }) else { return false }
            }
            return true
        }
    }

    typealias Slice = UnsafeBufferPointer<UInt8>

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private mutating func scan(_ section: String, _ each: (Slice, Slice) -> Void) -> Bool {
        guard take(UInt8(ascii: "{")) else { return false }
        repeat {
            guard let name = string(), take(UInt8(ascii: ":")) else { return false }
            let isWanted = name.elementsEqual(section.utf8)
            guard suites({ if isWanted { each($0, $1) } }) else { return false }
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "}"))
    }

    private mutating func suites(_ each: (Slice, Slice) -> Void) -> Bool {
        guard take(UInt8(ascii: "{")) else { return false }
        if take(UInt8(ascii: "}")) { return true }
        repeat {
            guard let suite = string(), take(UInt8(ascii: ":")), take(UInt8(ascii: "[")) else { return false }
            if take(UInt8(ascii: "]")) { continue }
            repeat {
                guard let id = string() else { return false }
                each(suite, id)
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "]")) else { return false }
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "}"))
    }

    private mutating func skipSpace() {
        while place < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[place]) { place += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        if place < bytes.count, bytes[place] <= 0x20 { skipSpace() }
        guard place < bytes.count, bytes[place] == byte else { return false }
        place += 1
        return true
    }

    /// What is between two quotes.
    private mutating func string() -> Slice? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = place
        while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
            place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard place < bytes.count else { return nil }
        defer { place += 1 }
        return Slice(rebasing: bytes[start..<place])
    }
}
