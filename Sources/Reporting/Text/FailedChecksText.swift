package import Verification

/// Checks that did not end as wanted, each once and with all that is known of it. What did not run only because another
/// one failed is counted.
package enum FailedChecksText {
    private static let most = 100

    /// Empty where there is none; ends with an empty line.
    package static func lines(_ checks: [CheckResult], palette: Palette) -> [String] {
        let bad = checks.filter { !$0.status.isGood && $0.status != .blocked && $0.status != .notRun }
        let blocked = checks.count { $0.status == .blocked }
        let notRun = checks.count { $0.status == .notRun }
        guard !bad.isEmpty || blocked + notRun > 0 else { return [] }
        var lines = bad.prefix(most).flatMap { block(of: $0, palette) }
        if bad.count > most { lines += ["and \(bad.count - most) more: --junit FILE or -o json has all of them", ""] }
        let left = [(blocked, "blocked by one that they need"), (notRun, "not run")].filter { $0.0 > 0 }
            .map { "\($0.0) \($0.1)" }
        if !left.isEmpty { lines += [left.joined(separator: ", "), ""] }
        return lines
    }

    private static func block(of check: CheckResult, _ palette: Palette) -> [String] {
        let name = "\(SafeText.line(check.suite))/\(SafeText.line(check.id))"
        let sign = palette.bad("✘")
        var lines = [
            "\(sign) \(palette.strong(name))  \(check.status.rawValue)  \(Seconds.milliseconds(check.milliseconds))"
        ]
        let rows: [(String, String?)] = [
            ("saw", check.summary), ("cause", check.cause), ("fix", check.fix), ("policy", check.policy),
            ("url", check.evidence.url), ("revision", check.evidence.revision), ("trace", check.evidence.traceID),
            ("tries", check.attempts > 1 ? "\(check.attempts)" : nil),
        ]
        for (label, value) in rows {
            guard let value, !value.isEmpty else { continue }
            let parts = SafeText.lines(value)
            lines += parts.enumerated().map {
                "  " + DisplayWidth.padded($0.offset == 0 ? label : "", to: 8) + "  " + $0.element
            }
        }
        return lines + [""]
    }
}
