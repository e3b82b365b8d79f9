/// Results as JUnit XML in Surefire's dialect: a suite is a `testsuite`, a check is a `testcase`.
package enum JUnitDocument {
    /// Bytes of a message, so that a hundred failures that quote whole pages are still a file that opens.
    private static let longestMessage = 4096
    private static let longestBody = 65_536
    /// Bytes from which on lines are given away.
    private static let pieceSize = 64 << 10

    package static func render(_ document: VerdictDocument) -> String {
        var text = ""
        write(document) { text += $0 }
        return text
    }

    /// Gives the document in pieces of whole lines.
    package static func write(_ document: VerdictDocument, to take: (String) -> Void) {
        let bySuite = Dictionary(grouping: document.checks.indices) { document.checks[$0].suite }
        take("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        take("<testsuites name=\"stagectl\" \(attributes(of: document.checks))>\n")
        for suite in document.suites {
            let checks = (bySuite[suite.suite] ?? []).lazy.map { document.checks[$0] }
            var lines = "  <testsuite name=\"\(escape(suite.suite))\" \(attributes(of: checks))>\n"
            lines += "    <properties>\n"
            lines += "      <property name=\"priority\" value=\"\(suite.priority.rawValue)\"/>\n"
            lines += "      <property name=\"owner\" value=\"\(escape(suite.owner))\"/>\n"
            lines += "    </properties>\n"
            for check in checks {
                lines += testcase(check, suite)
                guard lines.utf8.count >= pieceSize else { continue }
                take(lines)
                lines = ""
            }
            take(lines + "  </testsuite>\n")
        }
        take("</testsuites>\n")
    }

    private static func attributes(of checks: some Collection<CheckResult>) -> String {
        let counted = ["failure", "error", "skipped"].map { name in
            (name, checks.count { element(for: $0.status) == name })
        }
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

    private static func testcase(_ check: CheckResult, _ suite: VerdictDocument.SuiteSummary) -> String {
        let head =
            "    <testcase name=\"\(escape(check.id))\" classname=\"\(escape(check.suite))\" "
            + "time=\"\(seconds(check.milliseconds))\">\n" + properties(check, suite)
        let ending: String
        switch element(for: check.status) {
        case nil where check.status == .flaky:
            let first = check.evidence.attempts.first { $0.problem != nil }?.problem ?? "failed at first"
            ending = "<flakyFailure message=\"\(escape(cut(first, longestMessage)))\" type=\"flaky\"/>"
        case nil: return head + "    </testcase>\n"
        case "skipped"?: ending = "<skipped message=\"\(message(of: check))\"/>"
        case let name?:
            let text = [check.summary, check.cause, check.fix].compactMap(\.self).joined(separator: "\n")
            ending =
                "<\(name) message=\"\(message(of: check))\" type=\"\(check.status.rawValue)\">"
                + "\(escape(cut(text, longestBody)))</\(name)>"
        }
        return "\(head)      \(ending)\n    </testcase>\n"
    }

    /// What a reader of one check asks about it: JUnit has no attributes for that.
    private static func properties(_ check: CheckResult, _ suite: VerdictDocument.SuiteSummary) -> String {
        let known = [
            ("priority", check.priority.rawValue), ("status", check.status.rawValue), ("owner", suite.owner),
            ("module", suite.module), ("revision", check.evidence.revision), ("trace", check.evidence.traceID),
            ("policy", check.policy),
        ]
        let lines = known.compactMap { name, value in
            value.flatMap { text in
                text.isEmpty
                    ? nil : "<property name=\"\(name)\" value=\"\(escape(cut(text, longestMessage)))\"/>"
            }
        }
        return "      <properties>\(lines.joined())</properties>\n"
    }

    private static func message(of check: CheckResult) -> String {
        let text = [check.summary, check.cause, check.fix].compactMap(\.self)
        return escape(cut(([check.status.rawValue] + text.prefix(1)).joined(separator: ": "), longestMessage))
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
