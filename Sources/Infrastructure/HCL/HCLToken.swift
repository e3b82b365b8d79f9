/// A place in a `.tf` file; lines and columns count from 1.
package struct HCLPosition: Hashable, Sendable {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

/// What went wrong in a file that is not HCL.
package struct HCLMistake: Error, Hashable, Sendable {
    package var position: HCLPosition
    package var message: String
}

struct HCLToken: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case identifier(String)
        case number(String)
        /// Quoted text or a heredoc, cut at its `${…}` and `%{…}`.
        case template([TemplatePart])
        /// Punctuation and operators, each as it is written.
        case symbol(String)
        case newline
        case end
    }

    enum TemplatePart: Hashable, Sendable {
        case text(String)
        /// The source of an interpolation, with where it begins.
        case interpolation(String, HCLPosition)
        /// `%{ if … }` and the like: nothing that could be evaluated here.
        case directive
    }

    var kind: Kind
    var position: HCLPosition
}
