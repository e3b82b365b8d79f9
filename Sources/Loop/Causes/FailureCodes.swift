/// Codes in the words of a test that some other program ran: the only form in which it gives them.
enum FailureCodes {
    /// Words, and beginnings and ends of words, by which a text speaks of an exchange.
    private static let statusWords = [
        "http", "status", "answer", "code", "response", "respond", "error", "forbidden", "found", "return",
        "unauthorized", "unavailable", "rejected", "request", "gateway",
    ]
    /// Of a comparison, which may be of anything.
    private static let comparing = ["assert", "got", "expected", "received"]
    private static let closeWords = [
        "close", "closing", "websocket", "ws", "wss", "wsmessage", "wsmsgtype", "received", "code", "frame",
        "disconnect", "connection", "socket",
    ]
    /// What stands before that which came, and before that which was to come.
    private static let came: Set<String> = [
        "got", "received", "was", "actual", "actually", "returned", "answered", "gave", "came",
    ]
    private static let wanted: Set<String> = [
        "expected", "expecting", "expect", "want", "wanted", "have", "equal", "be", "should",
    ]

    /// What stands before a limit: `to be below 500` is no status.
    private static let limits: Set<String> = [
        "below", "above", "under", "over", "than", "limit", "most", "least", "within", "threshold", "exceed", "exceeds",
        "max", "maximum", "minimum", "p",
    ]

    /// The error status of HTTP that came; nil where none came, as where one was wanted and there was none.
    static func status(in text: String) -> Int? { status(in: text, CodeText(text.prefix(longest))) }

    /// The first close code of a WebSocket that is none of a normal end, else the first at all.
    static func closeCode(in text: String) -> Int? { closeCode(CodeText(text.prefix(longest))) }

    /// Both, of a text that is read once.
    static func codes(in text: String) -> (status: Int?, close: Int?) {
        let said = CodeText(text.prefix(longest))
        return (status(in: text, said), closeCode(said))
    }

    private static func status(in text: String, _ said: CodeText) -> Int? {
        let candidates = said.bare.filter { place in
            (said.number(at: place).map { (100...599).contains($0) } ?? false) && !isIntroduced(said, place, by: limits)
        }
        // `expected 429 items, got 428` compares what it counts.
        let isSpoken = speaks(said, of: statusWords) || (!said.counts && speaks(said, of: comparing))
        let places = isSpoken ? candidates : candidates.filter { said.framed.contains($0) }
        guard !places.isEmpty else { return name(in: text) }
        let errors = places.filter { said.number(at: $0).map(codes.contains) ?? false }
        if let place = places.first(where: { isIntroduced(said, $0, by: came) }), errors.contains(place) {
            return said.number(at: place)
        }
        let told = errors.first { !isWanted(said, $0, among: places) }
        return told.flatMap(said.number(at:))
    }

    /// Those of RFC 9110, and what servers add; 443 is a port.
    private static let codes = Set(400...418).union(421...431).union([451, 499]).union(500...511).union(520...530)
    private static let longest = 4000

    private static func closeCode(_ said: CodeText) -> Int? {
        guard speaks(said, of: closeWords) else { return nil }
        let numbers = said.bare.compactMap(said.number(at:))
        return numbers.first { (1002...1015).contains($0) || (4000...4999).contains($0) || $0 == 3000 }
            ?? numbers.first { $0 == 1000 || $0 == 1001 }
    }

    private static func speaks(_ said: CodeText, of words: [String]) -> Bool {
        words.contains { said.words.contains($0) }
            || said.words.contains { word in
                words.contains { $0.count > 3 && (word.hasPrefix($0) || word.hasSuffix($0)) }
            }
    }

    private static func isIntroduced(_ said: CodeText, _ place: Int, by words: Set<String>) -> Bool {
        guard case .word(let word) = said.introduction(of: place) else { return false }
        return words.contains(word)
    }

    /// `expected 404 to equal 200` and `assert 404 == 200` begin with what came; `expected 404, got 200` does not.
    private static func isWanted(_ said: CodeText, _ place: Int, among places: [Int]) -> Bool {
        guard let first = places.first, places.count > 1 else { return false }
        let next = said.parts.indices.contains(place + 1) ? said.parts[place + 1] : nil
        if next == .word("to") { return false }
        if isIntroduced(said, place, by: wanted) { return true }
        // What came stands on the left of `==` (pytest, Swift Testing); the sides of `!=` are not settled.
        return said.introduction(of: place) == .equality && place != first
    }

    // MARK: - Codes by their names

    /// gRPC's own, by the HTTP status that says the same (google.rpc.Code). What a client says by itself, where nothing
    /// answers or in time, is none of a server's.
    private static let grpcNames = [
        ("unauthenticated", 401), ("permission denied", 403), ("unimplemented", 501), ("internal", 500),
        ("data loss", 500), ("unknown", 500), ("invalid argument", 400),
    ]
    private static let httpNames = [
        ("unauthorized", 401), ("forbidden", 403), ("not found", 404), ("method not allowed", 405),
        ("too many requests", 429), ("internal server error", 500), ("bad gateway", 502), ("service unavailable", 503),
        ("gateway timeout", 504),
    ]
    private static let introductions = [
        "code ", "status ", "got ", "received ", "was ", "returned ", "answered ", "actual ",
    ]
    private static let successes = ["ok ", "created ", "accepted ", "no content "]

    /// `rpc error: code = PermissionDenied`, `Expected: OK Actual: Forbidden`.
    private static func name(in text: String) -> Int? {
        let words = SeenText.words(of: String(text.prefix(longest)))
        let isRemoteCall = ["rpc", "status runtime exception"].contains { words.contains($0) }
        func came(_ name: String) -> Bool { introductions.contains { words.contains(" \($0)\(name)") } }
        // What only a caller without a name is called needs no introduction.
        if words.contains(" unauthenticated ") { return 401 }
        let speaksOfStatus =
            isRemoteCall || words.contains(" status ") || words.contains(" http ")
            || successes.contains { words.contains(" expected \($0)") }
        guard speaksOfStatus, !successes.contains(where: came) || isRemoteCall else { return nil }
        let names = (isRemoteCall ? grpcNames : grpcNames.filter { !ambiguous.contains($0.0) }) + httpNames
        return names.first { came("\($0.0) ") }?.1
    }

    /// Words that say something else where nobody speaks of gRPC.
    private static let ambiguous: Set<String> = ["internal", "unknown"]
}
