import Configuration
import GoogleCloud
import Releases

/// What the flags of `logs` select. Pure: the same words give the same selection.
enum LogSelection {
    /// `10m`, `2h` before now, or an RFC 3339 time; nil for anything else.
    static func since(_ text: String, now: Double) -> String? {
        if let milliseconds = DurationText.milliseconds(text) {
            return LogTimeText.rfc3339(now - Double(milliseconds) / 1000)
        }
        return LogTime.seconds(text).map { _ in text }
    }

    /// A word of `LogSeverity`, in any case, or what people say for it.
    static func severity(_ text: String) -> LogSeverity? {
        switch text.uppercased() {
        case "WARN": .warning
        case "FATAL": .critical
        case let word: LogSeverity(rawValue: word)
        }
    }

    /// The id in a trace's id, its full resource name, a `traceparent` or an `X-Cloud-Trace-Context`; nil for anything
    /// else.
    static func trace(_ text: String) -> String? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 4, parts[0] == "projects", parts[2] == "traces" { return identifier(parts[3]) }
        if parts.count == 2 { return identifier(parts[0]) }
        let fields = text.split(separator: "-", omittingEmptySubsequences: false)
        // version "-" trace-id "-" parent-id "-" trace-flags (W3C Trace Context, section 3.2)
        if fields.count == 4, fields[0].count == 2, fields[2].count == 16 { return identifier(fields[1]) }
        return identifier(text[...])
    }

    private static func identifier(_ text: Substring) -> String? {
        let isValid = text.utf8.count == 32 && text.allSatisfy { $0.isASCII && $0.isHexDigit }
        return isValid && !text.allSatisfy { $0 == "0" } ? text.lowercased() : nil
    }
}
