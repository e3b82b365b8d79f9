/// Results as JUnit XML in Surefire's dialect: a suite is a `testsuite`, a check is a `testcase`.
package enum JUnitDocument {
    /// Bytes of a message, so that a hundred failures that quote whole pages are still a file that opens.
    private static let longestMessage = 4096
    private static let longestBody = 65_536

    package static func render(_ document: VerdictDocument) -> String {
        var lines = [#"<?xml version="1.0" encoding="UTF-8"?>"#]
        let bySuite = Dictionary(grouping: document.checks, by: \.suite)
        let all = attributes(of: document.checks)
        lines.append("<testsuites name=\"stagectl\" \(all)>")
        for suite in document.suites {
            let checks = bySuite[suite.suite] ?? []
            lines.append("  <testsuite name=\"\(escape(suite.suite))\" \(attributes(of: checks))>")
            lines.append("    <properties>")
            lines.append("      <property name=\"priority\" value=\"\(suite.priority.rawValue)\"/>")
            lines.append("      <property name=\"owner\" value=\"\(escape(suite.owner))\"/>")
            lines.append("    </properties>")
            for check in checks { lines += testcase(check) }
            lines.append("  </testsuite>")
        }
        lines.append("</testsuites>")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func attributes(of checks: [CheckResult]) -> String {
        let elements = checks.map { element(for: $0.status) }
        let counted = ["failure", "error", "skipped"].map { name in (name, elements.count { $0 == name }) }
        let time = seconds(checks.reduce(0) { $0 + $1.milliseconds })
        return "tests=\"\(checks.count)\" failures=\"\(counted[0].1)\" errors=\"\(counted[1].1)\" "
            + "skipped=\"\(counted[2].1)\" time=\"\(time)\""
    }

    /// The child that says how a testcase ended; nil for a pass.
    private static func element(for status: CheckStatus) -> String? {
        switch status {
        case .passed, .flaky: nil
        case .failed, .xpass: "failure"
        case .error: "error"
        case .skipped, .blocked, .xfail, .waived, .quarantined, .notRun: "skipped"
        }
    }

    private static func testcase(_ check: CheckResult) -> [String] {
        let head =
            "    <testcase name=\"\(escape(check.id))\" classname=\"\(escape(check.suite))\" "
            + "time=\"\(seconds(check.milliseconds))\""
        let text = [check.summary, check.cause, check.fix].compactMap { $0 }
        let message = escape(cut(([check.status.rawValue] + text.prefix(1)).joined(separator: ": "), longestMessage))
        guard let name = element(for: check.status) else {
            guard check.status == .flaky else { return [head + "/>"] }
            let first = check.evidence.attempts.first { $0.problem != nil }?.problem ?? "failed at first"
            return [
                head + ">", "      <flakyFailure message=\"\(escape(cut(first, longestMessage)))\" type=\"flaky\"/>",
                "    </testcase>",
            ]
        }
        guard name != "skipped" else {
            return [head + ">", "      <skipped message=\"\(message)\"/>", "    </testcase>"]
        }
        let body = escape(cut(text.joined(separator: "\n"), longestBody))
        return [
            head + ">",
            "      <\(name) message=\"\(message)\" type=\"\(check.status.rawValue)\">\(body)</\(name)>",
            "    </testcase>",
        ]
    }

    private static func cut(_ text: String, _ limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        // A character may have thousands of scalars.
        return String(decoding: text.utf8.prefix(limit), as: UTF8.self) + " (cut)"
    }

    /// Milliseconds as seconds with three decimals, written without a locale.
    static func seconds(_ milliseconds: Double) -> String {
        guard milliseconds.isFinite, milliseconds >= 0, milliseconds < 1e15 else { return "0.000" }
        let whole = Int64(milliseconds.rounded())
        let fraction = String(whole % 1000)
        return "\(whole / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
    }

    /// Escapes markup, and leaves out what XML 1.0 section 2.2 does not allow even escaped.
    static func escape(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n": result += "&#10;"
            case "\t": result += "&#9;"
            case "\r": result += "&#13;"
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: continue
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
