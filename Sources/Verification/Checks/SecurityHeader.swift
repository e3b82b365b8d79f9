/// Headers that tell browsers to be careful, by the names that suites use (OWASP Secure Headers Project).
package enum SecurityHeader: String, Hashable, Sendable, CaseIterable {
    /// `Strict-Transport-Security` with a `max-age` of at least half a year, of answers over https.
    case transport = "strict-transport-security"
    /// `X-Content-Type-Options: nosniff`.
    case sniffing = "x-content-type-options"
    /// `X-Frame-Options`, or `frame-ancestors` in the content security policy.
    case frames = "x-frame-options"
    /// `Content-Security-Policy` that does not allow inline scripts or any source.
    case content = "content-security-policy"
    case referrer = "referrer-policy"

    private static let halfYear = 15_768_000

    /// Pure; nil when the answer is as wanted.
    func problem(in headers: [HeaderField], isSecure: Bool) -> String? {
        let value = headers[rawValue]
        let words = value.map(Self.directives) ?? []
        switch self {
        case .transport:
            // Browsers ignore the header without TLS (RFC 6797 section 8.1).
            guard isSecure else { return nil }
            let age = words.first { $0.name == "max-age" }.flatMap { Int($0.value.filter { $0 != "\"" }) }
            guard let age else { return missing(value) }
            return age >= Self.halfYear
                ? nil : "header `\(rawValue)` lasts \(age) s, wanted at least \(Self.halfYear) s"
        case .sniffing:
            guard let value else { return missing(nil) }
            return value.lowercased() == "nosniff" ? nil : "header `\(rawValue)` is `\(value)`, wanted `nosniff`"
        case .frames:
            let policy = headers[Self.content.rawValue].map(Self.directives) ?? []
            if policy.contains(where: { $0.name == "frame-ancestors" }) { return nil }
            guard let value else { return "neither `\(rawValue)` nor `frame-ancestors` says who may frame the page" }
            return ["deny", "sameorigin"].contains(value.lowercased())
                ? nil : "header `\(rawValue)` is `\(value)`, wanted `DENY` or `SAMEORIGIN`"
        case .content:
            guard value != nil else { return missing(nil) }
            guard
                let scripts = words.first(where: { $0.name == "script-src" })
                    ?? words.first(where: { $0.name == "default-src" })
            else { return "header `\(rawValue)` does not say where scripts may come from" }
            let sources = scripts.value.split(separator: " ").map { $0.lowercased() }
            let isSafe = sources.contains { $0.hasPrefix("'nonce-") || $0.hasPrefix("'sha") }
            if sources.contains("'unsafe-inline'"), !isSafe { return "header `\(rawValue)` allows inline scripts" }
            return sources.contains("*") ? "header `\(rawValue)` allows scripts from anywhere" : nil
        case .referrer:
            guard let value else { return missing(nil) }
            return value.lowercased().contains("unsafe-url") ? "header `\(rawValue)` is `\(value)`" : nil
        }
    }

    private func missing(_ value: String?) -> String {
        value.map { "header `\(rawValue)` is `\(TextCondition.short($0))`, which is not well formed" }
            ?? "header `\(rawValue)` is missing"
    }

    private static func directives(_ value: String) -> [(name: String, value: String)] {
        value.split(separator: ";").map { directive in
            let words = directive.split(maxSplits: 1) { $0 == " " || $0 == "=" }
            return (words.first.map { $0.lowercased() } ?? "", words.count == 2 ? String(words[1]) : "")
        }
    }
}
