/// The words, numbers and comparisons of a text in which some program tells a code.
struct CodeText {
    enum Part: Equatable {
        case word(String)
        case number(Int)
        case equality
        /// `!=` and its like.
        case inequality
    }

    private(set) var parts: [Part] = []
    private(set) var words: Set<String> = []
    /// Places in `parts` of numbers that stand for themselves: no part of a word, a path or a larger number, no count of
    /// things and no amount of a unit.
    private(set) var bare: [Int] = []
    /// Of these, those that stand in brackets alone, or before a colon at the very beginning.
    private(set) var framed: Set<Int> = []
    /// Whether several things, or an amount of a unit, are told of.
    private(set) var counts = false

    init(_ text: some StringProtocol) {
        let scalars = Array(text.lowercased().unicodeScalars)
        var place = 0
        while place < scalars.count {
            let start = place
            if Self.isDigit(scalars[place]) {
                place = Self.end(of: scalars, from: place, while: Self.isDigit)
                let digits = String(String.UnicodeScalarView(scalars[start..<place]))
                guard place - start <= 4, let number = Int(digits) else {
                    parts.append(.word(digits))
                    continue
                }
                parts.append(.number(number))
                let isCount = Self.isCount(scalars, place)
                counts = counts || isCount
                guard Self.isAlone(scalars, start, place), !isCount, !isNamedNumber else {
                    continue
                }
                bare.append(parts.count - 1)
                if Self.isFramed(scalars, start, place) { framed.insert(parts.count - 1) }
            } else if Self.isLetter(scalars[place]) {
                place = Self.end(of: scalars, from: place, while: Self.isLetter)
                let word = String(String.UnicodeScalarView(scalars[start..<place]))
                words.insert(word)
                parts.append(.word(word))
            } else if scalars[place] == "=" || scalars[place] == "!" {
                place = Self.end(of: scalars, from: place) { $0 == "=" || $0 == "!" }
                guard place - start > 1, scalars[start..<place].contains("=") else { continue }
                parts.append(scalars[start] == "!" ? .inequality : .equality)
            } else {
                place += 1
            }
        }
    }

    func number(at place: Int) -> Int? {
        guard parts.indices.contains(place), case .number(let number) = parts[place] else { return nil }
        return number
    }

    /// The word that introduces what stands at a place, past words that only say that it is a code.
    func introduction(of place: Int) -> Part? {
        var before = place - 1
        while before >= max(0, place - 6), case .word(let word) = parts[before], Self.fillers.contains(word) {
            before -= 1
        }
        return before >= 0 ? parts[before] : nil
    }

    private static let fillers: Set<String> = [
        "http", "status", "statuscode", "code", "a", "an", "the", "with", "response", "of", "error", "answer", "by",
        "is",
    ]

    // MARK: - What a number is beside a code

    /// `line 404`, `order number 503`: the last part is some thing's own number.
    private var isNamedNumber: Bool {
        guard parts.count > 1, case .word(let word) = parts[parts.count - 2] else { return false }
        return Self.thingsWithNumbers.contains(word)
    }

    private static let thingsWithNumbers: Set<String> = [
        "number", "count", "total", "id", "pid", "line", "row", "port", "index", "item", "size", "length", "version",
        "build", "room", "order",
    ]

    /// Neither part of a word, of a larger number, nor of a path.
    private static func isAlone(_ text: [Unicode.Scalar], _ start: Int, _ end: Int) -> Bool {
        if start > 0 {
            let before = text[start - 1]
            if before.properties.isAlphabetic || "._-/#>≤≥".unicodeScalars.contains(before) { return false }
            // `<401 UNAUTHORIZED>` is a status, `<500` is a limit.
            let sign = text[..<start].last { $0 != " " }
            if sign == "<" || sign == "≤", !text[end...].prefix(40).contains(">") { return false }
        }
        guard end < text.count else { return true }
        let after = text[end]
        if after.properties.isAlphabetic || "_/".unicodeScalars.contains(after) { return false }
        return !(after == "." && end + 1 < text.count && isDigit(text[end + 1])) && after != "-"
    }

    /// Of a unit, or of several things: `429 items`.
    private static func isCount(_ text: [Unicode.Scalar], _ end: Int) -> Bool {
        var word = String.UnicodeScalarView()
        for scalar in text[end...].drop(while: { $0 == " " }) {
            guard scalar.properties.isAlphabetic || scalar == "%" else { break }
            word.append(scalar)
        }
        let name = String(word)
        if units.contains(name) { return true }
        return name.count > 3 && name.hasSuffix("s") && !name.hasSuffix("ss") && !verbs.contains(name)
    }

    private static func isFramed(_ text: [Unicode.Scalar], _ start: Int, _ end: Int) -> Bool {
        guard end < text.count else { return false }
        if start == 0 { return text[end] == ":" }
        return (text[start - 1] == "(" && text[end] == ")") || (text[start - 1] == "[" && text[end] == "]")
    }

    private static let units: Set<String> = ["ms", "s", "sec", "bytes", "kb", "mb", "%", "eur", "usd", "px"]
    /// What is said of one code, and not of several things.
    private static let verbs: Set<String> = [
        "status", "does", "this", "returns", "comes", "means", "equals", "says", "arrives", "appears", "happens",
        "matches", "differs", "stands",
        "fails", "violates", "shows", "indicates", "belongs", "breaks",
    ]

    private static func end(
        of text: [Unicode.Scalar], from start: Int, while belongs: (Unicode.Scalar) -> Bool
    ) -> Int {
        var place = start
        while place < text.count, belongs(text[place]) { place += 1 }
        return place
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII ? ("a"..."z").contains(scalar) : scalar.properties.isAlphabetic
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}
