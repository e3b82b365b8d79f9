import Configuration
import JSON

/// What a secure connection must be like.
package struct TLSExpectation: Hashable, Sendable {
    package var minimumVersion: TLSVersion
    /// Of the server's certificate, in whole days.
    package var daysLeft: [NumberCondition]
    /// SHA-256 of the certificate; any of these.
    package var fingerprints: [String]

    package init(
        minimumVersion: TLSVersion = .v1_2, daysLeft: [NumberCondition] = [], fingerprints: [String] = []
    ) {
        self.minimumVersion = minimumVersion
        self.daysLeft = daysLeft
        self.fingerprints = fingerprints
    }

    /// Pure: everything that is not as wanted.
    package func problems(of seen: TLSObservation) -> [String] {
        var problems: [String] = []
        if seen.version < minimumVersion {
            problems.append("TLS \(seen.version.rawValue) was agreed on, wanted at least \(minimumVersion.rawValue)")
        }
        let days = Double(seen.secondsLeft) / 86_400
        for condition in daysLeft {
            if let wanted = condition.unmet(by: days.rounded(.down)) {
                let left = Counted.text(Int(days.rounded(.down)), "more day")
                problems.append("the certificate is valid for \(left), wanted \(wanted)")
            }
        }
        if !fingerprints.isEmpty, !fingerprints.contains(seen.fingerprint) {
            problems.append("the certificate's SHA-256 is `\(seen.fingerprint)`, which is not the one that is pinned")
        }
        return problems
    }
}

/// A number against a limit.
package struct NumberCondition: Hashable, Sendable {
    package var comparison: ComparisonOperator
    package var limit: Double

    package init(_ comparison: ComparisonOperator, _ limit: Double) {
        self.comparison = comparison
        self.limit = limit
    }

    /// The condition in words where the number does not keep to it.
    func unmet(by number: Double) -> String? {
        JSONComparison.holds(.number(number), comparison, .number(limit)) ? nil : words
    }

    private var words: String {
        let text = limit == limit.rounded() && abs(limit) < 1e15 ? "\(Int(limit))" : "\(limit)"
        return comparison == .equal ? text : "\(comparison.rawValue) \(text)"
    }
}

/// The host and port of an address.
struct Authority: Hashable, Sendable {
    var host: String
    var port: Int
    var isSecure: Bool

    /// Nil where the text is no address with a host.
    init?(url: String) {
        guard let mark = url.firstRange(of: "://") else { return nil }
        let scheme = url[..<mark.lowerBound].lowercased()
        isSecure = scheme == "https" || scheme == "wss"
        var authority = url[mark.upperBound...].prefix { !"/?#".contains($0) }
        if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
        var digits: Substring?
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            host = String(authority[authority.index(after: authority.startIndex)..<end])
            let rest = authority[authority.index(after: end)...]
            digits = rest.hasPrefix(":") ? rest.dropFirst() : nil
        } else {
            let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            host = String(parts[0])
            digits = parts.count == 2 ? parts[1] : nil
        }
        guard !host.isEmpty else { return nil }
        guard let digits, !digits.isEmpty else {
            port = isSecure ? 443 : 80
            return
        }
        guard let number = Int(digits), (1...65_535).contains(number) else { return nil }
        port = number
    }
}
