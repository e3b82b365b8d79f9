#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Times as log queries carry them.
enum LogTimeText {
    /// Seconds since 1970.
    static func now() -> Double { Date().timeIntervalSince1970 }

    /// RFC 3339 in UTC with milliseconds.
    static func rfc3339(_ seconds: Double) -> String {
        Date(timeIntervalSince1970: seconds).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
