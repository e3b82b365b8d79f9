/// Text that nobody may read in a log, an error or a dump: interpolating or reflecting it shows none of it.
package struct Secret: Hashable, Sendable {
    /// Only for the request that it is meant for.
    package let revealed: String

    package init(_ text: String) {
        revealed = text
    }

    /// Whether it can stand in a header field (RFC 6750 section 2.1: visible ASCII, no space).
    var isBearerToken: Bool {
        !revealed.isEmpty && revealed.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(secret)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

extension [Secret] {
    /// The text without any of them: a server may say back what it was sent.
    func redacted(from text: String) -> String {
        reduce(text) { text, secret in
            // Shorter ones would blank out ordinary words.
            guard secret.revealed.utf8.count >= 6 else { return text }
            return text.replacing(secret.revealed, with: "(secret)")
                .replacing(secret.revealed.percentEncoded, with: "(secret)")
        }
    }
}
