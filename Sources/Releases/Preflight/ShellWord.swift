/// Words for a line that somebody pastes into a POSIX shell.
package enum ShellWord {
    /// The word as it is where no shell sees more in it, else in single quotes.
    package static func quoted(_ word: String) -> String {
        guard word.isEmpty || !word.utf8.allSatisfy(isPlain) else { return word }
        return "'" + word.replacing("'", with: "'\\''") + "'"
    }

    package static func line(_ words: [String]) -> String {
        words.map(quoted).joined(separator: " ")
    }

    /// Without `~` and `=`, which zsh and bash expand at some places.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "@%+:,./_-".utf8.contains(byte)
        }
    }
}
