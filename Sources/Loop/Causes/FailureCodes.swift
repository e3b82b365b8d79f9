/// Codes in the words of a test that some other program ran: the only form in which it gives them.
enum FailureCodes {
    private static let statusWords = [
        "http", "status", "answer", "code", "assert", "response", "respond", "error", "forbidden", "found", "return",
        "unauthorized", "unavailable", "got", "rejected", "expected", "received", "request", "gateway",
    ]
    private static let closeWords = [
        "close", "websocket", "ws", "received", "code", "frame", "disconnect", "connection", "socket",
    ]
    private static let units = [
        "ms", "s", "sec", "seconds", "bytes", "kb", "mb", "%", "milliseconds", "times", "tests",
    ]

    /// The first error status of HTTP.
    static func status(in text: String) -> Int? { first(in: text, beside: statusWords) { codes.contains($0) } }

    /// Those of RFC 9110, and what servers add; 443 is a port.
    private static let codes = Set(400...418).union(421...431).union([451, 499]).union(500...511).union(520...530)

    /// The first close code of a WebSocket that is none of a normal end, else the first at all.
    static func closeCode(in text: String) -> Int? {
        first(in: text, beside: closeWords) { (1002...1015).contains($0) || (4000...4999).contains($0) || $0 == 3000 }
            ?? first(in: text, beside: closeWords) { $0 == 1000 || $0 == 1001 }
    }

    private static func first(in text: String, beside words: [String], _ isCode: (Int) -> Bool) -> Int? {
        let lower = text.prefix(4000).lowercased()
        guard words.contains(where: { lower.contains($0) }) else { return nil }
        let characters = Array(lower.unicodeScalars)
        var place = 0
        while place < characters.count {
            guard isDigit(characters[place]) else {
                place += 1
                continue
            }
            let start = place
            while place < characters.count, isDigit(characters[place]) { place += 1 }
            guard place - start <= 4, let number = Int(String(String.UnicodeScalarView(characters[start..<place]))),
                isCode(number), isAlone(characters, start, place), !hasUnit(characters, place)
            else { continue }
            return number
        }
        return nil
    }

    /// Neither part of a word, of a larger number, nor of a path.
    private static func isAlone(_ text: [Unicode.Scalar], _ start: Int, _ end: Int) -> Bool {
        if start > 0 {
            let before = text[start - 1]
            if before.properties.isAlphabetic || "._-/#>≤≥".unicodeScalars.contains(before) { return false }
            // `<401 UNAUTHORIZED>` is a status, `<500` is a limit.
            if before == "<", !text[end...].prefix(40).contains(">") { return false }
        }
        guard end < text.count else { return true }
        let after = text[end]
        if after.properties.isAlphabetic || "_/".unicodeScalars.contains(after) { return false }
        return !(after == "." && end + 1 < text.count && isDigit(text[end + 1])) && after != "-"
    }

    private static func hasUnit(_ text: [Unicode.Scalar], _ end: Int) -> Bool {
        var word = String.UnicodeScalarView()
        for scalar in text[end...].drop(while: { $0 == " " }) {
            guard scalar.properties.isAlphabetic || scalar == "%" else { break }
            word.append(scalar)
        }
        return units.contains(String(word))
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}
