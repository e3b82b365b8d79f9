import Verification

/// What failures have in common: their words without what differs from one to the next.
package enum FailureSignature {
    private static let units: Set<String> = ["ms", "s", "min", "h", "B", "kB", "MB", "GB", "%", "bytes", "times"]

    /// Status codes of HTTP and close codes of WebSocket stay, as they say what went wrong; other numbers, digests,
    /// addresses and quoted values do not.
    package static func of(_ text: String) -> String {
        var result: [String] = []
        let words = SafeText.line(text).split(separator: " ")
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

extension FailureCluster {
    /// The largest of the most important first.
    static func clusters(of checks: [ReportedCheck]) -> [FailureCluster] {
        let failed = checks.indices.filter { [.failed, .error, .xpass].contains(checks[$0].status) }
        let groups = Dictionary(grouping: failed) { place in
            FailureSignature.of(checks[place].cause ?? checks[place].summary ?? checks[place].status.words)
        }
        return groups.map { signature, places in
            let first = checks[places[0]]
            return FailureCluster(
                signature: signature, cause: first.cause, fix: first.fix,
                example: first.summary ?? first.status.words, checks: places,
                priority: places.map { checks[$0].priority }.min() ?? first.priority)
        }.sorted { ($0.priority, -$0.checks.count, $0.signature) < ($1.priority, -$1.checks.count, $1.signature) }
    }
}
