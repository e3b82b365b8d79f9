/// One line from outside, ready to be recognised: nobody words an error as somebody else does, so what is looked for are
/// a few words in any order, whatever stands between them and however they are joined.
struct SeenText: Hashable, Sendable {
    let source: CauseEvidence.Source
    let text: String
    /// In lower case, one space between words and at both ends; `ConnectionRefusedError` and `CONNECTION-REFUSED` are
    /// the same. After a bar once more, with words as they were joined: `PostgreSQL` is one.
    let words: String
    private let pairs: CharacterPairs

    init(_ text: String, _ source: CauseEvidence.Source) {
        self.source = source
        self.text = String(text.prefix(Self.longest))
        let apart = Self.words(of: self.text)
        let joined = Self.words(of: self.text, splits: false)
        words = apart == joined ? apart : apart + "|" + joined
        pairs = CharacterPairs(words)
    }

    /// Whether `words` has these, in lower case; a space at an end stands for the end of a word.
    func mentions(_ some: String) -> Bool { mentions(Phrase.Words(some)) }

    func mentions(_ some: Phrase.Words) -> Bool { pairs.mayHold(some.pairs) && words.contains(some.text) }

    var evidence: CauseEvidence { CauseEvidence(source, text) }

    /// Without paths and addresses: what they are called says nothing about what failed.
    var withoutPaths: SeenText {
        SeenText(text.split(separator: " ").filter { !$0.contains("/") }.joined(separator: " "), source)
    }

    /// Whether a line of a log tells of something that went well, or well in the end, and so of no failure.
    var isRoutine: Bool {
        if Self.recovered.fits(self) { return true }
        return Self.done.fits(self)
    }

    /// Gin and Echo call a panic recovered, which is one all the same.
    private static let recovered = Phrase(
        [
            "reconnected", "recovered", "succeeded", "back online", "connection restored", "connected again",
            "retry ok",
            "went through", "idle connection",
        ],
        unless: [
            " not ", "could n", "couldn t", " never ", "cannot", "can t ", "unable", "giving up", "gave up", " but ",
            "panic", "exception", "unhandled", "fatal", "invalid", "mismatch", "expired", "denied", "forbidden",
        ])
    private static let done = Phrase(
        [
            "refreshed", "rotated", " loaded", "cached", "initialized", "initialised", "started", "warmed", "renewed",
            " 200 ", "registered", "listening on",
        ],
        unless: [
            "fail", "error", "exception", "denied", "refus", "reject", "invalid", "expired", "exceed", "timed out",
            "timeout", " not ", "unable", "cannot", "could n", "couldn t", " no ", "fatal", "panic", "missing",
            "terminat",
            "kill", "abort", "unhandled", "unauthor", "forbidden", "unavailable", "limit",
        ])

    private static let longest = 1000

    static func words(of text: String, splits: Bool = true) -> String {
        var result = String.UnicodeScalarView(" ".unicodeScalars)
        var last: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                // The same without a look at Unicode's tables, as most of most texts is.
                let byte = UInt8(truncatingIfNeeded: scalar.value)
                let isUpper = byte >= 65 && byte <= 90
                if isUpper || (byte >= 97 && byte <= 122) || (byte >= 48 && byte <= 57) {
                    if splits, isUpper, last.isASCII, last.value >= 97, last.value <= 122 { result.append(" ") }
                    result.append(isUpper ? Unicode.Scalar(byte + 32) : scalar)
                    last = scalar
                } else {
                    if result.last != " " { result.append(" ") }
                    last = " "
                }
                continue
            }
            guard scalar.properties.isAlphabetic else {
                if result.last != " " { result.append(" ") }
                last = " "
                continue
            }
            if splits, scalar.properties.isUppercase, last.properties.isLowercase { result.append(" ") }
            result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            last = scalar
        }
        if result.last != " " { result.append(" ") }
        return String(result)
    }
}

/// Words that make a text one of a kind: of every list one, and none of `unless`. A space at an end stands for the end of a
/// word.
struct Phrase: Sendable {
    struct Words: Hashable, Sendable {
        let text: String
        let pairs: CharacterPairs

        init(_ text: String) {
            self.text = text
            pairs = CharacterPairs(text)
        }
    }

    let lists: [[Words]]
    let unless: [Words]

    init(_ lists: [String]..., unless: [String] = []) {
        self.lists = lists.map { $0.map(Words.init) }
        self.unless = unless.map(Words.init)
    }

    func fits(_ text: SeenText) -> Bool {
        lists.allSatisfy { list in list.contains { text.mentions($0) } } && !unless.contains { text.mentions($0) }
    }
}

extension Sequence<SeenText> {
    func first(of phrases: [Phrase]) -> SeenText? { first { text in phrases.contains { $0.fits(text) } } }
}
