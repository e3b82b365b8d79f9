/// One mistake in a configuration file: where, what, and what to write instead.
package struct Finding: Codable, Error, Hashable, Sendable {
    package var file: String
    /// From 1; 0 where the finding is about the file as a whole.
    package var line: Int
    package var column: Int
    /// The place in the document, for example `services.backend.health.samples`; empty for the whole document.
    package var path: String
    package var message: String
    package var hint: String?
    /// The line that is meant, as it stands in the file.
    package var sourceLine: String?
    /// How many characters are meant, from `column` on.
    package var length: Int

    package init(
        file: String, line: Int, column: Int, path: String = "", message: String, hint: String? = nil,
        sourceLine: String? = nil, length: Int = 1
    ) {
        self.file = file
        self.line = line
        self.column = column
        self.path = path
        self.message = message
        self.hint = hint
        self.sourceLine = sourceLine
        self.length = length
    }

    package init(
        at position: SourcePosition, path: String = "", message: String, hint: String? = nil, length: Int = 1
    ) {
        self.init(
            file: position.file, line: position.line, column: position.column, path: path, message: message,
            hint: hint, length: length)
    }

    /// A finding about a value that is written in the file.
    package init(about node: ConfigurationNode, path: String, message: String, hint: String? = nil) {
        let length = node.scalar.map { max(1, ($0.written ?? $0.text).unicodeScalars.count + ($0.isPlain ? 0 : 2)) }
        self.init(at: node.position, path: path, message: message, hint: hint, length: length ?? 1)
    }

    package init(aboutKey entry: ConfigurationEntry, path: String, message: String, hint: String? = nil) {
        self.init(
            at: entry.keyPosition, path: path, message: message, hint: hint,
            length: max(1, entry.key.unicodeScalars.count))
    }
}

extension Finding: Comparable {
    package static func < (one: Finding, other: Finding) -> Bool {
        (one.file, one.line, one.column, one.message) < (other.file, other.line, other.column, other.message)
    }
}

extension String {
    /// A value from outside for a message: bounded, in backticks, without control characters.
    package var quotedForMessage: String {
        let limit = 80
        let clean = FindingText.printable(prefix(limit + 1))
        return clean.count > limit ? "`\(clean.prefix(limit))…`" : "`\(clean)`"
    }
}
