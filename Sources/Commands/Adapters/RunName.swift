#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Names of runs: the time, so that they sort, and six random characters, so that two never meet. Lower case and
/// short enough for a label.
enum RunName {
    static func make() -> String {
        // No vowels and no look-alikes: six of these say no word and survive being read aloud.
        let alphabet = Array("bcdfghjkmnpqrstvwxz23456789")
        let suffix = (0..<6).compactMap { _ in alphabet.randomElement() }
        let digits = Timestamp.now().prefix(19).filter(\.isNumber)
        return "r\(digits)-\(String(suffix))"
    }
}

/// Times as RFC 3339 in UTC, for people and documents.
enum Timestamp {
    static func now() -> String {
        Date().formatted(.iso8601)
    }

    /// With milliseconds: history is ordered by when runs began, several begin in one second, and what a run took is told
    /// in parts of one.
    static func beginning() -> String { LogTimeText.rfc3339(LogTimeText.now()) }

    /// For people, without the part of a second.
    static func toTheSecond(_ text: String) -> String {
        text.wholeMatch(of: /([^.]+)\.\d+Z/).map { "\($0.1)Z" } ?? text
    }
}
