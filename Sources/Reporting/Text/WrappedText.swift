/// Sentences in lines of a width.
package enum WrappedText {
    /// Broken at spaces; a word that is longer than a line is broken where the line ends.
    ///
    /// - Parameters:
    ///   - columns: nil keeps the text in one line.
    ///   - breaksWords: whether a word that is longer than a line may be broken; else it stays whole, to be copied.
    package static func lines(_ text: String, columns: Int?, breaksWords: Bool = true) -> [String] {
        guard let columns, DisplayWidth.of(text) > columns, columns > 0 else { return [text] }
        let indent = text.prefix { $0 == " " }
        guard indent.isEmpty || indent.count >= columns else {
            let rest = String(text.dropFirst(indent.count))
            return lines(rest, columns: columns - indent.count, breaksWords: breaksWords).map { indent + $0 }
        }
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: false).map(String.init) {
            if !line.isEmpty, DisplayWidth.of(line) + 1 + DisplayWidth.of(word) > columns {
                lines.append(line)
                line = word
            } else {
                line += (line.isEmpty ? "" : " ") + word
            }
            while breaksWords, DisplayWidth.of(line) > columns {
                let (head, tail) = cut(line, at: columns)
                lines.append(head)
                line = tail
            }
        }
        return line.isEmpty && !lines.isEmpty ? lines : lines + [line]
    }

    private static func cut(_ text: String, at columns: Int) -> (String, String) {
        var head = ""
        var room = columns
        for character in text {
            room -= DisplayWidth.of(String(character))
            if room < 0, !head.isEmpty { break }
            head.append(character)
        }
        return (head, String(text.dropFirst(head.count)))
    }
}
