/// A regular expression by its source. `Regex` is not Sendable, so it is compiled where it is used; the source was
/// compiled once before, when the file was read.
package struct Pattern: Hashable, Sendable {
    package struct Invalid: Error, Hashable, Sendable {
        package var source: String
    }

    package let source: String

    package init(_ source: String) throws(Invalid) {
        guard Self.isValid(source) else { throw Invalid(source: source) }
        self.source = source
    }

    package static func isValid(_ source: String) -> Bool {
        source.utf8.count <= 4096 && (try? Regex(source)) != nil
    }

    /// Somewhere in the text.
    package func matches(_ text: String) -> Bool {
        guard let regex = try? Regex(source) else { return false }
        return (try? regex.firstMatch(in: text)) != nil
    }

    package func matchesWhole(_ text: String) -> Bool {
        guard let regex = try? Regex(source) else { return false }
        return (try? regex.wholeMatch(in: text)) != nil
    }
}

extension Pattern {
    /// The first group of the first match, or the whole match where the pattern has no group.
    func firstCapture(in text: String) -> String? {
        guard let regex = try? Regex(source), let match = try? regex.firstMatch(in: text) else { return nil }
        let output = match.output
        let chosen = output.count > 1 ? output[1].substring : output[0].substring
        return chosen.map(String.init)
    }
}
