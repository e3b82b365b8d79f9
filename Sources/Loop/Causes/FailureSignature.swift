/// What failures have in common, without what differs from one to the next.
package struct FailureSignature: Hashable, Codable, Sendable {
    package var service: String
    package var status: Int?
    package var closeCode: Int?
    /// The message without its numbers, ids, addresses and quoted values.
    package var shape: String
    /// The route with its ids masked.
    package var route: String?
    package var revision: String?
    /// The shape of the log line that tells the most.
    package var logLine: String?

    package init(
        service: String, status: Int? = nil, closeCode: Int? = nil, shape: String, route: String? = nil,
        revision: String? = nil, logLine: String? = nil
    ) {
        self.service = service
        self.status = status
        self.closeCode = closeCode
        self.shape = shape
        self.route = route
        self.revision = revision
        self.logLine = logLine
    }

    package init(of check: FailedCheck) {
        let said = FailureCodes.codes(in: check.message)
        self.init(
            service: check.service, status: check.httpStatus ?? said.status, closeCode: check.closeCode ?? said.close,
            shape: Self.shape(of: check.message), route: check.route.map(RouteShape.of), revision: check.revision,
            logLine: Self.tellingLine(of: check.logLines).map(Self.shape))
    }

    /// For people, in one line.
    package var text: String {
        let codes = [status.map { "HTTP \($0)" }, closeCode.map { "close \($0)" }, route].compactMap(\.self)
        return (codes.isEmpty ? "" : codes.joined(separator: ", ") + ": ") + shape
    }

    /// The latest one that speaks of an error, else the last one.
    static func tellingLine(of lines: [String]) -> String? {
        lines.suffix(50).last { line in
            // A program may print without end.
            let lower = line.prefix(1000).lowercased()
            let pairs = CharacterPairs(lower)
            return Self.errorWords.contains { pairs.mayHold($0.pairs) && lower.contains($0.text) }
        } ?? lines.last
    }

    private static let errorWords = [
        "error", "exception", "fail", "fatal", "panic", "denied", "refused", "exceeded",
    ].map(Phrase.Words.init)

    // MARK: - Shapes of texts

    private static let units: Set<String> = ["ms", "s", "min", "h", "B", "kB", "MB", "GB", "%", "bytes", "times"]

    /// Status codes of HTTP and close codes of WebSocket stay, as they say what went wrong; other numbers, digests,
    /// addresses and quoted values do not. At most 300 characters.
    package static func shape(of text: String) -> String {
        var result: [String] = []
        let words = text.prefix(2000).split(separator: " ")
        for (index, word) in words.enumerated() {
            let next = index + 1 < words.count ? String(words[index + 1].prefix { $0 != "," && $0 != ")" }) : ""
            let masked = mask(word, hasUnit: units.contains(next))
            if masked == "…", result.last == "…" { continue }
            result.append(masked)
        }
        return String(result.joined(separator: " ").prefix(300))
    }

    private static func mask(_ word: Substring, hasUnit: Bool) -> String {
        if word.contains("://") || word.first == "/" && word.count > 1 || word.contains("`/") { return "…" }
        var result = ""
        var digits = ""
        func flush() {
            guard !digits.isEmpty else { return }
            result += keeps(digits, in: word) && !hasUnit ? digits : "N"
            digits = ""
        }
        guard !isHexadecimal(word) else { return "#" }
        for character in word {
            if character.isASCII, character.isNumber {
                digits.append(character)
            } else {
                flush()
                result.append(character)
            }
        }
        flush()
        return result
    }

    private static func keeps(_ digits: String, in word: Substring) -> Bool {
        // Only a number that stands for itself is a code.
        guard word.allSatisfy({ !$0.isLetter && $0 != "." && $0 != "_" && $0 != "-" }), let number = Int(digits) else {
            return false
        }
        return (100...599).contains(number) || (1000...1015).contains(number) || (4000...4999).contains(number)
    }

    private static func isHexadecimal(_ word: Substring) -> Bool {
        word.count >= 8 && word.allSatisfy { $0.isHexDigit || $0 == "-" } && word.contains { $0.isNumber }
    }
}

/// A route without what names one thing: ids, numbers, digests.
enum RouteShape {
    static func of(_ route: String) -> String {
        route.split(separator: "/", omittingEmptySubsequences: false).enumerated().map { place, part in
            place == 0 || !isName(part) ? String(part) : "*"
        }.joined(separator: "/")
    }

    /// Of one thing, or a place for it, as OpenAPI and suites write them.
    private static func isName(_ part: Substring) -> Bool {
        if part.hasPrefix("{") || part.hasPrefix(":") || part.contains("${") { return true }
        let digits = part.count { $0.isNumber }
        if digits > 0, part.allSatisfy({ $0.isHexDigit || $0 == "-" }) { return true }
        // `v1`, `oauth2` and `s3` are words; `user-8841` is somebody.
        return digits >= 3
    }
}
