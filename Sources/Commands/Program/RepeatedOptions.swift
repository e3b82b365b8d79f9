import ArgumentParser
import Releases

/// Options of a command line that the next one must repeat to speak of the same environment. Hints are written where
/// nobody knows how stagectl was called; without these a line of `--env production` would end up at `local`.
struct RepeatedOptions {
    private let words: [(option: String, short: String?, text: String)]

    init(environment: String?, folder: String?) {
        words = [("--env", "-e", environment), ("--config", nil, folder)].compactMap { option, short, value in
            value.map { (option, short, ShellWord.line([option, $0])) }
        }
    }

    /// Behind the words of every command in a sentence, where they are not said there already.
    func added(to sentence: String) -> String {
        let program = "stagectl "
        let parts = sentence.split(separator: program, omittingEmptySubsequences: false)
        return parts.dropFirst().reduce(String(parts.first ?? "")) { $0 + program + added(toCommand: $1) }
    }

    /// - Parameter text: what follows the program's name, up to its next mention.
    private func added(toCommand text: Substring) -> String {
        let line = text.prefix { !"`,;)\n".contains($0) }.split(separator: " ").map(String.init)
        let path = CommandPath(line)
        let command = path.names.joined(separator: " ")
        // The local Cloud Run is no environment's, and help is about all of them.
        guard !path.names.isEmpty, path.names.first != "local", path.unknown == nil, !line.contains("--help"),
            path.command is any SessionCommand.Type || path.command.configuration.defaultSubcommand != nil,
            text.hasPrefix(command)
        else { return String(text) }
        let missing = words.filter { word in
            !line.contains { $0 == word.option || $0.hasPrefix(word.option + "=") || $0 == word.short }
        }
        return ([command] + missing.map(\.text)).joined(separator: " ") + text.dropFirst(command.count)
    }
}
