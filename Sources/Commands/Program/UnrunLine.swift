import ArgumentParser
import Configuration
import JSON
import Releases
import Reporting

/// A command line that runs no command: it asks for help or the version, or it does not parse. As JSON if that was
/// asked, as far as it can be seen.
struct UnrunLine {
    private let arguments: [String]
    private let path: CommandPath
    private let console = Console(style: .init(isTerminal: false, usesColor: false))

    init(_ arguments: [String]) {
        // What stands behind `--` is nobody's option.
        self.arguments = Array(arguments.prefix { $0 != "--" })
        path = CommandPath(arguments)
    }

    /// Help and version are answers; everything else that does not parse is a usage error.
    func explain(_ error: any Error) -> Int32 {
        // Help about a command that is not there is a mistake, although the parser shows the help of the group instead.
        guard StagectlCommand.exitCode(for: error) != .success || path.unknown != nil else {
            let text = StagectlCommand.fullMessage(for: error)
            return answer(text, as: ["schema": "stagectl.help/v1", "text": .string(text)])
        }
        let failure = unknownCommand ?? usage(error)
        if wantsJSON {
            var document = EmptyDocument.of(schema: path.schema, environment: environment)
            document["error"] = ReleaseJSON.failure(failure)
            console.document(document.serialized(pretty: true))
        }
        console.problem(FailureText.text(failure, palette: Palette(isEnabled: false)))
        return ExitStatus.usage.rawValue
    }

    func answer(_ text: String, as document: JSONValue) -> Int32 {
        var document = document
        document["error"] = .null
        if wantsJSON {
            console.document(document.serialized(pretty: true))
        } else {
            console.result(text)
        }
        return ExitStatus.done.rawValue
    }

    /// The parser's words in our form. They quote what was typed, which may be anything.
    private func usage(_ error: any Error) -> Failure {
        let message = StagectlCommand.message(for: error).split(separator: "\n").map(String.init)
        var summary = message.first ?? "the command line cannot be read"
        let start = summary.prefix(2)
        if start.first?.isUppercase == true, start.last?.isLowercase == true {
            summary = summary.prefix(1).lowercased() + summary.dropFirst()
        }
        if summary.hasSuffix(".") { summary.removeLast() }
        return Failure(
            .usage, summary,
            details: message.dropFirst().map { .init("", $0.trimmingPrefix { $0 == " " }.description) },
            hint: path.line + " --help")
    }

    /// The parser would only count the word as one argument too many.
    private var unknownCommand: Failure? {
        guard let word = path.unknown else { return nil }
        let nearest = NearestName.of(word, in: path.children)
        let called = (path.names + [word]).joined(separator: " ")
        return Failure(
            .usage, "no command is called `\(SafeText.line(called))`",
            details: [.init("commands", path.children.sorted().joined(separator: ", "))],
            hint: nearest.map { "did you mean `\(path.line) \($0)`?" } ?? path.line + " --help")
    }

    private var environment: String {
        for (index, argument) in arguments.enumerated() {
            if argument.hasPrefix("--env=") { return String(argument.dropFirst("--env=".count)) }
            if argument == "--env" || argument == "-e", index + 1 < arguments.count { return arguments[index + 1] }
        }
        return ProcessEnvironment.nonEmpty("STAGECTL_ENV") ?? "local"
    }

    private var wantsJSON: Bool {
        if !Set(arguments).isDisjoint(with: ["--output=json", "-ojson", "-o=json"]) { return true }
        return zip(arguments, arguments.dropFirst()).contains { ($0 == "--output" || $0 == "-o") && $1 == "json" }
    }
}
