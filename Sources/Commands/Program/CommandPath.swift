import ArgumentParser

/// The command that words on a command line name, found also where the rest of the line does not parse.
struct CommandPath {
    private(set) var command: any ParsableCommand.Type = StagectlCommand.self
    /// From the top: `["traffic", "promote"]`.
    private(set) var names: [String] = []
    /// The word that follows a group at once and is none of its commands.
    private(set) var unknown: String?

    /// Options of `GlobalOptions` that take the next word.
    private static let valued: Set<String> = ["--env", "-e", "--config", "--output", "-o"]

    init(_ line: [String]) {
        // `help deploy` is about `deploy`.
        let arguments = line.first == "help" ? Array(line.dropFirst()) : line
        var isValue = false
        for (index, argument) in arguments.enumerated() {
            if argument == "--" { return }
            let isOption = argument.hasPrefix("-")
            defer { isValue = isOption && Self.valued.contains(argument) }
            guard !isOption, !isValue else { continue }
            guard
                let next = command.configuration.subcommands.first(where: { $0.configuration.commandName == argument })
            else {
                if index == names.count, !children.isEmpty, !children.contains(argument) { unknown = argument }
                return
            }
            command = next
            names.append(argument)
        }
    }

    /// Every command of the tree that does something, as it is typed.
    static var all: [(names: [String], schema: String)] { leaves(of: StagectlCommand.self, []) }

    private static func leaves(
        of command: any ParsableCommand.Type, _ names: [String]
    ) -> [(names: [String], schema: String)] {
        if let leaf = command as? any SessionCommand.Type { return [(names, leaf.schema)] }
        return command.configuration.subcommands.flatMap { child in
            leaves(of: child, names + [child.configuration.commandName].compactMap(\.self))
        }
    }

    /// The commands of a group by name; none for a command that does something itself.
    var children: [String] {
        let own = command.configuration.subcommands.compactMap { $0.configuration.commandName }
        // ArgumentParser adds one of its own to the top.
        return names.isEmpty ? own + ["help"] : own
    }

    /// The schema of the command's document; of a group, that of what it does without a verb, or its own name.
    var schema: String {
        let leaf = command.configuration.defaultSubcommand ?? command
        if let known = leaf as? any SessionCommand.Type { return known.schema }
        return "stagectl.\(names.isEmpty ? "error" : names.joined(separator: "-"))/v1"
    }

    /// As it is typed.
    var line: String { (["stagectl"] + names).joined(separator: " ") }
}
