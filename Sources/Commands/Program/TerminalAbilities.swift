import Reporting

/// What the terminal can do, or the log of a pipeline, as the environment variables say. Pure.
struct TerminalAbilities {
    private let variable: (String) -> String?

    init(_ variable: @escaping (String) -> String? = { ProcessEnvironment[$0] }) {
        self.variable = variable
    }

    private func text(_ name: String) -> String? { variable(name).flatMap { $0.isEmpty ? nil : $0 } }

    /// A terminal that cannot move its cursor is a printer.
    var movesCursor: Bool { text("TERM") != "dumb" }

    /// no-color.org: whatever the value is, as long as there is one.
    var hasColors: Bool { text("NO_COLOR") == nil && movesCursor }

    /// By the locale of characters (POSIX section 8.2: LC_ALL, LC_CTYPE, LANG). Where none is set, as in most containers,
    /// terminals are Unicode nevertheless.
    var isUnicode: Bool {
        guard let locale = text("LC_ALL") ?? text("LC_CTYPE") ?? text("LANG") else { return true }
        if let dot = locale.firstIndex(of: ".") {
            let codeset = locale[locale.index(after: dot)...].prefix { $0 != "@" }
            return codeset.lowercased().filter { $0 != "-" } == "utf8"
        }
        return locale != "C" && locale != "POSIX"
    }

    /// A terminal that becomes narrower folds its lines, or cuts them off.
    var folds: Bool {
        let name = text("TERM") ?? ""
        if text("TMUX") != nil { return true }
        return text("XTERM_VERSION") == nil && !["linux", "rxvt", "screen"].contains { name.hasPrefix($0) }
    }

    var isGitHubActions: Bool { text("GITHUB_ACTIONS") == "true" }

    func style(_ global: GlobalOptions, errorIsTerminal: Bool, resultIsTerminal: Bool) -> Console.Style {
        let isColored = hasColors && !global.noColor
        let isTerminal = errorIsTerminal && movesCursor
        var style = Console.Style(
            isTerminal: isTerminal, usesColor: isTerminal && isColored, isQuiet: global.quiet,
            isVerbose: global.verbose)
        style.isResultTerminal = resultIsTerminal && movesCursor
        style.colorsResult = style.isResultTerminal && isColored
        style.isUnicode = isUnicode
        style.folds = folds
        style.hasWorkflowCommands = isGitHubActions && !errorIsTerminal
        style.workspace = text("GITHUB_WORKSPACE")
        return style
    }
}
